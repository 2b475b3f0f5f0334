#include "media/bwe/congestion_episode.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

constexpr Duration kRtt = Duration::Millis(100);

Instant At(int64_t ms) { return Instant::FromMicros(ms * 1000); }

TEST(CongestionEpisode, KnowsWhatFilledTheLink) {
  CongestionEpisode episode;
  episode.Update(false, true, 1e6, 1e6, kRtt, At(0));
  EXPECT_EQ(episode.full_bps(), 0);
  episode.Update(true, false, 2e6, 2e6, kRtt, At(50));
  episode.Update(true, false, 1e6, 1e6, kRtt, At(100));
  EXPECT_EQ(episode.full_bps(), 2e6);
}

TEST(CongestionEpisode, IgnoresWhatTheLinkWasBefore) {
  CongestionEpisode episode;
  episode.Update(true, false, 4e6, 4e6, kRtt, At(0));
  episode.Update(true, false, 4e6, 2e6, kRtt, At(200));
  EXPECT_EQ(episode.anchor_bps(), 0);
  episode.Update(true, false, 1e6, 1e6, kRtt, At(250));
  EXPECT_EQ(episode.anchor_bps(), 1e6);
}

TEST(CongestionEpisode, FallsSlowlyWhileANeighbourTakesOver) {
  CongestionEpisode episode;
  double arriving = 1e6;
  for (int64_t ms = 0; ms <= 3250; ms += 50) {
    episode.Update(true, false, arriving, arriving, kRtt, At(ms));
    if (ms >= 250) arriving *= 0.9;
  }
  EXPECT_NEAR(episode.anchor_bps(), .5e6, 1e4);
}

TEST(CongestionEpisode, ForgetsItsFloorWithTheNextEpisode) {
  CongestionEpisode episode;
  episode.Update(true, false, 4e6, 4e6, kRtt, At(0));
  episode.Update(true, false, 4e6, 3e6, kRtt, At(300));
  episode.Update(false, true, 3e6, 3e6, kRtt, At(350));
  episode.Update(true, false, 3e6, 1e6, kRtt, At(1000));
  EXPECT_EQ(episode.anchor_bps(), 0);
}

}  // namespace
}  // namespace conclave::media
