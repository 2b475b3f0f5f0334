#include "media/publisher_clock.h"

#include <gtest/gtest.h>

#include <cmath>

#include "media/test_support.h"

namespace conclave::media {
namespace {

// A publisher whose clock runs `ppm` fast and stands `ahead` of ours.
struct Publisher {
  Duration ahead;
  int64_t ppm = 0;
  NtpTime Ntp(Instant at) const {
    const int64_t us = (at - Instant()).us();
    return NtpFromMicros(us + us / 1'000'000 * ppm + ahead.us());
  }
};

TEST(PublisherClock, KnowsNothingBeforeAReport) {
  PublisherClock clock;
  EXPECT_FALSE(clock.ToServer(1));
  clock.OnSenderReport(AtMs(0), 0);
  EXPECT_FALSE(clock.ToServer(1));
}

TEST(PublisherClock, TheFastestReportTellsTheOffset) {
  const Publisher publisher = {Duration::Seconds(3'000'000'000)};
  SeededRandom random(1);
  PublisherClock clock;
  for (int i = 0; i < 20; ++i) {
    const Instant sent = AtMs(500 * i);
    const int64_t delay_ms = i == 7 ? 30 : 40 + Below(random, 200);
    clock.OnSenderReport(sent + Duration::Millis(delay_ms), publisher.Ntp(sent));
  }
  EXPECT_EQ(clock.ToServer(publisher.Ntp(AtMs(20000))), AtMs(20030));
}

TEST(PublisherClock, FollowsADriftingClock) {
  for (const int64_t ppm : {-100, 100}) {
    const Publisher publisher = {Duration::Seconds(100), ppm};
    PublisherClock clock;
    for (int64_t s = 0; s < 7200; s += s < 3600 ? 1 : 5) {
      const Instant sent = AtMs(1000 * s);
      clock.OnSenderReport(sent + Duration::Millis(30), publisher.Ntp(sent));
      const Duration error = *clock.ToServer(publisher.Ntp(sent)) - sent - Duration::Millis(30);
      ASSERT_LE(std::abs(error.us()), 4000) << ppm << " at " << s;
    }
  }
}

TEST(PublisherClock, FollowsAClockThatIsSet) {
  for (const int64_t step_s : {-3600, -3, 3600}) {
    Publisher publisher = {Duration::Seconds(10000)};
    PublisherClock clock;
    clock.OnSenderReport(AtMs(30), publisher.Ntp(AtMs(0)));
    publisher.ahead += Duration::Seconds(step_s);
    clock.OnSenderReport(AtMs(1040), publisher.Ntp(AtMs(1000)));
    EXPECT_EQ(clock.ToServer(publisher.Ntp(AtMs(1000))), AtMs(1040)) << step_s;
  }
}

TEST(TrackClock, AudioAndVideoOfOneMomentMeet) {
  const Publisher publisher = {Duration::Seconds(1'000'000)};
  PublisherClock clock;
  TrackClock audio(48000);
  TrackClock video(90000);
  EXPECT_FALSE(audio.CaptureTime(clock, 5));
  // Video's report is 300 ms late on the way, audio's 20 ms: both use the one offset.
  clock.OnSenderReport(AtMs(1020), publisher.Ntp(AtMs(1000)));
  audio.OnSenderReport(publisher.Ntp(AtMs(1000)), 4294967290);
  EXPECT_FALSE(video.CaptureTime(clock, 5));
  clock.OnSenderReport(AtMs(1300), publisher.Ntp(AtMs(1000)));
  video.OnSenderReport(publisher.Ntp(AtMs(1000)), 500);
  const auto heard = audio.CaptureTime(clock, static_cast<uint32_t>(4294967290 + 48000));
  const auto seen = video.CaptureTime(clock, 500 + 90000);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard, seen);
  EXPECT_EQ(heard, AtMs(2020));
  // From before the report as well.
  EXPECT_EQ(video.CaptureTime(clock, static_cast<uint32_t>(500 - 9000)), AtMs(920));
}

// Sound's timestamps in Chromium, whose sender has no track for two seconds.
TEST(TrackClock, SaysNothingAfterTimestampsStoodStillUntilTheNextReport) {
  const Publisher publisher = {Duration::Seconds(1000)};
  PublisherClock clock;
  TrackClock audio(48000);
  clock.OnSenderReport(AtMs(1020), publisher.Ntp(AtMs(1000)));
  audio.OnSenderReport(publisher.Ntp(AtMs(1000)), 48000);
  EXPECT_FALSE(audio.OnPacket(AtMs(1020), 48000));
  EXPECT_FALSE(audio.OnPacket(AtMs(1040), 48960));
  EXPECT_TRUE(audio.OnPacket(AtMs(3040), 49920));
  EXPECT_FALSE(audio.CaptureTime(clock, 49920));
  EXPECT_FALSE(audio.OnPacket(AtMs(3060), 50880));
  audio.OnSenderReport(publisher.Ntp(AtMs(3100)), 52800);
  EXPECT_EQ(audio.CaptureTime(clock, 52800), AtMs(3120));
}

TEST(TrackClock, APauseWithMovingTimestampsChangesNothing) {
  const Publisher publisher = {Duration::Seconds(1000)};
  PublisherClock clock;
  TrackClock audio(48000);
  clock.OnSenderReport(AtMs(20), publisher.Ntp(AtMs(0)));
  audio.OnSenderReport(publisher.Ntp(AtMs(0)), 4294967000);
  Instant arrival = AtMs(20);
  auto timestamp = static_cast<uint32_t>(4294967000);
  for (const int64_t pause_ms : {20, 400, 2000, 60'000, 700}) {
    arrival = arrival + Duration::Millis(pause_ms);
    timestamp += static_cast<uint32_t>(pause_ms * 48);
    // The network's own delay swings.
    EXPECT_FALSE(audio.OnPacket(arrival + Duration::Millis(pause_ms % 7 * 20), timestamp));
    EXPECT_EQ(audio.CaptureTime(clock, timestamp), arrival);
  }
}

}  // namespace
}  // namespace conclave::media
