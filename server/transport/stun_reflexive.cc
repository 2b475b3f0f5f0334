#include "transport/stun_reflexive.h"

#include "base/check.h"

namespace conclave::transport {

std::optional<ReflexiveAnswer> ReflexiveAnswer::To(std::span<const uint8_t> datagram,
                                                   const SocketAddress& source) {
  if (datagram.size() > kReflexiveRequestBytesMax) return std::nullopt;
  const std::optional<wire::StunMessage> request = wire::ParseStun(datagram);
  if (!request || request->message_class != wire::StunClass::kRequest ||
      request->method != wire::kStunBinding || request->username || request->integrity ||
      request->unknown_required_count > 0) {
    return std::nullopt;
  }
  ReflexiveAnswer answer;
  wire::StunBuilder builder(wire::StunClass::kSuccess, wire::kStunBinding, request->transaction,
                            answer.buffer_);
  builder.AddXorMappedAddress(source);
  answer.size_ = builder.Finish().size();
  CHECK(answer.size_ > 0);
  return answer;
}

}  // namespace conclave::transport
