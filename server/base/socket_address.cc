#include "base/socket_address.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <vector>

namespace conclave {
namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<std::array<uint8_t, 4>> ParseV4(std::string_view text) {
  std::array<uint8_t, 4> out{};
  for (size_t i = 0; i < 4; ++i) {
    const size_t end = i < 3 ? text.find('.') : text.size();
    if (end == std::string_view::npos || end == 0 || end > 3) return std::nullopt;
    const std::string_view part = text.substr(0, end);
    const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), out[i]);
    if (error != std::errc() || stop != part.data() + part.size()) return std::nullopt;
    if (part.size() > 1 && part[0] == '0') return std::nullopt;
    text.remove_prefix(i < 3 ? end + 1 : end);
  }
  return out;
}

// Whether a part of the text is followed by "::" or is the last: only the last may end in a dotted
// quad (RFC 4291 section 2.2), which counts as two groups.
enum class Part : uint8_t { kBeforeGap, kLast };

bool ParseGroups(std::string_view text, Part where, std::vector<uint16_t>& groups) {
  while (!text.empty()) {
    const size_t end = text.find(':');
    const std::string_view part = text.substr(0, end);
    if (where == Part::kLast && end == std::string_view::npos &&
        part.find('.') != std::string_view::npos) {
      const auto v4 = ParseV4(part);
      if (!v4) return false;
      groups.push_back(static_cast<uint16_t>((*v4)[0] << 8 | (*v4)[1]));
      groups.push_back(static_cast<uint16_t>((*v4)[2] << 8 | (*v4)[3]));
      return true;
    }
    uint16_t group = 0;
    const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), group, 16);
    if (part.empty() || part.size() > 4 || error != std::errc() ||
        stop != part.data() + part.size()) {
      return false;
    }
    groups.push_back(group);
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
    if (text.empty()) return false;
  }
  return true;
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  if (text.size() > 45) return std::nullopt;
  if (text.find(':') == std::string_view::npos) {
    const auto v4 = ParseV4(text);
    if (!v4) return std::nullopt;
    return V4((*v4)[0], (*v4)[1], (*v4)[2], (*v4)[3]);
  }
  std::vector<uint16_t> head;
  std::vector<uint16_t> tail;
  const size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!ParseGroups(text, Part::kLast, head) || head.size() != 8) return std::nullopt;
  } else {
    if (!ParseGroups(text.substr(0, gap), Part::kBeforeGap, head) ||
        !ParseGroups(text.substr(gap + 2), Part::kLast, tail) || head.size() + tail.size() > 7) {
      return std::nullopt;
    }
  }
  std::array<uint8_t, 16> bytes{};
  const auto put = [&bytes](size_t index, uint16_t group) {
    bytes[2 * index] = static_cast<uint8_t>(group >> 8);
    bytes[2 * index + 1] = static_cast<uint8_t>(group);
  };
  for (size_t i = 0; i < head.size(); ++i) put(i, head[i]);
  for (size_t i = 0; i < tail.size(); ++i) put(8 - tail.size() + i, tail[i]);
  return V6(bytes);
}

bool IpAddress::is_v4() const {
  return std::memcmp(bytes_.data(), kMappedPrefix.data(), kMappedPrefix.size()) == 0;
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[12] == 127;
  for (size_t i = 0; i < 15; ++i) {
    if (bytes_[i] != 0) return false;
  }
  return bytes_[15] == 1;
}

bool IpAddress::is_link_local() const {
  if (is_v4()) return bytes_[12] == 169 && bytes_[13] == 254;
  return bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

std::string IpAddress::ToString() const {
  char text[48];
  if (is_v4()) {
    std::snprintf(text, sizeof(text), "%u.%u.%u.%u", bytes_[12], bytes_[13], bytes_[14],
                  bytes_[15]);
    return text;
  }
  // RFC 5952: the longest run of two or more zero groups becomes "::".
  std::array<uint16_t, 8> groups;
  for (size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<uint16_t>(bytes_[2 * i] << 8 | bytes_[2 * i + 1]);
  }
  size_t best_start = 8;
  size_t best_length = 1;
  for (size_t i = 0; i < 8;) {
    size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > best_length) {
      best_start = i;
      best_length = end - i;
    }
    i = end == i ? i + 1 : end;
  }
  std::string out;
  for (size_t i = 0; i < 8;) {
    if (i == best_start) {
      out += "::";
      i += best_length;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::snprintf(text, sizeof(text), "%x", groups[i]);
    out += text;
    ++i;
  }
  return out;
}

std::string SocketAddress::ToString() const {
  const std::string host = ip.is_v4() ? ip.ToString() : "[" + ip.ToString() + "]";
  return host + ":" + std::to_string(port);
}

size_t SocketAddressHash::operator()(const SocketAddress& address) const noexcept {
  uint64_t high;
  uint64_t low;
  std::memcpy(&high, address.ip.bytes().data(), 8);
  std::memcpy(&low, address.ip.bytes().data() + 8, 8);
  uint64_t mixed = (high ^ low * 0x9e3779b97f4a7c15) + address.port * 0xbf58476d1ce4e5b9ull;
  mixed ^= mixed >> 32;
  return static_cast<size_t>(mixed * 0x94d049bb133111eb);
}

}  // namespace conclave
