// Sees when this machine takes time away from a measurement: a thread on each core that does
// nothing but wake up, and what the kernel says of how long threads waited for a core.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/time.h"

namespace conclave::load {

// The windows of a run in which time was stolen. Marked by several threads.
class StolenTime {
 public:
  static constexpr Duration kWindow = Duration::Millis(100);
  // An hour; what comes later counts as stolen.
  static constexpr size_t kWindowsMax = 36'000;

  explicit StolenTime(Instant begin) : begin_(begin), stolen_(kWindowsMax) {}

  // All windows that [from, to] touches.
  void Mark(Instant from, Instant to);
  bool Stolen(Instant at) const;
  // Of the windows in [from, to), 0..1.
  double Share(Instant from, Instant to) const;

 private:
  // Within 0..kWindowsMax.
  size_t WindowOf(Instant at) const;

  const Instant begin_;
  std::vector<std::atomic<uint8_t>> stolen_;
};

// Runs from construction to destruction.
class Canary {
 public:
  // Of one wake-up of the canary, or of what a busy thread waited between two looks.
  static constexpr Duration kStolenMin = Duration::Millis(2);

  // Watches all cores, this process' busy threads, and those of `server_pid` unless that is 0.
  // `stolen` outlives this.
  Canary(int server_pid, StolenTime& stolen);
  ~Canary();
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;

 private:
  void WatchCore(unsigned core);
  void WatchThreads(int pid);

  StolenTime& stolen_;
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

// What a thread of a process has had since it began (proc(5), schedstat).
struct ThreadTimes {
  int thread = 0;
  uint64_t ran_ns = 0;
  // Ready to run, and no core for it.
  uint64_t waited_ns = 0;
};
std::vector<ThreadTimes> ReadThreads(int pid);
// The longest that one thread waited from `before` to `after`, of those that also ran for
// `ran_min`: who has little to do may wait.
Duration LongestWait(const std::vector<ThreadTimes>& before, const std::vector<ThreadTimes>& after,
                     Duration ran_min);

}  // namespace conclave::load
