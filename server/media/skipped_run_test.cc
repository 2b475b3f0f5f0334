#include "media/skipped_run.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

PacketInfo Packet(int64_t sequence, uint32_t track = 1) {
  PacketInfo info;
  info.track = TrackId(track);
  info.sequence = sequence;
  return info;
}

TEST(SkippedRun, CoversWhatLiesBetween) {
  SkippedRun run;
  EXPECT_FALSE(run.Covers(Packet(0)));
  run.OnSkipped(Packet(10));
  run.OnSkipped(Packet(12));
  EXPECT_TRUE(run.Covers(Packet(11)));
  EXPECT_FALSE(run.Covers(Packet(9)));
  EXPECT_FALSE(run.Covers(Packet(13)));
  EXPECT_FALSE(run.Covers(Packet(11, 2))) << "another source";
}

TEST(SkippedRun, NothingGoesOnBehindItButAKeyFrame) {
  SkippedRun run;
  run.OnSkipped(Packet(10));
  EXPECT_FALSE(run.Breaks(Packet(9))) << "from before it";
  run.OnForwarded(Packet(9));
  EXPECT_TRUE(run.Breaks(Packet(11)));
  run.OnSkipped(Packet(11));
  PacketInfo key = Packet(15);
  key.frame.key_frame = key.frame.frame_start = true;
  EXPECT_FALSE(run.Breaks(key));
  run.OnForwarded(key);
  EXPECT_FALSE(run.Breaks(Packet(16)));
  EXPECT_TRUE(run.Covers(Packet(14))) << "what was missing before the key frame";
  run.OnSkipped(Packet(20));
  EXPECT_FALSE(run.Covers(Packet(16)));
  EXPECT_TRUE(run.Covers(Packet(20)));
}

TEST(SkippedRun, AnotherSourceEndsIt) {
  SkippedRun run;
  run.OnSkipped(Packet(10));
  run.OnForwarded(Packet(5, 2));
  EXPECT_FALSE(run.Breaks(Packet(11)));
}

}  // namespace
}  // namespace conclave::media
