// ICE moves a receiver to a longer or shorter path while it is being sent to: what it is thought to
// carry stays.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "base/byte_writer.h"
#include "router/downlink.h"
#include "wire/twcc.h"

namespace conclave::router {
namespace {

// RTCP header and the two SSRCs.
constexpr size_t kBodyOffset = 12;
constexpr Duration kTick = Duration::Millis(5);
constexpr Duration kFrame = Duration::Millis(20);
constexpr Duration kReport = Duration::Millis(50);
constexpr Duration kShort = Duration::Millis(20);
constexpr Duration kLonger = Duration::Millis(80);
constexpr size_t kPacket = 1200;

// What becomes of packets that are on the old path when ICE has chosen the new one.
enum class Underway : uint8_t { kArrive, kAreLost };

// 2 Mbps of video and audio on a path that carries far more.
class DownlinkRoute : public testing::TestWithParam<std::tuple<bool, Underway>> {
 protected:
  DownlinkRoute() { downlink_.SetDesired(now_, DataRate::Kbps(2400), {}); }

  void Send(media::PacketKind kind, size_t bytes) {
    const size_t media = kind == media::PacketKind::kPadding ? 0 : bytes - 100;
    const int64_t sequence = downlink_.next_sequence() + wraps_;
    if (downlink_.next_sequence() == 0xffff) wraps_ += 0x10000;
    downlink_.OnSent(now_, {.wire_bytes = bytes, .source_bytes = media, .kind = kind});
    travelling_[sequence] = now_ + delay_;
  }
  void SendFrame() {
    Send(media::PacketKind::kAudio, 150);
    for (int i = 0; i < 4; ++i) Send(media::PacketKind::kVideo, kPacket);
  }
  void Fill() {
    while (downlink_.MayFill(now_)) {
      Send(media::PacketKind::kPadding, static_cast<size_t>(downlink_.FillBytes()));
    }
    downlink_.EndFlush();
  }
  // What has come since the last report leaves on its way back.
  void Report() {
    std::vector<wire::TwccArrival> arrived;
    for (auto it = travelling_.begin(); it != travelling_.end();) {
      if (it->second > now_) {
        ++it;
        continue;
      }
      arrived.push_back({it->first, it->second});
      it = travelling_.erase(it);
    }
    if (arrived.empty()) return;
    std::array<uint8_t, 4096> buffer;
    ByteWriter writer(buffer);
    wire::WriteTwcc({1, 2, count_++, arrived.front().sequence}, arrived, writer);
    const auto body = writer.written().subspan(kBodyOffset);
    reports_.emplace(now_ + kShort, std::vector<uint8_t>(body.begin(), body.end()));
  }
  void Hear() {
    while (!reports_.empty() && reports_.begin()->first <= now_) {
      downlink_.OnFeedback(now_, {1, 2, reports_.begin()->second}, scratch_);
      reports_.erase(reports_.begin());
    }
  }
  void Run(Duration time) {
    for (const Instant end = now_ + time; now_ < end;) {
      now_ = now_ + kTick;
      Hear();
      if (now_.us() % kFrame.us() == 0) SendFrame();
      if (now_ >= downlink_.NextDeadline() && downlink_.OnDeadline(now_, true) > 0) Fill();
      if (now_.us() % kReport.us() == 0) Report();
      lowest_ = std::min(lowest_, downlink_.target());
      lowest_budget_ =
          std::min(lowest_budget_, downlink_.VideoBudget(now_).value_or(lowest_budget_));
    }
  }
  void Move(Duration delay, Underway underway) {
    delay_ = delay;
    if (underway == Underway::kAreLost) travelling_.clear();
    downlink_.OnRouteChange(now_);
    lowest_ = lowest_budget_ = DataRate::Kbps(1'000'000);
  }

  Downlink downlink_;
  FeedbackScratch scratch_;
  Instant now_ = Instant::FromMicros(10'000'000);
  Duration delay_ = kShort;
  DataRate lowest_;
  DataRate lowest_budget_;
  int64_t wraps_ = 0;
  uint8_t count_ = 0;
  std::map<int64_t, Instant> travelling_;
  std::multimap<Instant, std::vector<uint8_t>> reports_;
};

TEST_P(DownlinkRoute, TheEstimateSurvives) {
  const auto [longer, underway] = GetParam();
  delay_ = longer ? kShort : kShort + kLonger;
  Run(Duration::Seconds(15));
  for (int move = 0; move < 2; ++move) {
    const double before = static_cast<double>(downlink_.target().bps());
    const double budget = static_cast<double>(downlink_.VideoBudget(now_)->bps());
    ASSERT_GT(before, 1.9e6);
    Move(delay_ == kShort ? kShort + kLonger : kShort, underway);
    Run(Duration::Seconds(10));
    EXPECT_GE(static_cast<double>(lowest_.bps()), .9 * before) << "move " << move;
    EXPECT_GE(static_cast<double>(lowest_budget_.bps()), .9 * budget) << "move " << move;
  }
}

INSTANTIATE_TEST_SUITE_P(Paths, DownlinkRoute,
                         testing::Combine(testing::Bool(),
                                          testing::Values(Underway::kArrive, Underway::kAreLost)));

}  // namespace
}  // namespace conclave::router
