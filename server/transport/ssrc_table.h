// State per SSRC: a flat hash table that only grows, up to a limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/prefetch.h"

namespace conclave::transport {

// References stay valid until the next Insert.
template <typename State>
class SsrcTable {
 public:
  explicit SsrcTable(size_t entries_max) : entries_max_(entries_max), slots_(kFirstSlots) {}

  size_t size() const { return entries_.size(); }
  bool full() const { return entries_.size() >= entries_max_; }

  State* Find(uint32_t ssrc) {
    // Packets of a stream come and go in runs.
    if (last_ < entries_.size() && entries_[last_].ssrc == ssrc) return &entries_[last_].state;
    for (size_t i = Hash(ssrc);; ++i) {
      const uint32_t slot = slots_[i & (slots_.size() - 1)];
      if (slot == 0) return nullptr;
      if (entries_[slot - 1].ssrc != ssrc) continue;
      last_ = slot - 1;
      return &entries_[last_].state;
    }
  }

  // Null where the table is full. Requires that `ssrc` is not in it.
  State* Insert(uint32_t ssrc) {
    if (full()) return nullptr;
    entries_.push_back({ssrc, State()});
    if (entries_.size() * 2 > slots_.size()) {
      slots_.assign(slots_.size() * 2, 0);
      for (size_t i = 0; i + 1 < entries_.size(); ++i) Link(entries_[i].ssrc, i);
    }
    Link(ssrc, entries_.size() - 1);
    return &entries_.back().state;
  }

  // Hints what finding the last one again will touch.
  void PrefetchLast() const {
    if (last_ < entries_.size()) Prefetch(entries_[last_]);
  }

 private:
  struct Entry {
    uint32_t ssrc;
    State state;
  };
  static constexpr size_t kFirstSlots = 32;

  // SSRCs of other endpoints may be chosen by an adversary, who can only slow down its own
  // transport: the table is per peer and small.
  static size_t Hash(uint32_t ssrc) { return (ssrc * uint32_t{0x9E3779B1}) >> 8; }
  void Link(uint32_t ssrc, size_t entry) {
    size_t i = Hash(ssrc) & (slots_.size() - 1);
    while (slots_[i] != 0) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = static_cast<uint32_t>(entry + 1);
  }

  size_t entries_max_;
  // Index into entries_ plus one; zero is free. A power of two, at most half full.
  std::vector<uint32_t> slots_;
  std::vector<Entry> entries_;
  // Of what was found last.
  size_t last_ = 0;
};

}  // namespace conclave::transport
