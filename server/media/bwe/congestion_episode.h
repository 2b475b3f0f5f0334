// From the moment at which delay says "congested" until the queue is gone: how much got through
// when it began, and what has got through at best since its queue is the link's own.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/time.h"

namespace conclave::media {

class CongestionEpisode {
 public:
  // One feedback. `calm`: the queue has been gone for a while. Rates are in bits per second;
  // `arriving_bps` is that of the last third of a second.
  void Update(bool congested, bool calm, double sending_bps, double arriving_bps, Duration rtt,
              Instant now) {
    if (calm) {
      began_.reset();
    } else if (!began_ && congested) {
      began_ = now;
      anchor_bps_ = 0;
      full_bps_ = sending_bps;
    }
    // Before, what arrives was still sent to, and carried by, the link as it was.
    if (!began_ || now - *began_ < kSettle + rtt) return;
    anchor_bps_ *= std::exp2(-(now - anchored_).seconds() / kHalfLife.seconds());
    anchored_ = now;
    anchor_bps_ = std::max(anchor_bps_, arriving_bps);
  }

  // A floor under a decrease that follows its own effect: beside a download that fills the queue,
  // whoever sends less gets less through, and would next send less than that. Alone on a link that
  // got slower it is just what the link carries. Zero before it is
  // known; kept until the next episode begins.
  double anchor_bps() const { return anchor_bps_; }
  // What was sent when the last episode began: it filled the link. Zero before the first.
  double full_bps() const { return full_bps_; }

 private:
  static constexpr Duration kSettle = Duration::Millis(150);
  // A download's share may really grow, and capacity fall again.
  static constexpr Duration kHalfLife = Duration::Seconds(3);

  std::optional<Instant> began_;
  Instant anchored_;
  double anchor_bps_ = 0;
  double full_bps_ = 0;
};

}  // namespace conclave::media
