// Reads fields that do not end at byte boundaries, the most significant bit first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace conclave::wire {

// As ByteReader: after the first read past the end, ok() is false for ever and every read is zero.
class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  // In bits.
  size_t position() const { return position_; }
  size_t remaining() const { return ok_ ? bytes_.size() * 8 - position_ : 0; }

  bool Flag() { return Bits(1) != 0; }
  // Requires count <= 32.
  uint32_t Bits(size_t count) {
    if (!ok_ || count > bytes_.size() * 8 - position_) {
      ok_ = false;
      return 0;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i, ++position_) {
      value = value << 1 | (bytes_[position_ / 8] >> (7 - position_ % 8) & 1U);
    }
    return value;
  }
  // ns(count) of the AV1 specification, section 4.10.7: a value below `count`. Requires count >= 1.
  uint32_t NonSymmetric(uint32_t count) {
    size_t width = 0;
    while (count >> width != 0) ++width;
    const uint32_t short_values = (1U << width) - count;
    const uint32_t value = Bits(width - 1);
    if (value < short_values) return value;
    return (value << 1) - short_values + Bits(1);
  }
  void Fail() { ok_ = false; }

 private:
  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace conclave::wire
