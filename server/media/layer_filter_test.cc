#include "media/layer_filter.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <tuple>

#include "media/svc_source.h"
#include "media/test_support.h"

namespace conclave::media {
namespace {

using wire::SvcMode;

constexpr LayerPoint kBase = {0, 0};

// What a decoder of the forwarded frames would notice, and who is to be asked for a key frame.
class Receiver {
 public:
  explicit Receiver(SvcCodec codec, const SvcMode& mode) : source_(TrackId(1), codec, mode) {
    filter_.Begin();
  }

  void SetTarget(LayerPoint target) { filter_.SetTarget(target); }

  // Plays the next picture; returns the highest layers that were forwarded of it, nothing if none.
  std::optional<LayerPoint> Play(bool key = false) {
    std::optional<LayerPoint> got;
    bool marked = false;
    bool whole = false;
    const auto packets = source_.Next(pool_, key);
    for (const PacketRef& packet : packets) {
      const PacketInfo& info = packet->info;
      const LayerFilter::Verdict verdict = filter_.OnPacket(info);
      Check(info, verdict.forward);
      if (!verdict.forward) continue;
      EXPECT_FALSE(marked) << "nothing of a picture follows its marker";
      EXPECT_TRUE(verdict.complete != 0);
      got = LayerPoint{info.frame.spatial_layer, info.frame.temporal_layer};
      marked = verdict.marker;
      whole = whole || info.frame.spatial_layer == filter_.current().spatial;
    }
    EXPECT_EQ(marked, got.has_value()) << "the last packet of what was forwarded has the marker";
    EXPECT_EQ(whole, got.has_value()) << "a picture has its highest layer";
    return got;
  }
  // Some pictures in a row; the layers of the last that was forwarded.
  LayerPoint PlayFor(int pictures) {
    LayerPoint last;
    for (int i = 0; i < pictures; ++i) last = Play().value_or(last);
    return last;
  }
  bool TakeKeyFrameNeeded() { return filter_.TakeKeyFrameNeeded(); }
  LayerPoint current() const { return filter_.current(); }

 private:
  // By the script, not by what the filter reads.
  void Check(const PacketInfo& info, bool forward) {
    const int64_t picture = (info.timestamp - 1'000'000) / 3000;
    const auto key = std::tuple(picture, info.frame.spatial_layer);
    if (!info.frame.frame_start) {
      EXPECT_EQ(forwarded_.contains(key), forward) << "frames are forwarded whole";
      return;
    }
    if (!forward) return;
    forwarded_.insert(key);
    if (!info.descriptor) return;
    numbers_.insert(info.descriptor->frame_number);
    for (int i = 0; i < 64; ++i) {
      if ((info.frame.references >> i & 1) == 0) continue;
      EXPECT_TRUE(numbers_.contains(static_cast<uint16_t>(info.descriptor->frame_number - i - 1)))
          << "frame " << info.descriptor->frame_number << " needs the one " << i + 1 << " before";
    }
  }

