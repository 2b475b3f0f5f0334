#include "transport/ice_message.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace conclave::transport {

wire::StunIntegrityTag StunHmac(std::string_view password, std::span<const uint8_t> bytes) {
  wire::StunIntegrityTag tag{};
  unsigned int size = 0;
  const unsigned char* result = HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()),
                                     bytes.data(), bytes.size(), tag.data(), &size);
  CHECK(result != nullptr && size == tag.size());
  return tag;
}

bool HasIntegrity(std::span<const uint8_t> datagram, const wire::StunMessage& message,
                  std::string_view password) {
  if (!message.integrity) return false;
  const wire::StunIntegrityInput input(datagram, message);
  const wire::StunIntegrityTag expected = StunHmac(password, input.bytes());
  return CRYPTO_memcmp(expected.data(), message.integrity->data(), expected.size()) == 0;
}

IceMessage IceMessage::CheckOf(const Request& request) {
  IceMessage message;
  wire::StunBuilder builder(wire::StunClass::kRequest, wire::kStunBinding, request.transaction,
                            message.buffer_);
  builder.AddUsername(request.username);
  builder.AddPriority(request.priority);
  builder.AddIceControlling(request.tie_breaker);
  if (request.use_candidate) builder.AddUseCandidate();
  message.Sign(builder, request.password);
  return message;
}

IceMessage IceMessage::SuccessFor(const wire::StunMessage& request, const SocketAddress& source,
                                  std::string_view password) {
  IceMessage message;
  wire::StunBuilder builder(wire::StunClass::kSuccess, wire::kStunBinding, request.transaction,
                            message.buffer_);
  builder.AddXorMappedAddress(source);
  message.Sign(builder, password);
  return message;
}

IceMessage IceMessage::ErrorFor(const wire::StunMessage& request, uint16_t code,
                                std::string_view password) {
  IceMessage message;
  wire::StunBuilder builder(wire::StunClass::kError, wire::kStunBinding, request.transaction,
                            message.buffer_);
  // No reason phrase: it would only make the answer longer than the question.
  builder.AddErrorCode(code, "");
  if (code == wire::kStunUnknownAttribute) {
    builder.AddUnknownAttributes(
        std::span(request.unknown_required).first(request.unknown_required_count));
  }
  message.Sign(builder, password);
  return message;
}

void IceMessage::Sign(wire::StunBuilder& builder, std::string_view password) {
  builder.AddIntegrity(StunHmac(password, builder.IntegrityInput()));
  size_ = builder.Finish().size();
  CHECK(size_ > 0);
}

}  // namespace conclave::transport
