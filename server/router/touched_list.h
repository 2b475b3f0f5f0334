// What is to be looked at once, at the end of the call, however often it was touched on the way:
// participants and rooms whose deadlines or slots changed.
#pragma once

#include <vector>

namespace conclave::router {

// `Index` is a StrongId of dense small numbers.
template <typename Index>
class TouchedList {
 public:
  void Add(Index index) {
    if (index.value() >= listed_.size()) listed_.resize(index.value() + 1);
    if (listed_[index.value()]) return;
    listed_[index.value()] = true;
    list_.push_back(index);
  }
  bool empty() const { return list_.empty(); }
  // Requires !empty(). The last one added, which leaves the list.
  Index Take() {
    const Index index = list_.back();
    list_.pop_back();
    listed_[index.value()] = false;
    return index;
  }

 private:
  std::vector<Index> list_;
  std::vector<bool> listed_;
};

}  // namespace conclave::router
