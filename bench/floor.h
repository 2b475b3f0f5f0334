// What forwarding must cost at the least: a loop that receives a frame, decrypts each packet once,
// rewrites its header and encrypts it for each receiver, and sends what is for one receiver as one
// GSO message, sixteen messages per system call. No pacing, no history, no RTCP, no state beyond
// keys and addresses, nobody to trust or to distrust: it shares no code with the server.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/network.h"

namespace conclave::bench {

// Where the library it encrypts with is missing (ipsec-mb is for x86-64 only), it cannot be made.
class Floor {
 public:
  // Each frame is `packets` datagrams of `packet_bytes` each.
  static std::unique_ptr<Floor> Make(const Network& network, size_t receivers, size_t packets,
                                     size_t packet_bytes);
  virtual ~Floor() = default;
  // CPU ns per packet that was sent, over so many frames.
  virtual double Round(int frames) = 0;
};

}  // namespace conclave::bench
