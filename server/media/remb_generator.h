// What a publisher that knows no transport-wide feedback may send: the receive-side estimate of
// REMB (draft-alvestrand-rmcat-remb-03).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/data_rate.h"
#include "base/time.h"

namespace conclave::media {

// One per publisher's transport. It knows what arrived and what was lost, not the delays: so it
// grows slowly, never far beyond what has been seen to arrive, and gives way to loss. The bounds of
// loss are those of libwebrtc's loss-based control, which the sender runs beside it.
class RembGenerator {
 public:
  // As browsers do.
  static constexpr Duration kInterval = Duration::Seconds(1);
  static constexpr DataRate kStart = DataRate::Kbps(1000);
  static constexpr DataRate kMin = DataRate::Kbps(50);
  static constexpr DataRate kMax = DataRate::Kbps(20'000);
  static constexpr double kLittleLoss = 0.02;
  static constexpr double kMuchLoss = 0.10;

  // Anything of the publisher that came, in bytes.
  void OnPacket(Instant now, size_t bytes) {
    if (next_ == Instant::Never()) {
      since_ = now;
      next_ = now + kInterval;
    }
    bytes_ += static_cast<int64_t>(bytes);
  }
  Instant NextDeadline() const { return next_; }

  // What to say now, where something is due. `expected` and `received`: packets, ever.
  std::optional<DataRate> OnDeadline(Instant now, int64_t expected, int64_t received) {
    if (now < next_) return std::nullopt;
    const DataRate arrived = DataRate::Of(bytes_, now - since_);
    const int64_t expected_now = expected - expected_;
    const int64_t lost_now = expected_now - (received - received_);
    expected_ = expected;
    received_ = received;
    // Silent with the publisher.
    next_ = bytes_ > 0 ? now + kInterval : Instant::Never();
    since_ = now;
    bytes_ = 0;
    if (next_ == Instant::Never()) return std::nullopt;
    Update(arrived, expected_now > 0
                        ? static_cast<double>(lost_now) / static_cast<double>(expected_now)
                        : 0);
    return estimate_;
  }

 private:
  static constexpr int64_t kGrowthPercent = 8;
  // An application that sends little proves little.
  static constexpr int64_t kBeyondPercent = 50;
  static constexpr DataRate kBeyond = DataRate::Kbps(100);

  void Update(DataRate arrived, double loss) {
    int64_t bps = estimate_.bps();
    if (loss > kMuchLoss) {
      bps =
          std::min(bps, static_cast<int64_t>(static_cast<double>(arrived.bps()) * (1 + loss / 2)));
    } else if (loss < kLittleLoss) {
      const int64_t most = arrived.bps() * (100 + kBeyondPercent) / 100 + kBeyond.bps();
      bps = std::max(bps, std::min(bps * (100 + kGrowthPercent) / 100, most));
    }
    estimate_ = DataRate::Bps(std::clamp(bps, kMin.bps(), kMax.bps()));
  }

  DataRate estimate_ = kStart;
  Instant next_ = Instant::Never();
  Instant since_;
  int64_t bytes_ = 0;
  int64_t expected_ = 0;
  int64_t received_ = 0;
};

}  // namespace conclave::media
