#include "media/bwe/delay_signals.h"

#include <algorithm>
#include <cmath>

namespace conclave::media {
namespace {

constexpr double kRttGain = 1.0 / 8;
constexpr double kRttGainLimited = 1.0 / 128;
constexpr double kRise = 1.0 / 4;
constexpr double kLongTerm = 1.0 / 32;
constexpr double kLongTermMax = 20;
constexpr double kJitterGain = 1.0 / 64;
// On slow links a packet's own transmission looks like jitter.
constexpr double kOwnTransmissionMs = 5;
constexpr double kJitterMax = 25;

double Millis(Duration duration) { return duration.seconds() * 1000; }

}  // namespace

void BaseMinimum::Update(double value, Instant now) {
  if (!since_) since_ = now;
  if (now - *since_ >= kSlot) {
    since_ = now;
    current_ = (current_ + 1) % kSlots;
    slots_[current_].reset();
  }
  slots_[current_] = std::min(slots_[current_].value_or(value), value);
}

std::optional<double> BaseMinimum::value() const {
  std::optional<double> lowest;
  for (const auto& slot : slots_) {
    if (slot) lowest = std::min(lowest.value_or(*slot), *slot);
  }
  return lowest;
}

std::optional<DelaySignals::Sample> DelaySignals::Read(std::span<const PacketResult> results,
                                                       Instant now) const {
  const PacketResult* last = nullptr;
  Instant first_arrival = Instant::Never();
  Instant last_arrival;
  for (const PacketResult& result : results) {
    if (!result.received) continue;
    last = &result;
    first_arrival = std::min(first_arrival, result.arrival);
    last_arrival = std::max(last_arrival, result.arrival);
  }
  if (last == nullptr) return std::nullopt;
  Sample sample;
  sample.hold = Millis(last_arrival - first_arrival);
  sample.rtt_last = Millis(now - last->packet.sent);
  std::optional<double> previous;
  for (const PacketResult& result : results) {
    if (!result.received) continue;
    const double delay = Millis(result.arrival - result.packet.sent);
    const double rtt = Millis(now - result.packet.sent) - Millis(last_arrival - result.arrival);
    sample.delay_min = std::min(sample.delay_min, delay);
    sample.delay_max = std::max(sample.delay_max, delay);
    sample.rtt_min = std::min(sample.rtt_min, rtt);
    if (previous) {
      const double own = bps_ > 0 ? result.packet.size_bytes * 8000 / bps_ : 0;
      const double beyond = std::max(0.0, own - kOwnTransmissionMs);
      sample.jitter += std::max(0.0, std::abs(delay - *previous) - beyond);
      ++sample.steps;
    }
    previous = delay;
  }
  return sample;
}

bool DelaySignals::OnFeedback(std::span<const PacketResult> results, bool application_limited,
                              Instant now) {
  const std::optional<Sample> sample = Read(results, now);
  if (!sample) return false;
  latest_rtt_ms_ = sample->rtt_last;
  if (!ready_) {
    rtt_ms_ = sample->rtt_last;
    // On another path the receiver waits as it did.
    if (hold_ms_ == 0) hold_ms_ = sample->hold;
  }
  rtt_ms_ += (application_limited ? kRttGainLimited : kRttGain) * (sample->rtt_last - rtt_ms_);
  if (!application_limited) hold_ms_ += kRttGain * (sample->hold - hold_ms_);
  UpdateQueue(*sample, now);
  const double spread = std::min(sample->delay_max - sample->delay_min, kLongTermMax);
  spread_ms_ += kLongTerm * (spread - spread_ms_);
  if (sample->steps > 0 && !jitter_frozen_) {
    const double jitter = std::min(sample->jitter / sample->steps, kJitterMax);
    jitter_ms_ += kJitterGain * (jitter - jitter_ms_);
  }
  ready_ = true;
  return true;
}

void DelaySignals::UpdateQueue(const Sample& sample, Instant now) {
  base_delay_.Update(sample.delay_min, now);
  base_rtt_.Update(sample.rtt_min, now);
  double queue = sample.delay_min - *base_delay_.value();
  if (guard_ == DriftGuard::kOn) queue = std::min(queue, sample.rtt_min - *base_rtt_.value());
  const double lower = std::min(queue, queue_ms_);
  queue_ms_ = queue;
  queue_lower_ms_ = lower;
  if (lower < queue_average_ms_) {
    queue_average_ms_ = lower;
  } else {
    queue_average_ms_ += kRise * (lower - queue_average_ms_);
  }
  queue_floor_ms_ += kLongTerm * (std::min(queue, kLongTermMax) - queue_floor_ms_);
}

void DelaySignals::Restart() {
  Rebase();
  ready_ = false;
}

void DelaySignals::Rebase() {
  base_delay_.Reset();
  base_rtt_.Reset();
  rtt_ms_ = latest_rtt_ms_;
  queue_ms_ = 0;
  queue_lower_ms_ = 0;
  queue_average_ms_ = 0;
  queue_floor_ms_ = 0;
}

}  // namespace conclave::media
