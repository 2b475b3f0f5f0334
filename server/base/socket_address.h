// An IP address and a UDP port, without a system header. IPv4 is kept v4-mapped (::ffff:a.b.c.d).
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conclave {

class IpAddress {
 public:
  constexpr IpAddress() = default;
  static constexpr IpAddress V4(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
    return IpAddress({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d});
  }
  static constexpr IpAddress V6(const std::array<uint8_t, 16>& bytes) { return IpAddress(bytes); }
  // "192.0.2.1", "2001:db8::1". Nothing else: no name, no zone, no brackets.
  static std::optional<IpAddress> Parse(std::string_view text);

  // Sixteen bytes in network order; IPv4 in the last four.
  constexpr const std::array<uint8_t, 16>& bytes() const { return bytes_; }
  bool is_v4() const;
  bool is_loopback() const;
  // 169.254/16 or fe80::/10.
  bool is_link_local() const;
  std::string ToString() const;
  constexpr auto operator<=>(const IpAddress&) const = default;
  // As the default, without a call: paths are compared once for every packet.
  constexpr bool operator==(const IpAddress& other) const {
    using Words = std::array<uint64_t, 2>;
    const auto a = std::bit_cast<Words>(bytes_);
    const auto b = std::bit_cast<Words>(other.bytes_);
    return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
  }

 private:
  constexpr explicit IpAddress(const std::array<uint8_t, 16>& bytes) : bytes_(bytes) {}
  std::array<uint8_t, 16> bytes_{};
};

struct SocketAddress {
  IpAddress ip;
  uint16_t port = 0;

  // "192.0.2.1:5000", "[2001:db8::1]:5000". For trace logs and tests only.
  std::string ToString() const;
  constexpr auto operator<=>(const SocketAddress&) const = default;
};

struct SocketAddressHash {
  size_t operator()(const SocketAddress& address) const noexcept;
};

}  // namespace conclave
