// What a slot tells of its source's clock (decisions 20).
#include <gtest/gtest.h>

#include "media/ntp_clock.h"
#include "media/publisher_clock.h"
#include "router/slot.h"

namespace conclave::router {
namespace {

constexpr uint8_t kOpus = 111;

Instant AtMs(int64_t ms) { return Instant::FromMicros(ms * 1000); }

TrackConfig Microphone() {
  TrackConfig config;
  config.track = TrackId(7);
  config.source = SourceKind::kMicrophone;
  config.codecs = {{CodecName::kOpus, kOpus, 0, ""}};
  return config;
}

SlotConfig AudioSlot() {
  SlotConfig config;
  config.slot = SlotId(1);
  config.kind = MediaKind::kAudio;
  config.ssrc = 1;
  config.codecs = {{CodecName::kOpus, kOpus, 0, ""}};
  return config;
}

class SlotClock : public testing::Test {
 protected:
  SlotClock() {
    egress_.Open();
    slot_.Assign(AtMs(0), &track_, 0);
  }
  ~SlotClock() override { slot_.Forget(AtMs(0), track_); }

  // 20 ms of sound, captured at `at` by a publisher whose timestamps begin at 0 with its clock.
  std::optional<SlotAssignment> Hear(Instant at) {
    auto packet = pool_.Allocate();
    (*packet)->info = media::PacketInfo();
    (*packet)->info.track = track_.id();
    (*packet)->info.payload_type = kOpus;
    (*packet)->info.sequence = ++sequence_;
    (*packet)->info.timestamp = at.us() * 48 / 1000;
    (*packet)->info.payload_bytes = 60;
    (*packet)->info.frame.key_frame = true;
    slot_.Next(at, *packet);
    return slot_.TakeAssignment();
  }
  // A report of this track, made at `at`, that took `delay`.
  void Report(Instant at, Duration delay) {
    const media::NtpTime ntp = media::NtpFromMicros(at.us() + 1'000'000'000);
    clock_.OnSenderReport(at + delay, ntp);
    track_.layer(0).clock->OnSenderReport(ntp, static_cast<uint32_t>(at.us() * 48 / 1000));
  }
  // One of another track of the same publisher.
  void ReportOfAnother(Instant at, Duration delay) {
    clock_.OnSenderReport(at + delay, media::NtpFromMicros(at.us() + 1'000'000'000));
  }

  SeededRandom random_{1};
  media::HistoryPool histories_;
  media::PacketPool pool_{16};
  media::PublisherClock clock_;
  TouchedParticipants touched_;
  SendOrder order_;
  SourceTrack track_{Microphone(), ParticipantIndex(0), clock_, touched_};
  Egress egress_{ParticipantIndex(1), order_};
  Slot slot_{AudioSlot(), 0, egress_, histories_, random_};
  int64_t sequence_ = 0;
};

TEST_F(SlotClock, IsToldWithTheFirstPacketAfterAReport) {
  const auto before = Hear(AtMs(1000));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->capture_time, Instant());
  Report(AtMs(1010), Duration::Millis(30));
  const auto told = Hear(AtMs(1020));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->capture_time, AtMs(1050));
}

TEST_F(SlotClock, IsToldAgainWhenAnotherTracksReportWasFaster) {
  Report(AtMs(1000), Duration::Millis(330));
  ASSERT_TRUE(Hear(AtMs(1020)));
  ReportOfAnother(AtMs(1030), Duration::Millis(30));
  const auto told = Hear(AtMs(1040));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->capture_time, AtMs(1070));
}

TEST_F(SlotClock, IsNotToldAgainForWhatNobodyHears) {
  Report(AtMs(1000), Duration::Millis(30));
  ASSERT_TRUE(Hear(AtMs(1020)));
  for (int64_t ms = 1040; ms < 30000; ms += 20) {
    if (ms % 1000 == 0) Report(AtMs(ms), Duration::Millis(25 + ms / 1000 % 7));
    EXPECT_FALSE(Hear(AtMs(ms))) << ms;
  }
}

TEST_F(SlotClock, IsTakenBackWhereTimestampsStoodStill) {
  Report(AtMs(1000), Duration::Millis(30));
  ASSERT_TRUE(Hear(AtMs(1020)));
  media::TrackClock& clock = *track_.layer(0).clock;
  EXPECT_FALSE(clock.OnPacket(AtMs(1050), 1000 * 48));
  ASSERT_TRUE(clock.OnPacket(AtMs(4050), 1020 * 48));
  clock_.OnBreak();
  const auto told = Hear(AtMs(4020));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->capture_time, Instant());
  EXPECT_FALSE(Hear(AtMs(4040)));
  Report(AtMs(4060), Duration::Millis(30));
  EXPECT_TRUE(Hear(AtMs(4080)));
}

TEST_F(SlotClock, OfAnotherTrackStaysWhereOneStoodStill) {
  Report(AtMs(1000), Duration::Millis(30));
  ASSERT_TRUE(Hear(AtMs(1020)));
  clock_.OnBreak();
  EXPECT_FALSE(Hear(AtMs(1040)));
}

}  // namespace
}  // namespace conclave::router
