// STUN messages as ICE uses them (RFC 8489, RFC 8445 section 7.1). No cryptography here: the caller
// computes HMAC-SHA1 over the bytes that this file hands out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/byte_writer.h"
#include "base/socket_address.h"

namespace conclave::wire {

inline constexpr size_t kStunHeaderBytes = 20;
inline constexpr uint32_t kStunMagicCookie = 0x2112A442;
inline constexpr uint16_t kStunBinding = 0x001;
// A datagram holds no more; nothing larger is parsed or built.
inline constexpr size_t kStunBytesMax = 1500;
// RFC 8489 section 14.3: less than 509 bytes.
inline constexpr size_t kStunUsernameBytesMax = 508;
// More attributes than this is nobody's connectivity check; Chromium sends about ten.
inline constexpr size_t kStunAttributesMax = 32;

enum class StunClass : uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

using StunTransactionId = std::array<uint8_t, 12>;
// HMAC-SHA1, the whole of it.
using StunIntegrityTag = std::array<uint8_t, 20>;

// RFC 8489 section 14.8 and RFC 8445 section 16.2.
inline constexpr uint16_t kStunBadRequest = 400;
inline constexpr uint16_t kStunUnauthenticated = 401;
inline constexpr uint16_t kStunUnknownAttribute = 420;
inline constexpr uint16_t kStunRoleConflict = 487;

// What was understood of a message. The views point into the parsed bytes. Attributes behind
// MESSAGE-INTEGRITY (but for FINGERPRINT) are ignored, since nothing vouches for them.
struct StunMessage {
  StunClass message_class = StunClass::kRequest;
  uint16_t method = kStunBinding;
  StunTransactionId transaction{};
  std::optional<std::string_view> username;
  std::optional<uint32_t> priority;
  std::optional<uint64_t> ice_controlling;
  std::optional<uint64_t> ice_controlled;
  bool use_candidate = false;
  std::optional<SocketAddress> xor_mapped_address;
  std::optional<uint16_t> error_code;
  // The attribute's 20 bytes, and where its header begins: what precedes that is signed.
  std::optional<StunIntegrityTag> integrity;
  size_t integrity_offset = 0;
  // Present and right: a wrong FINGERPRINT makes the message malformed.
  bool has_fingerprint = false;
  // Types of comprehension-required attributes that we do not know: answer 420 with them.
  std::array<uint16_t, 8> unknown_required{};
  size_t unknown_required_count = 0;
};

// nullopt: not STUN, or malformed (length, padding, attribute sizes, a repeat does not count: the
// first occurrence wins, RFC 8489 section 14).
std::optional<StunMessage> ParseStun(std::span<const uint8_t> bytes);

// The bytes that MESSAGE-INTEGRITY signs (RFC 8489 section 14.5): all before the attribute, with
// the header's length as if the attribute ended the message.
class StunIntegrityInput {
 public:
  // Requires message.integrity, and `message` parsed from `bytes`.
  StunIntegrityInput(std::span<const uint8_t> bytes, const StunMessage& message);
  std::span<const uint8_t> bytes() const { return std::span(buffer_).first(size_); }

 private:
  std::array<uint8_t, kStunBytesMax> buffer_;
  size_t size_;
};

// Builds one message into a buffer of the caller. Order: attributes, then IntegrityInput() and
// AddIntegrity(), then Finish(), which adds FINGERPRINT.
class StunBuilder {
 public:
  // `out` outlives the builder; kStunBytesMax always suffices.
  StunBuilder(StunClass message_class, uint16_t method, const StunTransactionId& transaction,
              std::span<uint8_t> out);

  void AddUsername(std::string_view username);
  void AddPriority(uint32_t priority);
  void AddIceControlling(uint64_t tie_breaker);
  void AddIceControlled(uint64_t tie_breaker);
  void AddUseCandidate();
  void AddXorMappedAddress(const SocketAddress& address);
  // Requires 300 <= code <= 699.
  void AddErrorCode(uint16_t code, std::string_view reason);
  void AddUnknownAttributes(std::span<const uint16_t> types);

  // The bytes to HMAC with the password: valid until the next call.
  std::span<const uint8_t> IntegrityInput();
  void AddIntegrity(const StunIntegrityTag& tag);
  // Adds FINGERPRINT and returns the message; empty where the buffer was too small.
  std::span<const uint8_t> Finish();

 private:
  void BeginAttribute(uint16_t type, size_t size);
  void AddText(uint16_t type, std::string_view text);
  void SetLength(size_t bytes_after_header);

  StunTransactionId transaction_;
  ByteWriter writer_;
};

// CRC-32 of ITU V.42 (the one of FINGERPRINT before its XOR).
uint32_t StunCrc32(std::span<const uint8_t> bytes);

}  // namespace conclave::wire
