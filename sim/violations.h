// What the checkers of a run found.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace conclave::sim {

class Violations {
 public:
  // The first ones tell the cause; the rest only repeats it.
  static constexpr size_t kMax = 20;

  void Add(Instant now, std::string what) {
    ++count_;
    if (list_.size() >= kMax) return;
    list_.push_back(std::to_string(now.us()) + " us: " + std::move(what));
  }
  size_t count() const { return count_; }
  const std::vector<std::string>& list() const { return list_; }

 private:
  size_t count_ = 0;
  std::vector<std::string> list_;
};

}  // namespace conclave::sim