  PacketPool pool_{64};
  SvcSource source_;
  LayerFilter filter_;
  std::set<std::tuple<int64_t, uint8_t>> forwarded_;
  std::set<uint16_t> numbers_;
};

class LayerFilterTest : public ::testing::TestWithParam<SvcCodec> {};

INSTANTIATE_TEST_SUITE_P(Codecs, LayerFilterTest,
                         ::testing::Values(SvcCodec::kAv1, SvcCodec::kVp9,
                                           SvcCodec::kVp9WithoutDescriptor));

TEST_P(LayerFilterTest, EverythingIsForwardedToWhoWantsEverything) {
  for (const SvcMode& mode : {SvcMode{1, 3, false}, SvcMode{3, 3, false}, SvcMode{3, 1, true}}) {
    Receiver receiver(GetParam(), mode);
    for (int i = 0; i < 20; ++i) {
      const auto got = receiver.Play();
      ASSERT_TRUE(got);
      EXPECT_EQ(got->spatial, mode.spatial - 1);
    }
    EXPECT_FALSE(receiver.TakeKeyFrameNeeded());
  }
}

TEST_P(LayerFilterTest, TemporalLayersGoAtOnceAndComeBackWithoutAKeyFrame) {
  Receiver receiver(GetParam(), {1, 3, false});
  receiver.PlayFor(5);
  receiver.SetTarget(kBase);
  int forwarded = 0;
  for (int i = 0; i < 16; ++i) forwarded += receiver.Play() ? 1 : 0;
  EXPECT_EQ(forwarded, 4);
  receiver.SetTarget({0, 1});
  receiver.PlayFor(4);
  EXPECT_EQ(receiver.current(), (LayerPoint{0, 1}));
  receiver.SetTarget(kTopPoint);
  receiver.PlayFor(5);
  EXPECT_EQ(receiver.current(), (LayerPoint{0, 2}));
  EXPECT_FALSE(receiver.TakeKeyFrameNeeded());
}

TEST_P(LayerFilterTest, FullSvcGoesDownAtOnceAndUpWithAKeyFrame) {
  Receiver receiver(GetParam(), {3, 3, false});
  receiver.PlayFor(7);
  receiver.SetTarget({0, 2});
  EXPECT_EQ(receiver.Play()->spatial, 0) << "at the next picture";
  EXPECT_EQ(receiver.PlayFor(8).spatial, 0);
  EXPECT_FALSE(receiver.TakeKeyFrameNeeded());
  receiver.SetTarget({2, 2});
  EXPECT_EQ(receiver.PlayFor(8).spatial, 0);
  EXPECT_TRUE(receiver.TakeKeyFrameNeeded());
  EXPECT_EQ(receiver.Play(true)->spatial, 2);
  receiver.PlayFor(8);
  EXPECT_FALSE(receiver.TakeKeyFrameNeeded());
}

TEST_P(LayerFilterTest, KeySvcDropsLowerLayersAndThinsOutUntilItCanGoDown) {
  Receiver receiver(GetParam(), {3, 3, true});
  receiver.PlayFor(8);
  receiver.SetTarget({0, 2});
  int forwarded = 0;
  for (int i = 0; i < 8; ++i) {
    const auto got = receiver.Play();
    forwarded += got ? 1 : 0;
    EXPECT_EQ(got.value_or(LayerPoint{2, 0}), (LayerPoint{2, 0}));
  }
  EXPECT_EQ(forwarded, 2) << "the base frames of the layer that cannot be left yet";
  EXPECT_TRUE(receiver.TakeKeyFrameNeeded());
  EXPECT_EQ(receiver.Play(true)->spatial, 0);
  forwarded = 0;
  for (int i = 0; i < 8; ++i) forwarded += receiver.Play() ? 1 : 0;
  EXPECT_EQ(forwarded, 8);
  EXPECT_FALSE(receiver.TakeKeyFrameNeeded());
}

// A base picture is up to 800 ms away at five frames per second.
TEST_P(LayerFilterTest, OnceItIsKnownThatNobodyIsLetInAKeyFrameIsAskedForAtOnce) {
  for (const bool key_only : {false, true}) {
    Receiver receiver(GetParam(), {3, 3, key_only});
    receiver.SetTarget(kBase);
    receiver.PlayFor(6);
    receiver.SetTarget({2, 2});
    EXPECT_TRUE(receiver.TakeKeyFrameNeeded());
    EXPECT_FALSE(receiver.TakeKeyFrameNeeded());
    receiver.Play();
    EXPECT_TRUE(receiver.TakeKeyFrameNeeded()) << "it has not come";
    receiver.SetTarget(kBase);
    EXPECT_FALSE(receiver.TakeKeyFrameNeeded()) << "it is not wanted any more";
    receiver.SetTarget({2, 2});
    EXPECT_EQ(receiver.Play(true)->spatial, 2);
    EXPECT_FALSE(receiver.TakeKeyFrameNeeded());
    receiver.PlayFor(10);
    receiver.SetTarget(kBase);
    EXPECT_EQ(receiver.TakeKeyFrameNeeded(), key_only) << "what refers to all below can be left";
  }
}

TEST_P(LayerFilterTest, MoreFramesComeOnTheWayToMoreLines) {
  Receiver receiver(GetParam(), {3, 3, true});
  receiver.SetTarget(kBase);
  receiver.PlayFor(8);
  receiver.SetTarget({2, 2});
  receiver.PlayFor(8);
  EXPECT_EQ(receiver.current(), (LayerPoint{0, 2}));
  EXPECT_EQ(receiver.Play(true)->spatial, 2);
}

// Any targets at any time, with the occasional key frame: Receiver checks all that is forwarded.
TEST_P(LayerFilterTest, WhatIsForwardedCanBeDecodedWhateverIsWanted) {
  for (const SvcMode& mode : {SvcMode{1, 3, false}, SvcMode{2, 2, false}, SvcMode{3, 3, false},
                              SvcMode{3, 3, true}, SvcMode{2, 3, true}}) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      SeededRandom random(seed);
      Receiver receiver(GetParam(), mode);
      for (int i = 0; i < 300; ++i) {
        if (Chance(random, 15)) {
          receiver.SetTarget(
              {static_cast<uint8_t>(Below(random, 4)), static_cast<uint8_t>(Below(random, 4))});
        }
        const bool needed = receiver.TakeKeyFrameNeeded();
        receiver.Play(needed ? Chance(random, 50) : Chance(random, 1));
      }
    }
  }
}

