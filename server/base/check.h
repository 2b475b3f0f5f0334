// CHECK: an always-on assertion about our own code. Never about what the network sent.
#pragma once

namespace conclave::internal {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);

}  // namespace conclave::internal

#define CHECK(condition)                                                 \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::conclave::internal::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)
