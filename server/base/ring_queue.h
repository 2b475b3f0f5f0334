// A bounded first-in first-out queue that allocates only while it grows to a new record.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/ring_pool.h"

namespace conclave {

// `T` is default-constructible and movable; a popped place is reset to T{} where it could hold on
// to something. A queue that runs empty begins anew at the same place: what is filled and drained
// all the time stays in the CPU's cache.
template <typename T>
class RingQueue {
 public:
  explicit RingQueue(size_t limit) : limit_(limit) {}
  // What it needs beside a little of its own it takes from `pool`, and gives back when it runs
  // empty; the owner calls Release in the end, and neither copies nor moves it. `limit` is below
  // 2^15.
  RingQueue(size_t limit, RingPool<T>& pool) : limit_(limit), pool_(&pool) {}

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
    if (count_ == 0 && pool_ && items_.size() > kOwn) pool_->Give(std::exchange(items_, {}));
  }
  void Clear() {
    while (count_ > 0) Pop();
  }
  // As if nothing had ever been in it.
  void Release() {
    Clear();
    std::vector<T> items = std::exchange(items_, {});
    if (pool_) pool_->Give(std::move(items));
  }

 private:
  // A receiver of a few streams never has more packets in one batch.
  static constexpr size_t kFirst = 16;
  // Kept though it is empty: the packets of a few streams' frames.
  static constexpr size_t kOwn = 32;

  void Grow() {
    const size_t size = items_.empty() ? kFirst : items_.size() * 2;
    std::vector<T> larger = pool_ ? pool_->Take(size) : std::vector<T>(size);
    for (size_t i = 0; i < count_; ++i) {
      larger[i] = std::move(items_[(head_ + i) & (items_.size() - 1)]);
    }
    std::swap(items_, larger);
    head_ = 0;
    if (pool_) pool_->Give(std::move(larger));
  }

  // Its size is a power of two.
  std::vector<T> items_;
  size_t head_ = 0;
  size_t count_ = 0;
  size_t limit_;
  // None: all memory is its own.
  RingPool<T>* pool_ = nullptr;
};

}  // namespace conclave
