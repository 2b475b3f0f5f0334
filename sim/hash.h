// FNV-1a, for comparing runs: fast, the same everywhere, not for adversaries.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace conclave::sim {

class Hash {
 public:
  void Add(std::span<const uint8_t> bytes) {
    for (const uint8_t byte : bytes) value_ = (value_ ^ byte) * 0x100000001b3;
  }
  void Add(std::string_view text) {
    for (const char c : text) value_ = (value_ ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  }
  void Add(uint64_t number) {
    for (int i = 0; i < 8; ++i) {
      value_ = (value_ ^ static_cast<uint8_t>(number >> (8 * i))) * 0x100000001b3;
    }
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace conclave::sim
