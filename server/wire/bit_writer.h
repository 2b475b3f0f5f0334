// The counterpart of BitReader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace conclave::wire {

// As ByteWriter: after the first write past the end, ok() is false for ever.
class BitWriter {
 public:
  explicit BitWriter(std::span<uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  // In bits.
  size_t position() const { return position_; }
  // The last byte is filled up with zeros.
  size_t size_bytes() const { return (position_ + 7) / 8; }

  void Flag(bool value) { Bits(value ? 1 : 0, 1); }
  // The low `count` bits. Requires count <= 32.
  void Bits(uint32_t value, size_t count) {
    if (!ok_ || count > bytes_.size() * 8 - position_) {
      ok_ = false;
      return;
    }
    for (size_t i = count; i-- > 0; ++position_) {
      uint8_t& byte = bytes_[position_ / 8];
      if (position_ % 8 == 0) byte = 0;
      byte = static_cast<uint8_t>(byte | (value >> i & 1U) << (7 - position_ % 8));
    }
  }
  // As BitReader::NonSymmetric. Requires value < count.
  void NonSymmetric(uint32_t value, uint32_t count) {
    size_t width = 0;
    while (count >> width != 0) ++width;
    const uint32_t short_values = (1U << width) - count;
    if (value < short_values) {
      Bits(value, width - 1);
    } else {
      Bits(value + short_values, width);
    }
  }

 private:
  std::span<uint8_t> bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace conclave::wire
