// What every fuzz target asks beyond "does not crash".
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/check.h"

namespace conclave::fuzz {

using Input = std::span<const uint8_t>;

// A view that a parser returned must lie inside what it was given.
inline void CheckInside(Input view, Input input) {
  if (view.empty()) return;
  CHECK(view.data() >= input.data());
  CHECK(view.data() + view.size() <= input.data() + input.size());
}

inline void CheckInside(std::string_view view, Input input) {
  CheckInside({reinterpret_cast<const uint8_t*>(view.data()), view.size()}, input);
}

inline bool Same(Input a, Input b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace conclave::fuzz
