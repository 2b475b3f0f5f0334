// A bounded queue of plain values from any threads to one, with a wake-up that epoll understands.
// Together with start-up it is the only place where threads meet (architecture section 3).
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "io/wake_event.h"

namespace conclave::io {

// Push from any thread, Drain from one. A lock is held for a move of the batch, never for work.
template <typename T>
class Mailbox {
 public:
  explicit Mailbox(size_t capacity) : capacity_(capacity) {}

  // Moves as many values as fit, in order, and erases those from `values`. Returns whether all
  // went: the caller keeps the rest and tries again later. Wakes the reader once per batch.
  bool Push(std::vector<T>& values) {
    if (values.empty()) return true;
    bool was_empty = false;
    size_t moved = 0;
    {
      const std::lock_guard lock(mutex_);
      was_empty = values_.empty();
      moved = std::min(values.size(), capacity_ - values_.size());
      const auto end = values.begin() + static_cast<std::ptrdiff_t>(moved);
      values_.insert(values_.end(), std::move_iterator(values.begin()), std::move_iterator(end));
    }
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(moved));
    if (was_empty && moved > 0) wake_.Signal();
    return values.empty();
  }

  // Moves everything into `out`, which must be empty, and clears the wake-up.
  void Drain(std::vector<T>& out) {
    // Cleared first: a push after this line signals again, so no value is ever left asleep.
    wake_.Clear();
    const std::lock_guard lock(mutex_);
    std::swap(out, values_);
  }

  // Readable while there may be something to drain. Valid as long as the mailbox.
  int fd() const { return wake_.fd(); }

 private:
  const size_t capacity_;
  WakeEvent wake_;
  std::mutex mutex_;
  std::vector<T> values_;
};

}  // namespace conclave::io
