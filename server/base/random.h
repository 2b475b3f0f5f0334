// Randomness is passed in: io/ implements it with the kernel's entropy, sim/ and tests with a seed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace conclave {

class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<uint8_t> out) = 0;

  uint32_t Next32();
  uint64_t Next64();
  // `length` characters drawn evenly from `alphabet`, whose size divides 256.
  std::string Text(std::string_view alphabet, size_t length);
};

// RFC 8445 section 5.3: ice-char. 64 characters, so six bits each.
inline constexpr std::string_view kIceChars =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// splitmix64: for tests and the simulation only, predictable by design.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  void Fill(std::span<uint8_t> out) override;

 private:
  uint64_t Step();
  uint64_t state_;
};

}  // namespace conclave
