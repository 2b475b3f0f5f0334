// Hints to the CPU. Nothing depends on them but time: a server of a thousand participants does not
// fit its caches, and what it needs next is known before it is needed.
#pragma once

#include <cstddef>

namespace conclave {

// Starts to load the memory at `object`, which may be null or gone: nothing is read.
inline void Prefetch(const void* object, size_t bytes) {
  constexpr size_t kCacheLine = 64;
  const char* at = static_cast<const char*>(object);
  for (size_t i = 0; i < bytes; i += kCacheLine) __builtin_prefetch(at + i, 1);
}

template <typename T>
void Prefetch(const T& object) {
  Prefetch(&object, sizeof(T));
}

}  // namespace conclave
