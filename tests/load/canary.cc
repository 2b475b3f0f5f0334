#include "tests/load/canary.h"

#include <sched.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include "io/clock.h"

namespace conclave::load {
namespace {

constexpr Duration kNap = Duration::Millis(1);
constexpr Duration kLook = Duration::Millis(20);
// Between two looks. Less is what keeps time and shows progress, whose waiting delays nothing.
constexpr Duration kBusyMin = Duration::Micros(500);

void SleepUntil(Instant at) {
  const timespec time{at.us() / 1'000'000, at.us() % 1'000'000 * 1000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
}

// Ahead of all others where that is allowed: it is to see what the machine takes, not what this
// measurement's own threads take from one another.
void BeAheadOfAll() {
  sched_param priority{};
  priority.sched_priority = 1;
  sched_setscheduler(0, SCHED_FIFO, &priority);
}

void StayOn(unsigned core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  sched_setaffinity(0, sizeof(cores), &cores);
}

}  // namespace

size_t StolenTime::WindowOf(Instant at) const {
  const int64_t window = (at - begin_).us() / kWindow.us();
  return static_cast<size_t>(std::clamp<int64_t>(window, 0, kWindowsMax));
}

void StolenTime::Mark(Instant from, Instant to) {
  const size_t last = std::min(WindowOf(to), kWindowsMax - 1);
  for (size_t i = WindowOf(from); i <= last; ++i) stolen_[i] = 1;
}

bool StolenTime::Stolen(Instant at) const {
  const size_t window = WindowOf(at);
  return window == kWindowsMax || stolen_[window] != 0;
}

double StolenTime::Share(Instant from, Instant to) const {
  size_t all = 0;
  size_t marked = 0;
  for (Instant at = from; at < to; at = at + kWindow) {
    ++all;
    marked += Stolen(at) ? 1 : 0;
  }
  return all > 0 ? static_cast<double>(marked) / static_cast<double>(all) : 0;
}

Canary::Canary(int server_pid, StolenTime& stolen) : stolen_(stolen) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  for (unsigned core = 0; core < cores; ++core)
    threads_.emplace_back([=, this] { WatchCore(core); });
  threads_.emplace_back([this] { WatchThreads(0); });
  if (server_pid != 0) threads_.emplace_back([=, this] { WatchThreads(server_pid); });
}

Canary::~Canary() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void Canary::WatchCore(unsigned core) {
  StayOn(core);
  BeAheadOfAll();
  Instant next = io::Now();
  while (!stop_) {
    next = next + kNap;
    SleepUntil(next);
    const Instant now = io::Now();
    if (now - next > kStolenMin) stolen_.Mark(next, now);
    next = std::max(next, now);
  }
}

void Canary::WatchThreads(int pid) {
  BeAheadOfAll();
  std::vector<ThreadTimes> before = ReadThreads(pid);
  Instant looked_at = io::Now();
  while (!stop_) {
    SleepUntil(looked_at + kLook);
    const Instant now = io::Now();
    std::vector<ThreadTimes> after = ReadThreads(pid);
    // It is told when the thread runs again: the wait may have begun before the last look.
    const Duration waited = LongestWait(before, after, kBusyMin);
    if (waited > kStolenMin) stolen_.Mark(std::min(looked_at, now - waited), now);
    before = std::move(after);
    looked_at = now;
  }
}

std::vector<ThreadTimes> ReadThreads(int pid) {
  std::vector<ThreadTimes> threads;
  const std::string folder = "/proc/" + (pid == 0 ? "self" : std::to_string(pid)) + "/task";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    std::ifstream file(entry.path() / "schedstat");
    ThreadTimes times;
    if (!(file >> times.ran_ns >> times.waited_ns)) continue;
    times.thread = std::stoi(entry.path().filename().string());
    threads.push_back(times);
  }
  return threads;
}

Duration LongestWait(const std::vector<ThreadTimes>& before, const std::vector<ThreadTimes>& after,
                     Duration ran_min) {
  uint64_t longest_ns = 0;
  for (const ThreadTimes& now : after) {
    const auto old = std::ranges::find(before, now.thread, &ThreadTimes::thread);
    if (old == before.end()) continue;
    const auto ran = Duration::Micros(static_cast<int64_t>((now.ran_ns - old->ran_ns) / 1000));
    if (ran >= ran_min) longest_ns = std::max(longest_ns, now.waited_ns - old->waited_ns);
  }
  return Duration::Micros(static_cast<int64_t>(longest_ns / 1000));
}

}  // namespace conclave::load
