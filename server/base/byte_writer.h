// The counterpart of ByteReader: writes big-endian into a buffer of fixed size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/big_endian.h"

namespace conclave {

// After the first write past the end, ok() is false for ever and nothing more is written.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t size() const { return position_; }
  size_t remaining() const { return ok_ ? bytes_.size() - position_ : 0; }
  std::span<uint8_t> written() const { return bytes_.first(position_); }

  void U8(uint8_t value) { Store(value); }
  void U16(uint16_t value) { Store(value); }
  // The low 24 bits.
  void U24(uint32_t value) {
    if (!Take(3)) return;
    uint8_t* at = bytes_.data() + position_ - 3;
    at[0] = static_cast<uint8_t>(value >> 16);
    at[1] = static_cast<uint8_t>(value >> 8);
    at[2] = static_cast<uint8_t>(value);
  }
  void U32(uint32_t value) { Store(value); }
  void U64(uint64_t value) { Store(value); }
  void Bytes(std::span<const uint8_t> bytes) {
    if (bytes.empty() || !Take(bytes.size())) return;
    std::memcpy(bytes_.data() + position_ - bytes.size(), bytes.data(), bytes.size());
  }
  void Zeros(size_t count) {
    if (count == 0 || !Take(count)) return;
    std::memset(bytes_.data() + position_ - count, 0, count);
  }
  // Overwrites two bytes that were already written, such as a length known only at the end.
  void PatchU16(size_t position, uint16_t value) {
    if (!ok_ || position_ < 2 || position > position_ - 2) {
      ok_ = false;
      return;
    }
    bytes_[position] = static_cast<uint8_t>(value >> 8);
    bytes_[position + 1] = static_cast<uint8_t>(value);
  }

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
  void Store(T value) {
    if (!Take(sizeof(T))) return;
    value = BigEndian(value);
    std::memcpy(bytes_.data() + position_ - sizeof(T), &value, sizeof(T));
  }

  std::span<uint8_t> bytes_;
  size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace conclave
