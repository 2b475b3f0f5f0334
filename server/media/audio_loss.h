// How much of what a receiver is sent as audio its network loses, and for how long at a time.
#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace conclave::media {

// One per receiver, over all that it hears. Fed with first transmissions only: a repeat that came
// through does not undo the loss, or the repeats would hide what they are for.
class AudioLoss {
 public:
  // Five seconds of one voice: at 10 % loss the share is within 2.5 points of the truth, two times
  // of three.
  static constexpr double kMemoryPackets = 256;
  // A loss in a pause says nothing about how long the network was away.
  static constexpr Duration kPauseMin = Duration::Millis(60);
  // Before the first burst: a packet.
  static constexpr Duration kBurstStart = Duration::Millis(20);

  // In the order of sending.
  void OnPacket(Instant sent, bool received) {
    Add(1, received ? 0 : 1);
    if (sent - last_sent_ > kPauseMin) away_since_.reset();
    last_sent_ = sent;
    if (!received) {
      if (!away_since_) away_since_ = sent;
    } else if (away_since_) {
      burst_us_ += (static_cast<double>((sent - *away_since_).us()) - burst_us_) * kBurstGain;
      away_since_.reset();
    }
  }
  // A packet that counted as lost has come: it was late.
  void TakeBack() { lost_ = std::max(0.0, lost_ - 1); }
  // Where only sums are known (receiver reports).
  void Add(double packets, double lost) {
    const double keep = std::max(0.0, 1 - packets / kMemoryPackets);
    packets_ = packets_ * keep + packets;
    lost_ = lost_ * keep + lost;
  }

  // Of 1; zero before the first packet.
  double share() const { return packets_ > 0 ? lost_ / packets_ : 0; }
  // What the share is of: at most kMemoryPackets.
  double packets() const { return packets_; }
  double lost() const { return lost_; }
  // From the first lost packet to the next that arrived, on average.
  Duration burst() const { return Duration::Micros(static_cast<int64_t>(burst_us_)); }

 private:
  static constexpr double kBurstGain = 0.1;

  double packets_ = 0;
  double lost_ = 0;
  double burst_us_ = static_cast<double>(kBurstStart.us());
  Instant last_sent_;
  std::optional<Instant> away_since_;
};

}  // namespace conclave::media
