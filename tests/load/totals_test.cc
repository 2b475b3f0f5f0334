#include "tests/load/totals.h"

#include <gtest/gtest.h>

namespace conclave::load {
namespace {

Tally Of(uint32_t number, int64_t first_audio_ms, uint64_t gaps) {
  Tally tally;
  tally.number = number;
  tally.join_time = Duration::Millis(first_audio_ms / 2);
  tally.first_audio = Duration::Millis(first_audio_ms);
  tally.audio_gaps = gaps;
  return tally;
}

TEST(StormTest, TellsThoseWhoWereThereFromThoseWhoCame) {
  Settings settings;
  settings.live = 2;
  RunResult result;
  result.tallies = {Of(0, 90'000, 3), Of(1, 90'000, 4), Of(2, 100, 1000), Of(3, 300, 0)};
  result.tallies.push_back(Of(4, 0, 0));
  result.tallies.back().first_audio = Duration::Micros(-1);
  result.tallies.push_back(Of(5, 70'000, 0));
  result.tallies.back().hostile = true;
  const Storm storm = StormOf(settings, result);
  EXPECT_EQ(storm.gaps, 7U);
  EXPECT_EQ(storm.never_heard, 1U);
  EXPECT_EQ(storm.first_audio.count, 2U);
  EXPECT_DOUBLE_EQ(storm.first_audio.max_ms, 300);
  EXPECT_EQ(storm.join.count, 3U);
}

}  // namespace
}  // namespace conclave::load
