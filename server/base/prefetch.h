// Hints to the CPU. Nothing depends on them but time: a server of a thousand participants does not
// fit its caches, and what it needs next is known before it is needed.
#pragma once

#include <cstddef>
#include <cstdint>

namespace conclave {

// Starts to load the memory at `object`, which may be null or gone: nothing is read. All lines of
// it, wherever in its first one it begins.
inline void Prefetch(const void* object, size_t bytes) {
  constexpr size_t kCacheLine = 64;
  const char* const begin = static_cast<const char*>(object);
  const size_t before = reinterpret_cast<uintptr_t>(begin) % kCacheLine;
  for (size_t i = 0; i < bytes + before; i += kCacheLine) __builtin_prefetch(begin - before + i, 1);
}

template <typename T>
void Prefetch(const T& object) {
  Prefetch(&object, sizeof(T));
}

}  // namespace conclave
