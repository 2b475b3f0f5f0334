// Datagrams that a transport wants sent. Bounded; made once, cleared after each use.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/datagram.h"

namespace conclave::transport {

class Outbox {
 public:
  // One DTLS flight is at most ten datagrams of 1200 bytes, even with a large RSA chain; the shard
  // empties the outbox after every few datagrams that it feeds.
  static constexpr size_t kMaxDatagrams = 64;

  struct Datagram {
    Path path;
    std::span<const uint8_t> bytes;
  };

  Outbox() : buffer_(kMaxDatagrams * kMaxDatagramBytes) { entries_.reserve(kMaxDatagrams); }

  // Copies the bytes. A full outbox drops them, as the network might: all senders of control
  // datagrams retransmit.
  void Append(const Path& path, std::span<const uint8_t> bytes);

  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  // The bytes stay valid until Clear or the next Append.
  Datagram operator[](size_t index) const;
  uint64_t dropped() const { return dropped_; }
  void Clear() {
    entries_.clear();
    used_ = 0;
  }

 private:
  struct Entry {
    Path path;
    uint32_t offset;
    uint32_t size_bytes;
  };
  std::vector<uint8_t> buffer_;
  std::vector<Entry> entries_;
  size_t used_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace conclave::transport
