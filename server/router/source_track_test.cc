// A track whose publisher goes over from simulcast to one stream of spatial layers and back.
#include "router/source_track.h"

#include <gtest/gtest.h>

#include <vector>

#include "media/svc_source.h"
#include "router/test_media.h"

namespace conclave::router {
namespace {

constexpr TrackId kA(11);
constexpr wire::SvcMode kThreeLayers = {3, 3, true};

class SourceTrackTest : public ::testing::Test {
 protected:
  // One picture in three sizes.
  bool Simulcast(bool key = false) {
    now_ = now_ + Duration::Millis(33);
    ++sequence_;
    bool began = false;
    for (uint8_t layer = 0; layer < 3; ++layer) {
      const auto packet = testing::SourcePacket(pool_, kA, layer, sequence_, key);
      if (layer == 0) *track_.layer(0).frames = {};
      began |= track_.OnActivity(now_, packet->info, 1000);
    }
    return began;
  }
  // One picture with all its spatial layers.
  bool Scalable(bool key = false) {
    now_ = now_ + Duration::Millis(33);
    bool began = false;
    for (const media::PacketRef& packet : source_.Next(pool_, key)) {
      *track_.layer(0).frames = source_.reader();
      began |= track_.OnActivity(now_, packet->info, 1000);
    }
    return began;
  }

  Instant now_ = Instant::FromMicros(1'000'000);
  int64_t sequence_ = 0;
  media::PacketPool pool_{256};
  media::PublisherClock clock_;
  TouchedParticipants touched_;
  SourceTrack track_{testing::CameraConfig(kA, 3), ParticipantIndex(), clock_, touched_};
  media::SvcSource source_{kA, media::SvcCodec::kVp9, kThreeLayers};
};

TEST_F(SourceTrackTest, TheLayersOfOneStreamTakeThePlaceOfTheEncodings) {
  Simulcast(true);
  ASSERT_FALSE(track_.scalable());
  EXPECT_EQ(track_.PointOf({2, 2}), (StreamPoint{2, {media::kTopPoint.spatial, 2}}));
  EXPECT_TRUE(Scalable(true)) << "who receives is to be looked at again";
  ASSERT_TRUE(track_.scalable());
  EXPECT_EQ(track_.LayerStates(now_).size(), 3U);
  EXPECT_EQ(track_.PointOf({2, 2}), (StreamPoint{0, {2, 2}})) << "all is in the lowest encoding";
  EXPECT_FALSE(Scalable());
}

TEST_F(SourceTrackTest, AndTheEncodingsThatOfTheLayers) {
  Scalable(true);
  EXPECT_TRUE(Simulcast(true));
  ASSERT_FALSE(track_.scalable());
  EXPECT_EQ(track_.PointOf({1, 2}).encoding, 1);
  EXPECT_FALSE(Simulcast());
}

TEST_F(SourceTrackTest, ThePublisherIsToldAnewOfWhatItBegan) {
  Simulcast(true);
  WantedLayers& wanted = track_.wanted_layers();
  // Somebody wants the middle one, nobody the highest.
  for (int i = 0; i < 6; ++i) {
    now_ = now_ + Duration::Seconds(1);
    wanted.Want(now_, 0b010);
    wanted.Expire(now_);
  }
  auto told = track_.TakeWanted();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->encodings, 0b011);
  EXPECT_FALSE(track_.TakeWanted());
  Scalable(true);
  told = track_.TakeWanted();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->encodings, 0b001);
  EXPECT_GT(told->height_px, 0);
  Simulcast(true);
  told = track_.TakeWanted();
  ASSERT_TRUE(told) << "it counts with sending all";
  EXPECT_EQ(told->encodings, 0b011);
}

}  // namespace
}  // namespace conclave::router
