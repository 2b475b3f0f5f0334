#include "sim/bwe/far_end.h"

#include <algorithm>
#include <span>

#include "base/byte_writer.h"
#include "base/sequence_numbers.h"
#include "media/bwe/aimd.h"
#include "media/bwe/arrival_rate.h"
#include "media/bwe/inter_arrival.h"
#include "media/bwe/trendline.h"
#include "media/twcc_generator.h"
#include "wire/ccfb.h"
#include "wire/rtcp.h"

namespace conclave::sim {
namespace {

constexpr size_t kRtcpMax = 1200;
constexpr uint32_t kReceiverSsrc = 1;

class TwccFarEnd final : public FarEnd {
 public:
  void OnPacket(const Received& packet) override {
    generator_.OnPacket(packet.arrival, packet.sequence, static_cast<size_t>(packet.size_bytes));
  }
  Instant NextDeadline() const override {
    return writing_ ? written_at_ : generator_.NextDeadline();
  }
  std::vector<uint8_t> Write(Instant now) override {
    if (!writing_ && !generator_.OnDeadline(now)) return {};
    std::vector<uint8_t> bytes(kRtcpMax);
    ByteWriter writer(bytes);
    writing_ = generator_.Write(kReceiverSsrc, kMediaSsrc, writer) > 0;
    written_at_ = now;
    bytes.resize(writing_ ? writer.size() : 0);
    return bytes;
  }

 private:
  media::TwccGenerator generator_;
  // More than one packet may be due at once.
  bool writing_ = false;
  Instant written_at_;
};

// As libwebrtc's generator: each 25 ms while packets arrive, everything since the last report, and
// what came late once more.
class CcfbFarEnd final : public FarEnd {
 public:
  void OnPacket(const Received& packet) override {
    const int64_t sequence = unwrapper_.Unwrap(packet.sequence);
    const auto before = [](const Arrival& arrival, int64_t wanted) {
      return arrival.sequence < wanted;
    };
    const auto it = std::lower_bound(arrivals_.begin(), arrivals_.end(), sequence, before);
    arrivals_.insert(it, {sequence, packet.arrival});
    if (deadline_ == Instant::Never()) {
      deadline_ = std::max(packet.arrival, last_report_ + kInterval);
    }
  }
  Instant NextDeadline() const override { return deadline_; }
  std::vector<uint8_t> Write(Instant now) override {
    deadline_ = Instant::Never();
    if (arrivals_.empty()) return {};
    last_report_ = now;
    std::vector<wire::CcfbStatus> statuses;
    int64_t next = std::min(next_to_report_, arrivals_.front().sequence);
    if (next_to_report_ < 0) next = arrivals_.front().sequence;
    for (const Arrival& arrival : arrivals_) {
      while (next < arrival.sequence) statuses.push_back(Status(next++));
      statuses.push_back(Status(next++));
      statuses.back().received = true;
      statuses.back().before_report = now - arrival.at;
    }
    next_to_report_ = std::max(next_to_report_, next);
    arrivals_.clear();
    std::vector<uint8_t> bytes(kRtcpMax);
    ByteWriter writer(bytes);
    // The middle 32 bits of an NTP clock that began when the receiver's did.
    const auto ntp = static_cast<uint32_t>((now.us() << 16) / 1'000'000);
    wire::WriteCcfb(kReceiverSsrc, ntp, statuses, writer);
    bytes.resize(writer.size());
    return bytes;
  }

 private:
  static constexpr Duration kInterval = Duration::Millis(25);
  struct Arrival {
    int64_t sequence;
    Instant at;
  };
  static wire::CcfbStatus Status(int64_t sequence) {
    wire::CcfbStatus status;
    status.ssrc = kMediaSsrc;
    status.sequence = static_cast<uint16_t>(sequence);
    return status;
  }

  SeqUnwrapper unwrapper_;
  // Not yet reported, by number.
  std::vector<Arrival> arrivals_;
  int64_t next_to_report_ = -1;
  Instant last_report_;
  Instant deadline_ = Instant::Never();
};

// An estimator at the receiver, as browsers have it for absolute send times: GCC's detector and
// AIMD without probes; told each second, and at once where it fell.
class RembFarEnd final : public FarEnd {
 public:
  void OnPacket(const Received& packet) override {
    bytes_ += packet.size_bytes;
    if (!began_) began_ = packet.arrival;
    const Duration span = packet.arrival - *began_;
    if (span >= kWindow) {
      rate_bps_ = static_cast<double>(bytes_) * 8 / span.seconds();
      began_ = packet.arrival;
      bytes_ = 0;
    }
    const auto delta = groups_.OnPacket(packet.sent, packet.arrival, packet.arrival);
    if (delta) trendline_.OnDelta(*delta);
    const media::Usage usage = trendline_.usage();
    const bool over = usage == media::Usage::kOver;
    if (!delta || (over && !aimd_.MayReduce(rate_bps_, packet.arrival))) return;
    aimd_.Update(usage, rate_bps_, packet.arrival);
    const bool fell = aimd_.bps() < kFell * told_bps_;
    const Instant due = fell ? packet.arrival : told_at_ + kInterval;
    deadline_ = std::min(deadline_, std::max(due, packet.arrival));
  }
  Instant NextDeadline() const override { return deadline_; }
  std::vector<uint8_t> Write(Instant now) override {
    if (now < deadline_) return {};
    deadline_ = Instant::Never();
    told_at_ = now;
    told_bps_ = aimd_.bps();
    std::vector<uint8_t> bytes(kRtcpMax);
    ByteWriter writer(bytes);
    wire::WriteRemb(kReceiverSsrc, static_cast<int64_t>(told_bps_), std::span(&kMediaSsrc, 1),
                    writer);
    bytes.resize(writer.size());
    return bytes;
  }

 private:
  static constexpr Duration kInterval = Duration::Seconds(1);
  static constexpr Duration kWindow = Duration::Millis(500);
  static constexpr double kFell = 0.97;
  static constexpr double kStartBps = 300'000;
  static constexpr double kMinBps = 30'000;
  static constexpr double kMaxBps = 30'000'000;

  media::InterArrival groups_;
  media::Trendline trendline_;
  media::Aimd aimd_{kStartBps, kMinBps, kMaxBps};
  std::optional<Instant> began_;
  int64_t bytes_ = 0;
  std::optional<double> rate_bps_;
  double told_bps_ = 0;
  Instant told_at_;
  Instant deadline_ = Instant::Never();
};

}  // namespace

std::unique_ptr<FarEnd> MakeFarEnd(Feedback kind) {
  switch (kind) {
    case Feedback::kTwcc:
      return std::make_unique<TwccFarEnd>();
    case Feedback::kCcfb:
      return std::make_unique<CcfbFarEnd>();
    case Feedback::kRemb:
      return std::make_unique<RembFarEnd>();
  }
  return nullptr;
}

}  // namespace conclave::sim
