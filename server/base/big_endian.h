// Byte order of the network, both ways. Single instructions, because headers are read and written
// once per packet and receiver.
#pragma once

#include <bit>
#include <cstdint>

namespace conclave {

constexpr uint8_t BigEndian(uint8_t value) { return value; }
constexpr uint16_t BigEndian(uint16_t value) {
  return std::endian::native == std::endian::big ? value : __builtin_bswap16(value);
}
constexpr uint32_t BigEndian(uint32_t value) {
  return std::endian::native == std::endian::big ? value : __builtin_bswap32(value);
}
constexpr uint64_t BigEndian(uint64_t value) {
  return std::endian::native == std::endian::big ? value : __builtin_bswap64(value);
}

}  // namespace conclave
