// epoll, asked without waiting: who sends to us never has to wake us.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "io/file_descriptor.h"

namespace conclave::load {

class Poller {
 public:
  static constexpr int kReadyMax = 512;

  Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) { CHECK(epoll_.valid()); }

  // Edge-triggered: whoever is told reads until nothing is left. A descriptor that is closed is
  // forgotten.
  void Add(int fd, uint64_t tag) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP;
    event.data.u64 = tag;
    CHECK(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  }
  void AddReadable(int fd, uint64_t tag) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = tag;
    CHECK(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  }
  std::span<const epoll_event> Ready() {
    const int count = epoll_wait(epoll_.get(), ready_.data(), kReadyMax, 0);
    return std::span(ready_).first(static_cast<size_t>(count < 0 ? 0 : count));
  }

 private:
  io::FileDescriptor epoll_;
  std::array<epoll_event, kReadyMax> ready_;
};

}  // namespace conclave::load
