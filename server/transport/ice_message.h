// STUN messages of connectivity checks with short-term credentials (RFC 8445 section 7, RFC 8489
// section 9.1): built signed, and accepted only with the right signature.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "wire/stun.h"

namespace conclave::transport {

// The signature of RFC 8489 section 14.5 for short-term credentials. The password is the key as it
// is: ICE passwords are ASCII, which SASLprep leaves alone.
wire::StunIntegrityTag StunHmac(std::string_view password, std::span<const uint8_t> bytes);

// Whether `message`, parsed from `datagram`, carries MESSAGE-INTEGRITY made with `password`. The
// comparison takes the same time wherever the tags differ.
bool HasIntegrity(std::span<const uint8_t> datagram, const wire::StunMessage& message,
                  std::string_view password);

// One outgoing message, signed and with FINGERPRINT. The bytes are valid as long as the object.
class IceMessage {
 public:
  struct Request {
    wire::StunTransactionId transaction;
    std::string_view username;
    // Of the peer, whom the request is for.
    std::string_view password;
    uint64_t tie_breaker;
    uint32_t priority;
    bool use_candidate;
  };
  // A check by a controlling agent.
  static IceMessage CheckOf(const Request& request);
  // The success response to a check that came from `source`, signed with our own password.
  static IceMessage SuccessFor(const wire::StunMessage& request, const SocketAddress& source,
                               std::string_view password);
  // An error response: 487, or 420 with the attributes that we do not know.
  static IceMessage ErrorFor(const wire::StunMessage& request, uint16_t code,
                             std::string_view password);

  std::span<const uint8_t> bytes() const { return std::span(buffer_).first(size_); }

 private:
  IceMessage() = default;
  void Sign(wire::StunBuilder& builder, std::string_view password);

  std::array<uint8_t, wire::kStunBytesMax> buffer_;
  size_t size_ = 0;
};

}  // namespace conclave::transport
