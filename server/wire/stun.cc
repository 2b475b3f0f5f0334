#include "wire/stun.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "base/check.h"
#include "wire/stun_attributes.h"

namespace conclave::wire {
namespace {

using Value = std::span<const uint8_t>;

// RFC 8489 section 5: the two class bits lie between the bits of the method.
uint16_t MethodOf(uint16_t type) {
  return static_cast<uint16_t>((type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2);
}
StunClass ClassOf(uint16_t type) {
  return static_cast<StunClass>((type & 0x0010) >> 4 | (type & 0x0100) >> 7);
}

std::optional<SocketAddress> ParseXorAddress(Value value, const StunTransactionId& transaction) {
  ByteReader reader(value);
  reader.Skip(1);
  const uint8_t family = reader.U8();
  const auto port = static_cast<uint16_t>(reader.U16() ^ kStunPortXor);
  const Value address = reader.Rest();
  std::array<uint8_t, 16> mask = {0x21, 0x12, 0xA4, 0x42};
  std::ranges::copy(transaction, mask.begin() + 4);
  if (family == kStunFamilyV4 && address.size() == 4) {
    const auto at = [&](size_t i) { return static_cast<uint8_t>(address[i] ^ mask[i]); };
    return SocketAddress{IpAddress::V4(at(0), at(1), at(2), at(3)), port};
  }
  if (family == kStunFamilyV6 && address.size() == 16) {
    for (size_t i = 0; i < 16; ++i) mask[i] ^= address[i];
    return SocketAddress{IpAddress::V6(mask), port};
  }
  return std::nullopt;
}

std::optional<uint16_t> ParseErrorCode(Value value) {
  ByteReader reader(value);
  reader.Skip(2);
  const int hundreds = reader.U8() & 0x07;
  const int rest = reader.U8();
  if (!reader.ok() || hundreds < 3 || hundreds > 6 || rest > 99) return std::nullopt;
  return static_cast<uint16_t>(hundreds * 100 + rest);
}

template <typename T>
bool SetOnce(std::optional<T>& field, size_t size, size_t expected_size, T value) {
  if (size != expected_size) return false;
  if (!field) field = value;
  return true;
}

// One parse: the message so far, and where in the bytes it is.
class Parser {
 public:
  explicit Parser(std::span<const uint8_t> bytes) : bytes_(bytes), reader_(bytes) {}

  std::optional<StunMessage> Parse() {
    if (bytes_.size() > kStunBytesMax || !ParseHeader()) return std::nullopt;
    for (size_t count = 0; reader_.remaining() > 0; ++count) {
      // RFC 8489 section 14.7: FINGERPRINT is the last attribute.
      if (count == kStunAttributesMax || message_.has_fingerprint) return std::nullopt;
      const size_t offset = reader_.position();
      const uint16_t type = reader_.U16();
      const size_t size = reader_.U16();
      const Value value = reader_.Bytes(size);
      reader_.Skip((4 - size % 4) % 4);
      if (!reader_.ok() || !OnAttribute(type, value, offset)) return std::nullopt;
    }
    return message_;
  }

 private:
  bool ParseHeader() {
    const uint16_t type = reader_.U16();
    const size_t length = reader_.U16();
    const uint32_t cookie = reader_.U32();
    const Value transaction = reader_.Bytes(message_.transaction.size());
    if (!reader_.ok() || type >> 14 != 0 || cookie != kStunMagicCookie || length % 4 != 0 ||
        length != reader_.remaining()) {
      return false;
    }
    message_.message_class = ClassOf(type);
    message_.method = MethodOf(type);
    std::ranges::copy(transaction, message_.transaction.begin());
    return true;
  }

  bool OnAttribute(uint16_t type, Value value, size_t offset) {
    const auto attribute = static_cast<StunAttribute>(type);
    if (attribute == StunAttribute::kFingerprint) return OnFingerprint(value, offset);
    if (message_.integrity) return true;
    ByteReader reader(value);
    switch (attribute) {
      case StunAttribute::kUsername:
        if (value.size() > kStunUsernameBytesMax) return false;
        return SetOnce(message_.username, 0, 0,
                       std::string_view(reinterpret_cast<const char*>(value.data()), value.size()));
      case StunAttribute::kPriority:
        return SetOnce(message_.priority, value.size(), 4, reader.U32());
      case StunAttribute::kIceControlling:
        return SetOnce(message_.ice_controlling, value.size(), 8, reader.U64());
      case StunAttribute::kIceControlled:
        return SetOnce(message_.ice_controlled, value.size(), 8, reader.U64());
      case StunAttribute::kUseCandidate:
        message_.use_candidate = true;
        return value.empty();
      case StunAttribute::kXorMappedAddress:
        if (!message_.xor_mapped_address) {
          message_.xor_mapped_address = ParseXorAddress(value, message_.transaction);
        }
        return message_.xor_mapped_address.has_value();
      case StunAttribute::kErrorCode:
        if (!message_.error_code) message_.error_code = ParseErrorCode(value);
        return message_.error_code.has_value();
      case StunAttribute::kMessageIntegrity:
        return OnIntegrity(value, offset);
      default:
        OnOther(type);
        return true;
    }
  }

  bool OnIntegrity(Value value, size_t offset) {
    StunIntegrityTag tag;
    if (value.size() != tag.size()) return false;
    std::ranges::copy(value, tag.begin());
    message_.integrity = tag;
    message_.integrity_offset = offset;
    return true;
  }

  bool OnFingerprint(Value value, size_t offset) {
    if (value.size() != 4) return false;
    const uint32_t expected = StunCrc32(bytes_.first(offset)) ^ kStunFingerprintXor;
    message_.has_fingerprint = ByteReader(value).U32() == expected;
    return message_.has_fingerprint;
  }

  void OnOther(uint16_t type) {
    const bool required = type < 0x8000;
    const bool harmless = type == static_cast<uint16_t>(StunAttribute::kMappedAddress) ||
                          type == static_cast<uint16_t>(StunAttribute::kUnknownAttributes);
    if (!required || harmless) return;
    if (message_.unknown_required_count == message_.unknown_required.size()) return;
    message_.unknown_required[message_.unknown_required_count++] = type;
  }

  std::span<const uint8_t> bytes_;
  ByteReader reader_;
  StunMessage message_;
};

}  // namespace

std::optional<StunMessage> ParseStun(std::span<const uint8_t> bytes) {
  return Parser(bytes).Parse();
}

StunIntegrityInput::StunIntegrityInput(std::span<const uint8_t> bytes, const StunMessage& message)
    : size_(message.integrity_offset) {
  CHECK(message.integrity && size_ >= kStunHeaderBytes && size_ <= bytes.size() &&
        size_ <= buffer_.size());
  std::ranges::copy(bytes.first(size_), buffer_.begin());
  const size_t length =
      size_ - kStunHeaderBytes + kStunAttributeHeaderBytes + sizeof(StunIntegrityTag);
  buffer_[2] = static_cast<uint8_t>(length >> 8);
  buffer_[3] = static_cast<uint8_t>(length);
}

}  // namespace conclave::wire
