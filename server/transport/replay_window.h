// Which packet indices were seen already (RFC 3711 section 3.3.2).
#pragma once

#include <array>
#include <cstdint>

namespace conclave::transport {

// Remembers the last kSize indices up to the highest. Older ones count as seen.
class ReplayWindow {
 public:
  // 1024 packets are half a second of 20 Mbit/s: no repair comes later than that.
  static constexpr uint64_t kSize = 1024;

  // The window of somebody of whom only the highest index is known: all up to it was seen.
  static ReplayWindow AllUpTo(uint64_t highest) {
    ReplayWindow window;
    window.words_.fill(~uint64_t{0});
    window.highest_ = highest;
    window.any_ = true;
    // Marks of later indices set bits one by one, so those above the highest must be clear.
    window.words_[highest / 64 % kWords] >>= 63 - highest % 64;
    return window;
  }

  bool empty() const { return !any_; }
  uint64_t highest() const { return highest_; }

  bool Seen(uint64_t index) const {
    if (!any_ || index > highest_) return false;
    return TooOld(index) || (Word(index) >> (index % 64) & 1) != 0;
  }
  // Whether the index is too old for the window to know about it.
  bool TooOld(uint64_t index) const { return any_ && index + kSize <= highest_; }

  // Requires !TooOld(index).
  void Mark(uint64_t index) {
    if (!any_ || index > highest_) Advance(index);
    words_[index / 64 % kWords] |= uint64_t{1} << (index % 64);
  }

 private:
  static constexpr uint64_t kWords = kSize / 64 + 1;

  uint64_t Word(uint64_t index) const { return words_[index / 64 % kWords]; }
  void Advance(uint64_t index) {
    const uint64_t from = any_ ? highest_ / 64 + 1 : index / 64;
    const uint64_t to = index / 64;
    // One word more than the window has, so that clearing a word never forgets an index inside it.
    if (to >= from && to - from >= kWords) {
      words_.fill(0);
    } else {
      for (uint64_t word = from; word <= to; ++word) words_[word % kWords] = 0;
    }
    highest_ = index;
    any_ = true;
  }

  std::array<uint64_t, kWords> words_{};
  uint64_t highest_ = 0;
  bool any_ = false;
};

}  // namespace conclave::transport
