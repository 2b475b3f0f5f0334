// The one reader that every binary parser uses: bounds-checked, big-endian, never throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/big_endian.h"

namespace conclave {

// After the first read past the end, ok() is false for ever and every read returns zero or an empty
// span, so a parser may check once at its end.
class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }
  size_t position() const { return position_; }

  uint8_t U8() { return Load<uint8_t>(); }
  uint16_t U16() { return Load<uint16_t>(); }
  uint32_t U24() {
    if (!Take(3)) return 0;
    const uint8_t* at = bytes_.data() + position_ - 3;
    return static_cast<uint32_t>(at[0] << 16 | at[1] << 8 | at[2]);
  }
  uint32_t U32() { return Load<uint32_t>(); }
  uint64_t U64() { return Load<uint64_t>(); }
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
  template <typename T>
  T Load() {
    if (!Take(sizeof(T))) return 0;
    T value;
    std::memcpy(&value, bytes_.data() + position_ - sizeof(T), sizeof(T));
    return BigEndian(value);
  }

  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace conclave
