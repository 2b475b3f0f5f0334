// Virtual time: events in the order of (time, insertion), so that a run is the same to the byte.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace conclave::sim {

// Microseconds since the start of the run.
using Micros = int64_t;
inline constexpr Micros kMilli = 1000;
inline constexpr Micros kSecond = 1'000'000;

class Actor {
 public:
  virtual ~Actor() = default;
  // `what` and `argument` are as given to EventQueue::At.
  virtual void OnEvent(int what, int argument, Micros now) = 0;
};

class EventQueue {
 public:
  void At(Micros at, Actor* actor, int what, int argument = 0) {
    heap_.push_back({std::max(at, now_), order_++, actor, what, argument});
    std::push_heap(heap_.begin(), heap_.end(), Later);
  }

  void RunUntil(Micros end) {
    while (!heap_.empty() && heap_.front().at <= end) {
      std::pop_heap(heap_.begin(), heap_.end(), Later);
      const Event event = heap_.back();
      heap_.pop_back();
      now_ = event.at;
      event.actor->OnEvent(event.what, event.argument, now_);
    }
    now_ = end;
  }

  Micros now() const { return now_; }

 private:
  struct Event {
    Micros at;
    uint64_t order;
    Actor* actor;
    int what;
    int argument;
  };
  static bool Later(const Event& a, const Event& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }

  std::vector<Event> heap_;
  uint64_t order_ = 0;
  Micros now_ = 0;
};

}  // namespace conclave::sim
