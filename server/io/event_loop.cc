#include "io/event_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "io/event_loop_impl.h"

namespace conclave::io {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

struct Watch : std::enable_shared_from_this<Watch> {
  Watch(asio::io_context& context, int fd, std::function<void()> callback)
      : descriptor(context, fd), on_readable(std::move(callback)) {}
  ~Watch() { descriptor.release(); }

  void Wait() {
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [self = shared_from_this()](error_code error) {
                            if (error) return;
                            self->on_readable();
                            self->Wait();
                          });
  }

  asio::posix::stream_descriptor descriptor;
  std::function<void()> on_readable;
};

struct SignalWatch : std::enable_shared_from_this<SignalWatch> {
  SignalWatch(asio::io_context& context, std::function<void(int)> callback)
      : signals(context), on_signal(std::move(callback)) {}

  void Wait() {
    signals.async_wait([self = shared_from_this()](error_code error, int signal) {
      if (error) return;
      self->on_signal(signal);
      self->Wait();
    });
  }

  asio::signal_set signals;
  std::function<void(int)> on_signal;
};

}  // namespace

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::Run() {
  const auto work = asio::make_work_guard(impl_->context);
  impl_->context.run();
}

void EventLoop::Stop() { impl_->context.stop(); }

void EventLoop::Post(std::function<void()> task) { asio::post(impl_->context, std::move(task)); }

void EventLoop::WatchReadable(int fd, std::function<void()> on_readable) {
  std::make_shared<Watch>(impl_->context, fd, std::move(on_readable))->Wait();
}

void EventLoop::WatchSignals(const std::vector<int>& signals, std::function<void(int)> on_signal) {
  auto watch = std::make_shared<SignalWatch>(impl_->context, std::move(on_signal));
  for (const int signal : signals) watch->signals.add(signal);
  watch->Wait();
}

// Shared with a wait that is on its way when the timer is destroyed.
struct Timer::Impl : std::enable_shared_from_this<Timer::Impl> {
  Impl(asio::io_context& context, std::function<void()> callback)
      : timer(context), on_deadline(std::move(callback)) {}

  void Arm(Instant deadline) {
    if (deadline == armed) return;
    armed = deadline;
    if (deadline == Instant::Never()) {
      timer.cancel();
      return;
    }
    // libstdc++'s steady_clock is CLOCK_MONOTONIC, which is what io::Now reads.
    timer.expires_at(
        std::chrono::steady_clock::time_point(std::chrono::microseconds(deadline.us())));
    timer.async_wait([self = shared_from_this(), deadline](error_code error) {
      if (error || !self->alive || self->armed != deadline) return;
      self->armed = Instant::Never();
      self->on_deadline();
    });
  }

  asio::steady_timer timer;
  std::function<void()> on_deadline;
  Instant armed = Instant::Never();
  bool alive = true;
};

Timer::Timer(EventLoop& loop, std::function<void()> on_deadline)
    : impl_(std::make_shared<Impl>(loop.impl().context, std::move(on_deadline))) {}

Timer::~Timer() {
  impl_->alive = false;
  impl_->timer.cancel();
}

void Timer::Arm(Instant deadline) { impl_->Arm(deadline); }

}  // namespace conclave::io
