// What crosses between the UDP sockets (io/) and a shard (router/).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/socket_address.h"
#include "base/time.h"

namespace conclave {

// Nothing that we send is larger; nothing larger is accepted (RFC 8834 section 6: MTU of the path).
inline constexpr size_t kMaxDatagramBytes = 1500;

// One of the shard's sockets: there is one per local address (decisions 29).
using SocketIndex = uint8_t;

// The two ends of a path. A peer is found by it; an answer leaves by the socket it came in on.
struct Path {
  SocketIndex socket = 0;
  SocketAddress remote;
  auto operator<=>(const Path&) const = default;
};

struct PathHash {
  size_t operator()(const Path& path) const noexcept {
    return SocketAddressHash{}(path.remote) * 31 + path.socket;
  }
};

struct ReceivedDatagram {
  Instant arrival;
  Path path;
  // Valid only during the call that passes it; the callee may overwrite it (decrypt in place).
  std::span<uint8_t> bytes;
};

// Datagrams to one destination, equal in size but for the last, which may be shorter: the shape
// that UDP GSO sends with one system call (udp(7), UDP_SEGMENT).
struct SendRun {
  Path path;
  uint32_t offset = 0;
  uint32_t size_bytes = 0;
  uint16_t segment_bytes = 0;
};

// A bounded batch of runs over one contiguous buffer. The shard fills it, io/ sends and clears it.
class SendBatch {
 public:
  // Linux sends at most 64 segments and 65535 bytes in one GSO message.
  static constexpr size_t kMaxSegments = 64;
  static constexpr size_t kMaxRunBytes = 65000;
  static constexpr size_t kCapacityBytes = 256 * 1024;
  static constexpr size_t kMaxRuns = 256;

  SendBatch() : buffer_(kCapacityBytes) { runs_.reserve(kMaxRuns); }

  std::span<const SendRun> runs() const { return runs_; }
  std::span<const uint8_t> bytes(const SendRun& run) const {
    return std::span(buffer_).subspan(run.offset, run.size_bytes);
  }
  bool empty() const { return runs_.empty(); }
  void Clear() {
    runs_.clear();
    used_ = 0;
    last_run_open_ = false;
  }

  // Whether one more datagram of `size_bytes` fits, whatever its destination.
  bool HasRoom(size_t size_bytes) const {
    return used_ + size_bytes <= buffer_.size() && runs_.size() < kMaxRuns;
  }
  // Where the next datagram is to be written (encrypted straight into place): `max_bytes` long.
  // Requires HasRoom(max_bytes). Follow with Commit.
  std::span<uint8_t> Prepare(size_t max_bytes) {
    CHECK(HasRoom(max_bytes));
    return std::span(buffer_).subspan(used_, max_bytes);
  }
  // How large a datagram to `path` has to be for a next one to join its run as well; zero: it
  // begins a run, whatever its size.
  size_t OpenSegmentBytes(const Path& path) const {
    return last_run_open_ && runs_.back().path == path ? runs_.back().segment_bytes : 0;
  }
  // Takes the first `size_bytes` of what Prepare returned as a datagram to `path`; joins the last
  // run where that has the same path and segment size.
  void Commit(const Path& path, size_t size_bytes);

 private:
  std::vector<uint8_t> buffer_;
  std::vector<SendRun> runs_;
  size_t used_ = 0;
  size_t last_run_segments_ = 0;
  // Whether one more segment fits the last run: all of it are of one size, and it is short enough.
  bool last_run_open_ = false;
};

}  // namespace conclave
