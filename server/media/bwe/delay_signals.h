// What one feedback says about delay, and what that makes in the long run: round trip, feedback
// hold time, queue delay above the lowest ever seen (SCReAM v2;
// draft-johansson-ccwg-rfc8298bis-screamv2). Times are in milliseconds.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

// The minimum of the last ten minutes, forgotten minute by minute.
class BaseMinimum {
 public:
  void Update(double value, Instant now);
  void Reset() { *this = BaseMinimum(); }
  std::optional<double> value() const;

 private:
  static constexpr size_t kSlots = 10;
  static constexpr Duration kSlot = Duration::Seconds(60);
  std::array<std::optional<double>, kSlots> slots_;
  size_t current_ = 0;
  std::optional<Instant> since_;
};

enum class DriftGuard : uint8_t { kOff, kOn };

class DelaySignals {
 public:
  // With the guard, a delay that the round trip does not show is taken for the drift of the peer's
  // clock.
  explicit DelaySignals(DriftGuard guard) : guard_(guard) {}

  // False where nothing was received.
  bool OnFeedback(std::span<const PacketResult> results, bool application_limited, Instant now);
  // A longer path, not a queue: the present delay is the new base.
  void Rebase();
  // Another path: all but jitter and hold time begins anew with the next feedback.
  void Restart();
  // A long queue is gone: the average round trip no longer has it in it.
  void SettleRtt() { rtt_ms_ = std::min(rtt_ms_, latest_rtt_ms_); }

  double rtt_ms() const { return rtt_ms_; }
  // Of this feedback's newest packet.
  double latest_rtt_ms() const { return latest_rtt_ms_; }
  double hold_ms() const { return hold_ms_; }
  // Of this feedback.
  double queue_ms() const { return queue_ms_; }
  // The lower one of this feedback's and the one before.
  double queue_lower_ms() const { return queue_lower_ms_; }
  // Falls at once, rises slowly.
  double queue_average_ms() const { return queue_average_ms_; }
  // Long-term averages of the queue and of the spread within a feedback.
  double queue_floor_ms() const { return queue_floor_ms_; }
  double spread_ms() const { return spread_ms_; }
  // Mean difference of one-way delays of consecutive packets, beyond what sending them takes.
  double jitter_ms() const { return jitter_ms_; }
  void FreezeJitter(bool frozen) { jitter_frozen_ = frozen; }
  bool ready() const { return ready_; }
  // What the path is known to carry, bits per second: a packet's own transmission is no jitter.
  void SetRate(double bps) { bps_ = bps; }

 private:
  struct Sample {
    double delay_min = 1e12;
    double delay_max = -1e12;
    double rtt_min = 1e12;
    double rtt_last = 0;
    double hold = 0;
    double jitter = 0;
    int steps = 0;
  };
  std::optional<Sample> Read(std::span<const PacketResult> results, Instant now) const;
  void UpdateQueue(const Sample& sample, Instant now);

  DriftGuard guard_;
  bool ready_ = false;
  double bps_ = 0;
  bool jitter_frozen_ = false;
  BaseMinimum base_delay_;
  BaseMinimum base_rtt_;
  double rtt_ms_ = 0;
  double latest_rtt_ms_ = 0;
  double hold_ms_ = 0;
  double queue_ms_ = 0;
  double queue_lower_ms_ = 0;
  double queue_average_ms_ = 0;
  double queue_floor_ms_ = 0;
  double spread_ms_ = 0;
  double jitter_ms_ = 0;
};

}  // namespace conclave::media
