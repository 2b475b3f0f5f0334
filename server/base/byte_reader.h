// The one reader that every binary parser uses: bounds-checked, big-endian, never throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace conclave {

// After the first read past the end, ok() is false for ever and every read returns zero or an empty
// span, so a parser may check once at its end.
class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }
  size_t position() const { return position_; }

  uint8_t U8() { return static_cast<uint8_t>(Big(1)); }
  uint16_t U16() { return static_cast<uint16_t>(Big(2)); }
  uint32_t U24() { return static_cast<uint32_t>(Big(3)); }
  uint32_t U32() { return static_cast<uint32_t>(Big(4)); }
  uint64_t U64() { return Big(8); }
  std::span<const uint8_t> Bytes(size_t count) {
    if (!Take(count)) return {};
    return bytes_.subspan(position_ - count, count);
  }
  std::span<const uint8_t> Rest() { return Bytes(remaining()); }
  void Skip(size_t count) { Take(count); }
  void Fail() { ok_ = false; }

 private:
  bool Take(size_t count) {
    if (!ok_ || count > bytes_.size() - position_) {
      ok_ = false;
      return false;
    }
    position_ += count;
    return true;
  }
  uint64_t Big(size_t count) {
    if (!Take(count)) return 0;
    uint64_t value = 0;
    for (size_t i = position_ - count; i < position_; ++i) value = value << 8 | bytes_[i];
    return value;
  }

  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace conclave
