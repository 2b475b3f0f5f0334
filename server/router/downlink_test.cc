#include "router/downlink.h"

#include <gtest/gtest.h>

#include <array>

#include "base/byte_writer.h"
#include "wire/ccfb.h"
#include "wire/twcc.h"

namespace conclave::router {
namespace {

// RTCP header and the two SSRCs.
constexpr size_t kBodyOffset = 12;

class DownlinkTest : public ::testing::Test {
 protected:
  void Send(media::PacketKind kind, size_t wire_bytes, size_t source_bytes) {
    const int64_t sequence = downlink_.next_sequence();
    downlink_.OnSent(now_, {.wire_bytes = wire_bytes, .source_bytes = source_bytes, .kind = kind});
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
  downlink_.SetDesired(now_, DataRate::Kbps(8000), {});
  Send(media::PacketKind::kVideo, 1200, 1100);
  EXPECT_GT(downlink_.OnDeadline(now_, true), 0);
  Send(media::PacketKind::kPadding, 300, 0);
  EXPECT_EQ(downlink_.probe_bytes(), 300u);
}

TEST_F(DownlinkTest, BeforeFeedbackOnlyWhatIsFarTooMuchWaits) {
  EXPECT_TRUE(downlink_.MaySend(now_, 100'000)) << "nothing is known, so nothing is limited";
  int packets = 0;
  for (; downlink_.MaySend(now_, 100'000) && packets < 100; ++packets) {
    Send(media::PacketKind::kVideo, 1200, 1100);
  }
  // 5 ms at two and a half times 2.5 Mbps.
  EXPECT_EQ(packets, 4);
  EXPECT_EQ(downlink_.NextSend(now_, 100'000), now_ + Duration::Micros(6144));
}

TEST_F(DownlinkTest, AProbeLetsMoreLeaveThanThePacing) {
  downlink_.SetDesired(now_, DataRate::Kbps(8000), {});
  while (downlink_.MaySend(now_, 100'000)) Send(media::PacketKind::kVideo, 1200, 1100);
  const int64_t due = downlink_.OnDeadline(now_, true);
  ASSERT_GT(due, 0);
  EXPECT_TRUE(downlink_.MaySend(now_, 100'000));
  EXPECT_TRUE(downlink_.MayFill(now_));
  Send(media::PacketKind::kVideo, static_cast<size_t>(due), 1100);
  EXPECT_FALSE(downlink_.MaySend(now_, 100'000));
  EXPECT_FALSE(downlink_.MayFill(now_));
}

// Sends on without a report.
class SilentDownlink : public DownlinkTest {
 protected:
  void SendUnheard(Duration time) {
    for (Duration t; t < time; t += Duration::Millis(20)) {
      now_ = now_ + Duration::Millis(20);
      for (int i = 0; i < 2; ++i) Send(media::PacketKind::kVideo, 1200, 1100);
      downlink_.OnDeadline(now_, true);
    }
    arrivals_.clear();
  }
  int64_t Budget() { return downlink_.VideoBudget(now_)->bps(); }
};

TEST_F(SilentDownlink, FeedbackThatStopsIsHeldOnToThenDoubtedThenForgotten) {
  downlink_.SetDesired(now_, DataRate::Kbps(8000), {});
  Call(4, Duration::Seconds(5));
  const int64_t before = Budget();
  ASSERT_GT(before, 1'500'000);
  SendUnheard(Duration::Millis(900));
  EXPECT_NEAR(static_cast<double>(Budget()), static_cast<double>(before),
              0.1 * static_cast<double>(before))
      << "a few reports are lost";
  SendUnheard(Duration::Millis(900));
  EXPECT_LE(Budget(), 960'000) << "no more than is being sent";
  EXPECT_FALSE(downlink_.MayFill(now_)) << "nobody would tell what came of a probe";
  SendUnheard(Duration::Millis(400));
  EXPECT_LE(Budget(), 300'000);
  EXPECT_TRUE(downlink_.TakeStep(now_));
  EXPECT_TRUE(downlink_.MaySend(now_ + Duration::Seconds(1), 10'000)) << "no window stays shut";
  Call(4, Duration::Millis(200));
  EXPECT_GT(Budget(), before / 2) << "back as soon as it is heard of";
}

TEST_F(SilentDownlink, WhatTheReceiverEstimatesItselfCountsOnceFeedbackStops) {
  Call(4, Duration::Seconds(5));
  const int64_t before = Budget();
  downlink_.OnRemb(now_, DataRate::Kbps(600));
  EXPECT_EQ(Budget(), before) << "not before";
  SendUnheard(Duration::Millis(2100));
  EXPECT_LE(Budget(), 600'000);
  EXPECT_GT(Budget(), 450'000);
}

TEST_F(SilentDownlink, SilenceIsNoneWhereNothingIsSent) {
  Call(4, Duration::Seconds(5));
  if (!arrivals_.empty()) Report();
  const int64_t before = Budget();
  now_ = now_ + Duration::Seconds(30);
  EXPECT_EQ(Budget(), before);
}

TEST_F(DownlinkTest, WithoutTransportFeedbackTheReceiversOwnEstimateIsTheBudget) {
  const SentDatagram packet = {.wire_bytes = 1200, .source_bytes = 1100};
  downlink_.OnSentUntold(now_, packet);
  EXPECT_FALSE(downlink_.VideoBudget(now_).has_value());
  downlink_.SetDesired(now_, DataRate::Kbps(2000), {});
  downlink_.OnRemb(now_, DataRate::Kbps(800));
  downlink_.SetDesired(now_, DataRate::Kbps(2000), {});
  int64_t padding = 0;
  for (int ms = 0; ms < 5000; ++ms) {
    now_ = now_ + Duration::Millis(1);
    if (ms % 20 == 0) downlink_.OnSentUntold(now_, packet);
    if (ms % 1000 == 0) downlink_.OnRemb(now_, DataRate::Kbps(800));
    downlink_.OnDeadline(now_, true);
    while (downlink_.MayFill(now_)) {
      downlink_.OnSentUntold(now_, {.wire_bytes = 300, .kind = media::PacketKind::kPadding});
      if (ms >= 3000) padding += 300;
    }
  }
  ASSERT_TRUE(downlink_.VideoBudget(now_).has_value());
  EXPECT_LE(downlink_.VideoBudget(now_)->bps(), 800'000);
  EXPECT_GT(downlink_.VideoBudget(now_)->bps(), 650'000);
  // Up to what it says, so that it can say more: 480 kbps are media.
  EXPECT_NEAR(static_cast<double>(padding) * 8 / 2, 320e3, 60e3);
}

TEST_F(DownlinkTest, Rfc8888TellsOfThePathJustAsWell) {
  downlink_.SetDesired(now_, DataRate::Kbps(4000), {});
  uint16_t sequence = 100;
  std::vector<wire::CcfbStatus> statuses;
  std::array<uint8_t, 1500> buffer;
  for (int i = 0; i < 250; ++i) {
    now_ = now_ + Duration::Millis(20);
    for (int k = 0; k < 4; ++k) {
      downlink_.OnSent(
          now_,
          {.wire_bytes = 1200, .source_bytes = 1000, .ccfb_ssrc = 77, .rtp_sequence = sequence});
      statuses.push_back({77, sequence++, true, wire::Ecn::kNotEct, Duration::Millis(10)});
    }
    ByteWriter writer(buffer);
    const auto time = static_cast<uint32_t>(now_.us() * 65536 / 1'000'000);
    wire::WriteCcfb(1, time, statuses, writer);
    statuses.clear();
    ASSERT_TRUE(writer.ok());
    // RTCP header and the sender's SSRC.
    downlink_.OnCcfb(now_, {1, writer.written().subspan(8)}, scratch_);
    downlink_.OnDeadline(now_, false);
  }
  ASSERT_TRUE(downlink_.VideoBudget(now_).has_value()) << "it was heard of";
  EXPECT_GT(downlink_.target(), DataRate::Kbps(1500)) << "1920 kbps came through without a queue";
}

// A receiver that asks for everything again and again does not fill its own path with it.
TEST_F(DownlinkTest, RepairsStayWithinTheirShareOfTheTarget) {
  Call(4, Duration::Seconds(5));
  const auto asked_for_all = [&] {
    int64_t bytes = 0;
    for (int i = 0; i < 250; ++i) {
      Call(4, Duration::Millis(20));
      for (int asked = 0; asked < 50 && downlink_.MayRepair(now_); ++asked) {
        Send(media::PacketKind::kRetransmission, 1200, 0);
        bytes += 1200;
      }
    }
    return static_cast<double>(bytes) * 8 / 5;
  };
  asked_for_all();
  const double repairs_bps = asked_for_all();
  const auto target_bps = static_cast<double>(downlink_.target().bps());
  EXPECT_LE(repairs_bps, 0.55 * target_bps);
  EXPECT_GE(repairs_bps, 0.05 * target_bps) << "some are always answered";
}

}  // namespace
}  // namespace conclave::router
