#include <algorithm>

#include "base/check.h"
#include "wire/stun.h"
#include "wire/stun_attributes.h"

namespace conclave::wire {
namespace {

uint16_t TypeOf(StunClass message_class, uint16_t method) {
  const auto bits = static_cast<uint16_t>(message_class);
  return static_cast<uint16_t>((method & 0x000f) | (method & 0x0070) << 1 | (method & 0x0f80) << 2 |
                               (bits & 1) << 4 | (bits & 2) << 7);
}

constexpr uint16_t Number(StunAttribute attribute) { return static_cast<uint16_t>(attribute); }

}  // namespace

StunBuilder::StunBuilder(StunClass message_class, uint16_t method,
                         const StunTransactionId& transaction, std::span<uint8_t> out)
    : transaction_(transaction), writer_(out) {
  writer_.U16(TypeOf(message_class, method));
  writer_.U16(0);
  writer_.U32(kStunMagicCookie);
  writer_.Bytes(transaction_);
}

void StunBuilder::BeginAttribute(uint16_t type, size_t size) {
  writer_.U16(type);
  writer_.U16(static_cast<uint16_t>(size));
}

void StunBuilder::AddText(uint16_t type, std::string_view text) {
  BeginAttribute(type, text.size());
  writer_.Bytes({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  writer_.Zeros((4 - text.size() % 4) % 4);
}

void StunBuilder::AddUsername(std::string_view username) {
  CHECK(username.size() <= kStunUsernameBytesMax);
  AddText(Number(StunAttribute::kUsername), username);
}

void StunBuilder::AddPriority(uint32_t priority) {
  BeginAttribute(Number(StunAttribute::kPriority), 4);
  writer_.U32(priority);
}

void StunBuilder::AddIceControlling(uint64_t tie_breaker) {
  BeginAttribute(Number(StunAttribute::kIceControlling), 8);
  writer_.U64(tie_breaker);
}

void StunBuilder::AddIceControlled(uint64_t tie_breaker) {
  BeginAttribute(Number(StunAttribute::kIceControlled), 8);
  writer_.U64(tie_breaker);
}

void StunBuilder::AddUseCandidate() { BeginAttribute(Number(StunAttribute::kUseCandidate), 0); }

void StunBuilder::AddXorMappedAddress(const SocketAddress& address) {
  const bool v4 = address.ip.is_v4();
  BeginAttribute(Number(StunAttribute::kXorMappedAddress), v4 ? 8 : 20);
  writer_.U8(0);
  writer_.U8(v4 ? kStunFamilyV4 : kStunFamilyV6);
  writer_.U16(static_cast<uint16_t>(address.port ^ kStunPortXor));
  std::array<uint8_t, 16> mask = {0x21, 0x12, 0xA4, 0x42};
  std::ranges::copy(transaction_, mask.begin() + 4);
  const auto& ip = address.ip.bytes();
  for (size_t i = 0; i < (v4 ? 4 : 16); ++i) {
    writer_.U8(static_cast<uint8_t>(ip[v4 ? 12 + i : i] ^ mask[i]));
  }
}

void StunBuilder::AddErrorCode(uint16_t code, std::string_view reason) {
  CHECK(code >= 300 && code <= 699);
  BeginAttribute(Number(StunAttribute::kErrorCode), 4 + reason.size());
  writer_.U16(0);
  writer_.U8(static_cast<uint8_t>(code / 100));
  writer_.U8(static_cast<uint8_t>(code % 100));
  writer_.Bytes({reinterpret_cast<const uint8_t*>(reason.data()), reason.size()});
  writer_.Zeros((4 - reason.size() % 4) % 4);
}

void StunBuilder::AddUnknownAttributes(std::span<const uint16_t> types) {
  BeginAttribute(Number(StunAttribute::kUnknownAttributes), 2 * types.size());
  for (const uint16_t type : types) writer_.U16(type);
  writer_.Zeros(types.size() % 2 * 2);
}

void StunBuilder::SetLength(size_t bytes_after_header) {
  writer_.PatchU16(2, static_cast<uint16_t>(bytes_after_header));
}

std::span<const uint8_t> StunBuilder::IntegrityInput() {
  SetLength(writer_.size() - kStunHeaderBytes + kStunAttributeHeaderBytes +
            sizeof(StunIntegrityTag));
  return writer_.written();
}

void StunBuilder::AddIntegrity(const StunIntegrityTag& tag) {
  BeginAttribute(Number(StunAttribute::kMessageIntegrity), tag.size());
  writer_.Bytes(tag);
}

std::span<const uint8_t> StunBuilder::Finish() {
  // RFC 8489 section 14.7: the length includes FINGERPRINT before the CRC is taken.
  SetLength(writer_.size() - kStunHeaderBytes + kStunAttributeHeaderBytes + 4);
  const uint32_t crc = StunCrc32(writer_.written()) ^ kStunFingerprintXor;
  BeginAttribute(Number(StunAttribute::kFingerprint), 4);
  writer_.U32(crc);
  if (!writer_.ok()) return {};
  return writer_.written();
}

}  // namespace conclave::wire
