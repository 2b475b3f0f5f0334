// Writes RTCP for one participant: compound packets into a scratch buffer, encrypted into the
// control queue.
#pragma once

#include <cstdint>
#include <span>

#include "base/byte_writer.h"
#include "base/datagram.h"
#include "router/control_queue.h"
#include "transport/peer_transport.h"

namespace conclave::router {

// The CNAME of everything that this server sends (RFC 3550 section 6.5.1): one, as all slots have
// one clock; short, as every report carries it.
inline constexpr char kServerCname[] = "conclave";

// Made for one call: collects blocks, sends when it goes or when a datagram is full.
class RtcpSender {
 public:
  // All references outlive this object.
  RtcpSender(transport::PeerTransport& transport, ControlQueue& queue)
      : transport_(transport), queue_(queue) {}
  ~RtcpSender() { Send(); }
  RtcpSender(const RtcpSender&) = delete;
  RtcpSender& operator=(const RtcpSender&) = delete;

  // Where to append blocks of at most `bytes` in all; sends what was collected where they would not
  // fit. Whole blocks only, and out.ok() must hold afterwards.
  ByteWriter& Reserve(size_t bytes);
  void Send();

 private:
  // RFC 8834 section 6 asks for packets that fit the path; below the 1200 bytes of everything else.
  static constexpr size_t kCompoundBytesMax = 1150;

  transport::PeerTransport& transport_;
  ControlQueue& queue_;
  uint8_t buffer_[kMaxDatagramBytes];
  ByteWriter writer_{std::span(buffer_, kCompoundBytesMax)};
};

}  // namespace conclave::router
