// The clock that figures are measured with: what others do on the machine does not count.
#pragma once

#include <time.h>

#include <cstdint>

namespace conclave::bench {

// User and system time of the calling thread.
inline int64_t ThreadCpuNs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

}  // namespace conclave::bench
