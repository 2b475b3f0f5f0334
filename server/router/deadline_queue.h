// The timers of a shard: one deadline per key, in one sorted structure (a binary heap that knows
// where each key stands). A key without a deadline costs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace conclave::router {

// Keys are dense small numbers. O(log n) per change, no allocation once the largest key was seen.
class DeadlineQueue {
 public:
  // Replaces the key's deadline; Instant::Never() removes it.
  void Set(uint32_t key, Instant deadline);
  Instant Earliest() const { return heap_.empty() ? Instant::Never() : heap_.front().deadline; }
  // Takes out one key that is due, earliest first (equal deadlines: the smaller key first, so that
  // a run of the simulation is always the same).
  std::optional<uint32_t> PopDue(Instant now);
  size_t size() const { return heap_.size(); }

 private:
  static constexpr uint32_t kAbsent = UINT32_MAX;
  struct Item {
    Instant deadline;
    uint32_t key;
    auto operator<=>(const Item&) const = default;
  };

  void Remove(uint32_t position);
  void Place(uint32_t position, Item item);
  void SiftUp(uint32_t position);
  void SiftDown(uint32_t position);

  std::vector<Item> heap_;
  // Key -> position in heap_.
  std::vector<uint32_t> positions_;
};

}  // namespace conclave::router
