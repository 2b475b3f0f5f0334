// Whether losses come with the queue or at any time. A short buffer and active queue management
// (CoDel) drop only while packets wait; a lossy path loses just as many when none does. Both lose
// without a long queue, so delay alone cannot tell them apart.
#pragma once

#include <cmath>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class LossOrigin {
 public:
  // One feedback. `queued`: all of its packets met a queue.
  void OnFeedback(std::span<const PacketResult> results, bool queued, Instant now) {
    Age(now);
    Tally& tally = queued ? queued_ : free_;
    for (const PacketResult& result : results) {
      if (result.recovered) {
        ++late_;
        continue;
      }
      ++tally.packets;
      if (!result.received) ++tally.lost;
    }
    Judge();
  }

  // What is lost is lost for the queue.
  bool queue() const { return queue_; }

 private:
  struct Tally {
    double packets = 0;
    double lost = 0;
  };

  void Age(Instant now) {
    const double keep = std::exp((aged_ - now).seconds() / kMemory.seconds());
    aged_ = now;
    for (Tally* tally : {&queued_, &free_}) {
      tally->packets *= keep;
      tally->lost *= keep;
    }
    late_ *= keep;
  }
  void Judge() {
    if (late_ > kLate * (queued_.lost + free_.lost)) queue_ = false;
    if (late_ > kLate * (queued_.lost + free_.lost) || queued_.lost < kLostMin) return;
    const double expected = free_.packets * queued_.lost / queued_.packets;
    if (expected < kExpectedMin) return;
    queue_ = free_.lost < (queue_ ? kStays : kFewer) * expected;
  }

  static constexpr Duration kMemory = Duration::Seconds(15);
  static constexpr double kLostMin = 4;
  // So many would be lost without a queue, were it all the same. On a lossy path as few as kFewer
  // of them are lost once in sixty times.
  static constexpr double kExpectedMin = 6;
  static constexpr double kFewer = 0.2;
  static constexpr double kStays = 0.4;
  // Of what was called lost, came after all: that is reordering.
  static constexpr double kLate = 0.3;

  Tally queued_;
  Tally free_;
  double late_ = 0;
  Instant aged_;
  bool queue_ = false;
};

}  // namespace conclave::media
