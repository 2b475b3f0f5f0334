// A bounded first-in first-out queue that allocates only while it grows to a new record.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"

namespace conclave {

// `T` is default-constructible and movable; a popped place is reset to T{} where it could hold on
// to something. A queue that runs empty begins anew at the same place: what is filled and drained
// all the time stays in the CPU's cache.
template <typename T>
class RingQueue {
 public:
  explicit RingQueue(size_t limit) : limit_(limit) {}

  bool empty() const { return count_ == 0; }
  size_t size() const { return count_; }

  // False (and `item` is gone) where the queue is at its limit.
  bool Push(T item) {
    if (count_ == limit_) return false;
    if (count_ == items_.size()) Grow();
    items_[(head_ + count_) & (items_.size() - 1)] = std::move(item);
    ++count_;
    return true;
  }
  T& front() {
    CHECK(count_ > 0);
    return items_[head_];
  }
  // Counted from the front; requires i < size().
  T& operator[](size_t i) { return items_[(head_ + i) & (items_.size() - 1)]; }
  const T& operator[](size_t i) const { return items_[(head_ + i) & (items_.size() - 1)]; }
  const T& front() const {
    CHECK(count_ > 0);
    return items_[head_];
  }
  // The last one pushed.
  T& back() {
    CHECK(count_ > 0);
    return (*this)[count_ - 1];
  }
  const T& back() const {
    CHECK(count_ > 0);
    return (*this)[count_ - 1];
  }
  void Pop() {
    CHECK(count_ > 0);
    if constexpr (!std::is_trivially_destructible_v<T>) items_[head_] = T{};
    head_ = --count_ == 0 ? 0 : (head_ + 1) & (items_.size() - 1);
  }
  void Clear() {
    while (count_ > 0) Pop();
  }

 private:
  // A receiver of a few streams never has more packets in one batch.
  static constexpr size_t kFirst = 16;

  void Grow() {
    std::vector<T> larger(items_.empty() ? kFirst : items_.size() * 2);
    for (size_t i = 0; i < count_; ++i) {
      larger[i] = std::move(items_[(head_ + i) & (items_.size() - 1)]);
    }
    items_ = std::move(larger);
    head_ = 0;
  }

  // Its size is a power of two.
  std::vector<T> items_;
  size_t head_ = 0;
  size_t count_ = 0;
  size_t limit_;
};

}  // namespace conclave
