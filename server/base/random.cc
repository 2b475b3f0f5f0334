#include "base/random.h"

#include <array>
#include <cstring>

#include "base/check.h"

namespace conclave {

uint32_t Random::Next32() {
  std::array<uint8_t, 4> bytes;
  Fill(bytes);
  uint32_t value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

uint64_t Random::Next64() {
  std::array<uint8_t, 8> bytes;
  Fill(bytes);
  uint64_t value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

std::string Random::Text(std::string_view alphabet, size_t length) {
  CHECK(!alphabet.empty() && 256 % alphabet.size() == 0);
  std::string text(length, '\0');
  Fill({reinterpret_cast<uint8_t*>(text.data()), text.size()});
  for (char& c : text) c = alphabet[static_cast<uint8_t>(c) % alphabet.size()];
  return text;
}

uint64_t SeededRandom::Step() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void SeededRandom::Fill(std::span<uint8_t> out) {
  for (size_t i = 0; i < out.size();) {
    const uint64_t word = Step();
    for (size_t j = 0; j < 8 && i < out.size(); ++j, ++i) {
      out[i] = static_cast<uint8_t>(word >> (8 * j));
    }
  }
}

}  // namespace conclave
