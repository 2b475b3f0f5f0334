#include "transport/stun_username.h"

#include "wire/stun.h"

namespace conclave::transport {

std::optional<StunUsername> PeekStunUsername(std::span<const uint8_t> datagram) {
  const std::optional<wire::StunMessage> message = wire::ParseStun(datagram);
  if (!message || message->message_class != wire::StunClass::kRequest ||
      message->method != wire::kStunBinding || !message->username) {
    return std::nullopt;
  }
  const size_t colon = message->username->find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return StunUsername{message->username->substr(0, colon), message->username->substr(colon + 1)};
}

}  // namespace conclave::transport
