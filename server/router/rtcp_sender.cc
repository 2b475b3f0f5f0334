#include "router/rtcp_sender.h"

#include "base/check.h"

namespace conclave::router {

ByteWriter& RtcpSender::Reserve(size_t bytes) {
  CHECK(bytes <= kCompoundBytesMax);
  if (writer_.remaining() < bytes) Send();
  return writer_;
}

void RtcpSender::Send() {
  // A block that did not fit would make the whole compound unreadable: that is our own bug.
  CHECK(writer_.ok());
  const std::span<uint8_t> packet = writer_.written();
  if (!packet.empty()) {
    const auto path = transport_.selected_path();
    const auto size = path ? transport_.ProtectRtcp(packet, buffer_) : std::nullopt;
    if (size) queue_.Append(*path, std::span(buffer_).first(*size));
  }
  writer_ = ByteWriter(std::span(buffer_, kCompoundBytesMax));
}

}  // namespace conclave::router
