#include "media/layer_selector.h"

#include <gtest/gtest.h>

#include "media/slot_rewriter.h"
#include "media/test_support.h"

namespace conclave::media {
namespace {

constexpr SourceLayer kLow = {TrackId(1), 0};
constexpr SourceLayer kHigh = {TrackId(1), 2};
constexpr SourceLayer kOther = {TrackId(2), 0};

PacketInfo Of(SourceLayer source, int64_t sequence, bool key_frame = false) {
  PacketInfo info = MakeInfo(sequence, 0);
  info.track = source.track;
  info.layer = source.layer;
  info.frame.key_frame = key_frame;
  return info;
}

TEST(LayerSelector, WaitsForAKeyFrame) {
  LayerSelector selector;
  EXPECT_EQ(selector.OnPacket(Of(kLow, 1, true)), LayerVerdict::kDrop);
  selector.SetTarget(kLow);
  EXPECT_EQ(selector.WaitsForKeyFrame(), kLow);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 2)), LayerVerdict::kDrop);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 3, true)), LayerVerdict::kSwitch);
  EXPECT_EQ(selector.WaitsForKeyFrame(), std::nullopt);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 4)), LayerVerdict::kForward);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 5, true)), LayerVerdict::kForward);
}

TEST(LayerSelector, TheOldSourceGoesOnUntilTheNewOnesKeyFrame) {
  for (const SourceLayer next : {kHigh, kOther}) {
    LayerSelector selector;
    selector.SetTarget(kLow);
    selector.OnPacket(Of(kLow, 1, true));
    selector.SetTarget(next);
    EXPECT_EQ(selector.WaitsForKeyFrame(), next);
    EXPECT_EQ(selector.OnPacket(Of(kLow, 2)), LayerVerdict::kForward);
    EXPECT_EQ(selector.OnPacket(Of(next, 700)), LayerVerdict::kDrop);
    EXPECT_EQ(selector.OnPacket(Of(kLow, 3)), LayerVerdict::kForward);
    EXPECT_EQ(selector.OnPacket(Of(next, 701, true)), LayerVerdict::kSwitch);
    EXPECT_EQ(selector.OnPacket(Of(kLow, 4)), LayerVerdict::kDrop);
    EXPECT_EQ(selector.current(), next);
  }
}

TEST(LayerSelector, AChangeOfMindNeedsNoKeyFrame) {
  LayerSelector selector;
  selector.SetTarget(kLow);
  selector.OnPacket(Of(kLow, 1, true));
  selector.SetTarget(kHigh);
  selector.SetTarget(kLow);
  EXPECT_EQ(selector.WaitsForKeyFrame(), std::nullopt);
  EXPECT_EQ(selector.OnPacket(Of(kHigh, 700, true)), LayerVerdict::kDrop);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 2)), LayerVerdict::kForward);
}

TEST(LayerSelector, APauseEndsAtOnceAndResumesWithAKeyFrame) {
  LayerSelector selector;
  selector.SetTarget(kLow);
  selector.OnPacket(Of(kLow, 1, true));
  selector.SetTarget(std::nullopt);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 2)), LayerVerdict::kDrop);
  EXPECT_EQ(selector.WaitsForKeyFrame(), std::nullopt);
  selector.SetTarget(kLow);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 3)), LayerVerdict::kDrop);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 4, true)), LayerVerdict::kSwitch);
}

TEST(LayerSelector, AKeyFrameWhoseBeginningWasLateIsNotUsed) {
  LayerSelector selector;
  selector.SetTarget(kLow);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 11)), LayerVerdict::kDrop);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 10, true)), LayerVerdict::kDrop);
  EXPECT_EQ(selector.WaitsForKeyFrame(), kLow);
  EXPECT_EQ(selector.OnPacket(Of(kLow, 20, true)), LayerVerdict::kSwitch);
}

TEST(LayerSelector, ASourceThatIsGoneIsNotForwarded) {
  LayerSelector selector;
  selector.SetTarget(kLow);
  selector.OnPacket(Of(kLow, 1, true));
  selector.DropCurrent();
  EXPECT_EQ(selector.OnPacket(Of(kLow, 2)), LayerVerdict::kDrop);
  EXPECT_EQ(selector.WaitsForKeyFrame(), kLow);
}

}  // namespace
}  // namespace conclave::media
