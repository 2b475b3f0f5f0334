// The memory of queues whose peaks do not coincide (base/ring_queue.h): what one has no use for any
// more, the next takes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace conclave {

// Allocates only where more is in use at a time than before. Outlives its queues.
template <typename T>
class RingPool {
 public:
  // `size` items, a power of two below 2^kClasses.
  std::vector<T> Take(size_t size) {
    Class& of_size = ClassOf(size);
    of_size.peak = std::max(of_size.peak, ++of_size.in_use);
    if (of_size.spare.empty()) return std::vector<T>(size);
    std::vector<T> items = std::move(of_size.spare.back());
    of_size.spare.pop_back();
    return items;
  }
  // Of what was taken.
  void Give(std::vector<T> items) {
    if (items.empty()) return;
    Class& of_size = ClassOf(items.size());
    --of_size.in_use;
    of_size.spare.push_back(std::move(items));
  }
  // Gives back memory, where much less is needed than was: call about once a second. What is needed
  // is the most that was in use lately.
  void Trim() {
    for (Class& of_size : classes_) {
      of_size.needed = std::max(of_size.peak, of_size.needed - of_size.needed / kForget);
      of_size.peak = of_size.in_use;
      const size_t kept = of_size.needed + kSparesMin;
      if (of_size.in_use + of_size.spare.size() <= 2 * kept) continue;
      of_size.spare.resize(kept - of_size.in_use);
      of_size.spare.shrink_to_fit();
    }
  }

  // Items that wait to be used.
  size_t spare() const {
    size_t items = 0;
    for (size_t i = 0; i < kClasses; ++i) items += classes_[i].spare.size() << i;
    return items;
  }

 private:
  static constexpr size_t kClasses = 16;
  // A few key frames' time, where Trim is called each second.
  static constexpr size_t kForget = 8;
  // Who is alone does not allocate at each key frame.
  static constexpr size_t kSparesMin = 2;

  struct Class {
    std::vector<std::vector<T>> spare;
    size_t in_use = 0;
    // The most in use since the last Trim, and what that has been lately.
    size_t peak = 0;
    size_t needed = 0;
  };
  Class& ClassOf(size_t size) { return classes_[static_cast<size_t>(std::countr_zero(size))]; }

  std::array<Class, kClasses> classes_;
};

}  // namespace conclave
