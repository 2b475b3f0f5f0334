// Tells a policer from a lossy path: both lose packets without any queue, but only a policer's
// losses end when less is sent. So where losses persist, less is sent for a moment.
#pragma once

#include <algorithm>
#include <optional>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class PolicerDetector {
 public:
  // One feedback. `acked_bps` is what gets through; `queued` where a queue explains losses.
  void OnFeedback(std::span<const PacketResult> results, double acked_bps, bool queued,
                  Instant now) {
    Count(results);
    if (testing_) {
      if (packets_ >= packets_needed_) Judge(now);
      return;
    }
    if (queued) {
      lossy_blocks_ = 0;
      Restart();
    }
    if (cap_bps_ && now - judged_ > kRelease) cap_bps_.reset();
    if (packets_ < kPacketsMin) return;
    const double loss = static_cast<double>(lost_) / packets_;
    lossy_blocks_ = loss > kLossMin ? lossy_blocks_ + 1 : 0;
    const bool due = !judged_once_ || now - judged_ > kAgain;
    if (lossy_blocks_ >= kLossyBlocks && acked_bps > 0 && due && !cap_bps_) {
      testing_ = true;
      before_ = loss;
      test_bps_ = kTestRate * acked_bps;
      packets_needed_ = std::max(kPacketsMin, static_cast<int>(kLossesExpected / loss));
      started_ = now;
    }
    Restart();
  }

  // Nothing above this is to be sent, if set.
  std::optional<double> limit_bps() const {
    if (testing_) return test_bps_;
    return cap_bps_;
  }

  // The same but for tests, each of which is over after a moment.
  std::optional<double> cap_bps() const { return cap_bps_; }

  // The last test found no policer: losses went on where less was sent.
  bool cleared() const { return judged_once_; }

 private:
  static constexpr int kPacketsMin = 80;
  // A policer does not pause: bursts of loss do.
  static constexpr int kLossyBlocks = 4;
  static constexpr double kLossMin = 0.025;
  // Random losses would be as few by chance once in sixty tests.
  static constexpr double kLossesExpected = 8;
  static constexpr double kFewer = 0.25;
  static constexpr double kTestRate = 0.9;
  static constexpr double kCap = 1.11;
  static constexpr Duration kRelease = Duration::Seconds(15);
  static constexpr Duration kAgain = Duration::Seconds(20);

  void Restart() {
    packets_ = 0;
    lost_ = 0;
  }
  void Count(std::span<const PacketResult> results) {
    for (const PacketResult& result : results) {
      // What was sent before the test says nothing of it.
      if (testing_ && result.packet.sent < started_) continue;
      if (result.recovered) {
        lost_ = std::max(0, lost_ - 1);
        continue;
      }
      ++packets_;
      if (!result.received) ++lost_;
    }
  }
  void Judge(Instant now) {
    const double loss = static_cast<double>(lost_) / packets_;
    testing_ = false;
    judged_ = now;
    judged_once_ = loss > kFewer * before_;
    if (!judged_once_) cap_bps_ = kCap * test_bps_;
    Restart();
  }

  int packets_ = 0;
  int lossy_blocks_ = 0;
  int lost_ = 0;
  bool testing_ = false;
  bool judged_once_ = false;
  double before_ = 0;
  double test_bps_ = 0;
  int packets_needed_ = 0;
  Instant started_;
  Instant judged_;
  std::optional<double> cap_bps_;
};

}  // namespace conclave::media