PacketInfo PacketAt(int64_t sequence, const FrameFacts& facts) {
  PacketInfo info = MakeInfo(sequence, sequence * 3000);
  info.frame = facts;
  info.marker = true;
  return info;
}

FrameFacts Frame(bool key, uint8_t temporal) {
  FrameFacts facts;
  facts.key_frame = key;
  facts.frame_start = facts.frame_end = true;
  facts.temporal_layer = temporal;
  facts.available = UpTo({0, 2});
  facts.needed_for = FromTemporal(temporal);
  facts.entry_to = key ? kAllPoints : PointMask{0};
  return facts;
}

TEST(LayerFilter, Vp8GoesUpLayerByLayerAtLayerSyncs) {
  LayerFilter filter;
  filter.Begin();
  filter.SetTarget(kBase);
  int64_t sequence = 70000;
  const auto sync = [&](uint8_t temporal) {
    FrameFacts facts = Frame(false, temporal);
    facts.entry_to = BitOf({0, temporal});
    facts.entry_from = LayerPoint{0, static_cast<uint8_t>(temporal - 1)};
    return filter.OnPacket(PacketAt(sequence++, facts)).forward;
  };
  const auto plain = [&](uint8_t temporal) {
    return filter.OnPacket(PacketAt(sequence++, Frame(false, temporal))).forward;
  };
  filter.OnPacket(PacketAt(sequence++, Frame(true, 0)));
  EXPECT_FALSE(plain(2));
  EXPECT_FALSE(plain(1));
  EXPECT_TRUE(plain(0));
  filter.SetTarget({0, 2});
  EXPECT_FALSE(sync(2)) << "it may be followed by frames that need the layer between";
  EXPECT_FALSE(plain(1));
  EXPECT_TRUE(sync(1));
  EXPECT_FALSE(plain(2));
  EXPECT_TRUE(sync(2));
  EXPECT_TRUE(plain(1));
  EXPECT_TRUE(plain(2));
}

TEST(LayerFilter, AsksForAKeyFrameWhereNoFrameLetsItIn) {
  LayerFilter filter;
  filter.Begin();
  filter.SetTarget(kBase);
  int64_t sequence = 70000;
  filter.OnPacket(PacketAt(sequence++, Frame(true, 0)));
  filter.OnPacket(PacketAt(sequence++, Frame(false, 1)));
  filter.SetTarget({0, 1});
  for (int i = 0; i < 15; ++i) {
    filter.OnPacket(PacketAt(sequence++, Frame(false, 0)));
    EXPECT_FALSE(filter.TakeKeyFrameNeeded());
  }
  filter.OnPacket(PacketAt(sequence++, Frame(false, 0)));
  EXPECT_TRUE(filter.TakeKeyFrameNeeded());
  EXPECT_FALSE(filter.TakeKeyFrameNeeded());
}

TEST(LayerFilter, WhatTheSourceStopsSendingIsNotWaitedFor) {
  LayerFilter filter;
  filter.Begin();
  int64_t sequence = 70000;
  filter.OnPacket(PacketAt(sequence++, Frame(true, 0)));
  FrameFacts reduced = Frame(false, 0);
  reduced.available = kBasePoint;
  EXPECT_TRUE(filter.OnPacket(PacketAt(sequence++, reduced)).forward);
  EXPECT_EQ(filter.current(), kBase);
  EXPECT_TRUE(filter.OnPacket(PacketAt(sequence++, reduced)).forward);
  EXPECT_FALSE(filter.TakeKeyFrameNeeded());
}

TEST(LayerFilter, APacketThatComesLateIsJudgedAsItsNeighboursWere) {
  LayerFilter filter;
  filter.Begin();
  filter.OnPacket(PacketAt(70000, Frame(true, 0)));
  filter.OnPacket(PacketAt(70002, Frame(false, 1)));
  filter.SetTarget(kBase);
  filter.OnPacket(PacketAt(70004, Frame(false, 0)));
  EXPECT_TRUE(filter.OnPacket(PacketAt(70003, Frame(false, 2))).forward);
  EXPECT_FALSE(filter.OnPacket(PacketAt(70005, Frame(false, 2))).forward);
}

}  // namespace
}  // namespace conclave::media
