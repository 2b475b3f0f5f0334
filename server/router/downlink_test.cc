#include "router/downlink.h"

#include <gtest/gtest.h>

#include <array>

#include "base/byte_writer.h"
#include "wire/twcc.h"

namespace conclave::router {
namespace {

// RTCP header and the two SSRCs.
constexpr size_t kBodyOffset = 12;

class DownlinkTest : public ::testing::Test {
 protected:
  void Send(media::PacketKind kind, size_t wire_bytes, size_t source_bytes) {
    const int64_t sequence = downlink_.next_sequence();
    downlink_.OnSent(now_, {wire_bytes, source_bytes, kind});
    arrivals_.push_back({sequence, now_ + Duration::Millis(20)});
  }
  void Report() {
    std::array<uint8_t, 1500> buffer;
    ByteWriter writer(buffer);
    wire::WriteTwcc({1, 2, count_++, arrivals_.front().sequence}, arrivals_, writer);
    downlink_.OnFeedback(now_, {1, 2, writer.written().subspan(kBodyOffset)}, scratch_);
    arrivals_.clear();
  }
  // `packets` of video and one of audio each 20 ms, reported each 60 ms.
  void Call(int packets, Duration time) {
    for (Duration t; t < time; t += Duration::Millis(20)) {
      now_ = now_ + Duration::Millis(20);
      Send(media::PacketKind::kAudio, 150, 100);
      for (int i = 0; i < packets; ++i) Send(media::PacketKind::kVideo, 1200, 1000);
      if (arrivals_.size() > static_cast<size_t>(packets) * 2) Report();
      downlink_.OnDeadline(now_, false);
    }
  }

  Downlink downlink_;
  FeedbackScratch scratch_;
  Instant now_ = Instant::FromMicros(10'000'000);
  std::vector<wire::TwccArrival> arrivals_;
  uint8_t count_ = 0;
};

TEST_F(DownlinkTest, WithoutNumberedPacketsThereIsNoLimitAndNoTimer) {
  EXPECT_FALSE(downlink_.VideoBudget(now_).has_value());
  EXPECT_EQ(downlink_.NextDeadline(), Instant::Never());
  EXPECT_FALSE(downlink_.TakeStep(now_));
}

TEST_F(DownlinkTest, ThePeerThatNeverReportsHasALimitForASecondOnly) {
  Send(media::PacketKind::kVideo, 1200, 1100);
  ASSERT_TRUE(downlink_.VideoBudget(now_).has_value());
  EXPECT_LE(*downlink_.VideoBudget(now_), Downlink::kStart);
  now_ = now_ + Downlink::kFeedbackWait + Duration::Millis(1);
  EXPECT_FALSE(downlink_.VideoBudget(now_).has_value());
}

TEST_F(DownlinkTest, TheBudgetLeavesRoomForAudioAndOverhead) {
  Call(4, Duration::Seconds(5));
  const auto budget = downlink_.VideoBudget(now_);
  ASSERT_TRUE(budget.has_value());
  // 60 kbps of audio; video is a fifth larger on the wire than at its source.
  const double expected = (static_cast<double>(downlink_.target().bps()) - 60'000) / 1.2;
  EXPECT_NEAR(static_cast<double>(budget->bps()), expected, expected * 0.03);
}

TEST_F(DownlinkTest, FeedbackOnNothingIsIgnored) {
  Send(media::PacketKind::kVideo, 1200, 1100);
  const std::array<uint8_t, 6> garbage = {1, 2, 3, 4, 5, 6};
  downlink_.OnFeedback(now_, {1, 2, garbage}, scratch_);
  now_ = now_ + Downlink::kFeedbackWait + Duration::Millis(1);
  EXPECT_FALSE(downlink_.VideoBudget(now_).has_value()) << "that was no feedback";
}

TEST_F(DownlinkTest, TheTimerEndsWhereNothingIsSent) {
  Call(1, Duration::Seconds(1));
  EXPECT_NE(downlink_.NextDeadline(), Instant::Never());
  for (int i = 0; i < 20 && downlink_.NextDeadline() != Instant::Never(); ++i) {
    now_ = std::max(now_, downlink_.NextDeadline());
    downlink_.OnDeadline(now_, false);
  }
  EXPECT_EQ(downlink_.NextDeadline(), Instant::Never());
  Send(media::PacketKind::kVideo, 1200, 1100);
  EXPECT_EQ(downlink_.NextDeadline(), now_);
}

TEST_F(DownlinkTest, ProbesAreAskedForWhereMoreIsWished) {
  downlink_.SetDesired(now_, DataRate::Kbps(8000));
  Send(media::PacketKind::kVideo, 1200, 1100);
  EXPECT_GT(downlink_.OnDeadline(now_, true), 0);
  Send(media::PacketKind::kPadding, 300, 0);
  EXPECT_EQ(downlink_.probe_bytes(), 300u);
}

}  // namespace
}  // namespace conclave::router
