// Tells who asks how its address looks from here (RFC 8489 section 1: a Binding request without
// credentials), so that two clients can find a direct path to each other.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/socket_address.h"
#include "wire/stun.h"

namespace conclave::transport {

// Larger requests are not answered; browsers send 20 bytes. The answer has 40 to 52, so that
// nobody gains much by asking in another's name.
inline constexpr size_t kReflexiveRequestBytesMax = 128;

// The answer to one request; valid as long as the object.
class ReflexiveAnswer {
 public:
  // nullopt for what is no Binding request, or asks for more than the address: a check of ICE has
  // a USERNAME and is somebody else's.
  static std::optional<ReflexiveAnswer> To(std::span<const uint8_t> datagram,
                                           const SocketAddress& source);

  std::span<const uint8_t> bytes() const { return std::span(buffer_).first(size_); }

 private:
  ReflexiveAnswer() = default;

  // Header, XOR-MAPPED-ADDRESS of IPv6, FINGERPRINT.
  std::array<uint8_t, 64> buffer_;
  size_t size_ = 0;
};

}  // namespace conclave::transport
