// What a shard has to send besides media, ready for the wire: STUN answers, DTLS flights, SRTCP.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/datagram.h"

namespace conclave::router {

// Bounded; what does not fit is dropped as the network might (all that is sent here is repeated or
// periodic). It keeps its memory, so that it allocates only while it grows to a new record.
class ControlQueue {
 public:
  // A join storm's worth: 500 handshake flights of five datagrams, or a report for everybody.
  static constexpr size_t kDatagramsMax = 4096;
  static constexpr size_t kBytesMax = 2 * 1024 * 1024;

  // Copies the bytes. Requires size <= kMaxDatagramBytes.
  bool Append(const Path& path, std::span<const uint8_t> bytes);
  // Moves datagrams to the batch while it has room. Returns whether any are left.
  bool Flush(SendBatch& batch);

  bool empty() const { return next_ == entries_.size(); }
  // How many did not fit, ever.
  uint64_t dropped() const { return dropped_; }
  // How much was moved to batches, ever.
  uint64_t sent() const { return sent_; }
  uint64_t sent_bytes() const { return sent_bytes_; }

 private:
  struct Entry {
    Path path;
    uint32_t offset = 0;
    uint32_t size_bytes = 0;
  };
  std::vector<Entry> entries_;
  std::vector<uint8_t> bytes_;
  size_t next_ = 0;
  uint64_t dropped_ = 0;
  uint64_t sent_ = 0;
  uint64_t sent_bytes_ = 0;
};

}  // namespace conclave::router
