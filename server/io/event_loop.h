// The loop of the control thread: descriptors, one timer per need, signals, and what the HTTP
// server does in it. Hides asio.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/time.h"

namespace conclave::io {

// Everything but Post and Stop is called on the thread that runs the loop (or before it runs).
class EventLoop {
 public:
  struct Impl;

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs until Stop.
  void Run();
  // From any thread.
  void Stop();
  void Post(std::function<void()> task);

  // Calls `on_readable` whenever `fd` is readable, for as long as the loop lives. The descriptor
  // stays the caller's, who must read it empty (or clear it) in the call and must outlive the
  // loop's run.
  void WatchReadable(int fd, std::function<void()> on_readable);
  // Calls `on_signal` for each of `signals`, instead of what they would do otherwise.
  void WatchSignals(const std::vector<int>& signals, std::function<void(int)> on_signal);

  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// One deadline of something that lives in the loop, on the clock of io::Now.
class Timer {
 public:
  // `loop` outlives the timer.
  Timer(EventLoop& loop, std::function<void()> on_deadline);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Replaces the earlier deadline. One in the past fires at once; Instant::Never() waits for
  // nothing.
  void Arm(Instant deadline);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace conclave::io
