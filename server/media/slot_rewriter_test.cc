#include "media/slot_rewriter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "media/test_support.h"

namespace conclave::media {
namespace {

constexpr uint32_t kVideoRate = 90000;

TEST(SlotRewriter, BeginsWithItsStartValues) {
  SlotRewriter slot(kVideoRate, {100, 5000, 77, 9});
  const auto header = slot.Forward(AtMs(0), MakeVp8Info(70000, 123456, 321, 45));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->sequence(), 100);
  EXPECT_EQ(header->timestamp, 5000u);
  EXPECT_EQ(header->picture_id, 77);
  EXPECT_EQ(header->tl0_picture_index, 9);
}

TEST(SlotRewriter, RandomStartLeavesNoDoubtAboutTheRolloverCounter) {
  SeededRandom random(1);
  for (int i = 0; i < 1000; ++i) {
    const SlotRewriter::Start start = SlotRewriter::RandomStart(random);
    EXPECT_LT(start.sequence, 0x8000);
    EXPECT_LT(start.picture_id, 0x8000);
  }
}

TEST(SlotRewriter, ASwitchGoesOnByTheServersClock) {
  SlotRewriter slot(kVideoRate, {10, 1000, 0, 0});
  slot.Forward(AtMs(0), MakeInfo(500, 0));
  const auto last = slot.Forward(AtMs(33), MakeInfo(501, 2970));
  slot.BeginSource();
  const auto next = slot.Forward(AtMs(83), MakeInfo(90000, 4000000000));
  EXPECT_EQ(next->index, last->index + 1);
  EXPECT_EQ(next->timestamp, last->timestamp + 50 * 90);
}

TEST(SlotRewriter, TwoSwitchesAtOneTimeStillMoveTheTimestamp) {
  SlotRewriter slot(kVideoRate, {10, 1000, 0, 0});
  uint32_t timestamp = slot.Forward(AtMs(5), MakeInfo(500, 0))->timestamp;
  for (int i = 0; i < 5; ++i) {
    slot.BeginSource();
    const auto next = slot.Forward(AtMs(5), MakeInfo(500, 77));
    EXPECT_EQ(next->timestamp, timestamp + 1);
    timestamp = next->timestamp;
  }
}

TEST(SlotRewriter, ALongPauseIsAsLongOnTheSlotsClock) {
  SlotRewriter slot(48000, {10, 4294967000, 0, 0});
  const auto before = slot.Forward(AtMs(0), MakeInfo(500, 0));
  slot.BeginSource();
  const auto after = slot.Forward(AtMs(3600'000), MakeInfo(501, 960));
  EXPECT_EQ(after->timestamp - before->timestamp, 3600u * 48000u);
  EXPECT_EQ(slot.TimestampAt(AtMs(3600'020)), after->timestamp + 960);
}

TEST(SlotRewriter, TheSlotsClockStartsAtAFramesFirstPacket) {
  SlotRewriter slot(kVideoRate, {10, 1000, 0, 0});
  slot.Forward(AtMs(0), MakeInfo(500, 0));
  slot.Forward(AtMs(20), MakeInfo(501, 0));
  EXPECT_EQ(slot.TimestampAt(AtMs(20)), 1000u + 20 * 90);
}

TEST(SlotRewriter, DropsWhatCameBeforeTheSwitch) {
  SlotRewriter slot(kVideoRate, {10, 1000, 0, 0});
  slot.Forward(AtMs(0), MakeVp8Info(500, 0, 9, 9));
  EXPECT_FALSE(slot.Forward(AtMs(1), MakeVp8Info(499, 0, 8, 8)));
  slot.BeginSource();
  slot.Forward(AtMs(2), MakeVp8Info(700, 0, 19, 9));
  EXPECT_FALSE(slot.Forward(AtMs(3), MakeVp8Info(699, 0, 18, 8)));
}

TEST(SlotRewriter, ARepeatIsNotForwardedAgain) {
  SlotRewriter slot(kVideoRate, {10, 1000, 0, 0});
  EXPECT_TRUE(slot.Forward(AtMs(0), MakeInfo(500, 0)));
  EXPECT_FALSE(slot.Forward(AtMs(0), MakeInfo(500, 0)));
  EXPECT_TRUE(slot.Forward(AtMs(0), MakeInfo(502, 0)));
  EXPECT_TRUE(slot.Forward(AtMs(0), MakeInfo(501, 0)));
  EXPECT_FALSE(slot.Forward(AtMs(0), MakeInfo(501, 0)));
}

TEST(SlotRewriter, ALatePacketBeforeASwitchSetsNothingBack) {
  SlotRewriter slot(kVideoRate, {10, 1000, 0, 0});
  slot.Forward(AtMs(0), MakeVp8Info(500, 0, 1, 1));
  const auto newest = slot.Forward(AtMs(66), MakeVp8Info(502, 5940, 3, 3));
  EXPECT_TRUE(slot.Forward(AtMs(70), MakeVp8Info(501, 2970, 2, 2)));
  slot.BeginSource();
  const auto next = slot.Forward(AtMs(99), MakeVp8Info(9, 9, 9, 9));
  EXPECT_EQ(next->index, newest->index + 1);
  EXPECT_EQ(next->timestamp, newest->timestamp + 33 * 90);
  EXPECT_EQ(next->picture_id, newest->picture_id + 1);
  EXPECT_EQ(next->tl0_picture_index, newest->tl0_picture_index + 1);
}

TEST(SlotRewriter, AHugeGapIsClosedButForOneNumber) {
  SlotRewriter slot(kVideoRate, {10, 1000, 5, 0});
  const auto before = slot.Forward(AtMs(0), MakeVp8Info(70000, 0, 10, 0));
  const auto after = slot.Forward(AtMs(100), MakeVp8Info(100000, 123456789, 3, 0));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->index, before->index + 2);
  EXPECT_EQ(after->timestamp, before->timestamp + 9000);
  EXPECT_EQ(after->picture_id, before->picture_id + 1);
  EXPECT_FALSE(slot.Forward(AtMs(101), MakeVp8Info(99999, 123456789, 2, 0)));
}

TEST(SlotRewriter, PaddingTakesANumberAndNoTime) {
  SlotRewriter slot(kVideoRate, {10, 1000, 0, 0});
  slot.Forward(AtMs(0), MakeInfo(500, 0));
  const auto frame = slot.Forward(AtMs(33), MakeInfo(501, 2970));
  const SlotHeader padding = slot.Padding();
  EXPECT_EQ(padding.index, frame->index + 1);
  EXPECT_EQ(padding.timestamp, frame->timestamp);
  EXPECT_EQ(slot.Forward(AtMs(66), MakeInfo(502, 5940))->index, frame->index + 2);
}

TEST(SlotRewriter, AHoleOfALateDropIsGivenOutOnce) {
  SlotRewriter slot(kVideoRate, {10, 1000, 0, 0});
  slot.Forward(AtMs(0), MakeVp8Info(500, 0, 1, 1));
  slot.Forward(AtMs(0), MakeVp8Info(502, 6000, 3, 2));
  const auto hole = slot.Drop(MakeVp8Info(501, 3000, 2, 1));
  ASSERT_TRUE(hole);
  EXPECT_EQ(hole->sequence(), 11);
  EXPECT_EQ(hole->timestamp, 4000u);
  EXPECT_FALSE(slot.Drop(MakeVp8Info(501, 3000, 2, 1)));
  EXPECT_FALSE(slot.Forward(AtMs(0), MakeVp8Info(501, 3000, 2, 1)));
}

TEST(SlotRewriter, AnEncoderThatBeginsAnewGoesOnInTheSlot) {
  SlotRewriter slot(kVideoRate, {10, 1000, 50, 0});
  slot.Forward(AtMs(0), MakeVp8Info(500, 0, 20000, 1));
  const auto after = slot.Forward(AtMs(33), MakeVp8Info(501, 2970, 17000, 2));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->picture_id, 51);
}

TEST(SlotRewriter, SwitchesBetweenCodecsKeepThePictureIds) {
  SlotRewriter slot(kVideoRate, {10, 1000, 50, 7});
  slot.Forward(AtMs(0), MakeVp8Info(500, 0, 20000, 1));
  slot.BeginSource();
  EXPECT_EQ(slot.Forward(AtMs(33), MakeInfo(900, 0))->sequence(), 11);
  slot.BeginSource();
  const auto back = slot.Forward(AtMs(66), MakeVp8Info(501, 0, 3, 200));
  EXPECT_EQ(back->picture_id, 51);
  EXPECT_EQ(back->tl0_picture_index, 8);
}

// A source that sends frames of one to four packets in three temporal layers.
class Source {
 public:
  explicit Source(Random& random)
      : random_(random),
        sequence_(65536 + 65000 + Below(random, 1000)),
        timestamp_((int64_t{1} << 32) + 0xfff00000 + Below(random, 0x100000)),
        picture_id_(static_cast<uint16_t>(0x7ff0 + Below(random, 16))),
        tl0_(static_cast<uint8_t>(random.Next32())) {}

  std::vector<PacketInfo> Frame() {
    static constexpr uint8_t kPattern[] = {0, 2, 1, 2};
    const uint8_t temporal = kPattern[frame_++ % 4];
    if (temporal == 0) ++tl0_;
    std::vector<PacketInfo> packets;
    const int64_t count = 1 + Below(random_, 4);
    for (int64_t i = 0; i < count; ++i) {
      packets.push_back(MakeVp8Info(sequence_++, timestamp_, picture_id_, tl0_));
      packets.back().frame.temporal_layer = temporal;
    }
    picture_id_ = (picture_id_ + 1) & 0x7fff;
    timestamp_ += 2900 + Below(random_, 200);
    return packets;
  }

 private:
  Random& random_;
  int64_t sequence_;
  int64_t timestamp_;
  uint16_t picture_id_;
  uint8_t tl0_;
  int frame_ = 0;
};

// Everything arrives in order: the receiver sees a stream without any gap, whatever we leave out.
TEST(SlotRewriterProperty, WithoutLossTheOutputHasNoGap) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    SlotRewriter slot(kVideoRate, SlotRewriter::RandomStart(random));
    Instant now = AtMs(Below(random, 1000000));
    std::optional<SlotHeader> last;
    for (int source_count = 0; source_count < 40; ++source_count) {
      Source source(random);
      slot.BeginSource();
      if (Chance(random, 10)) now = now + Duration::Seconds(Below(random, 20000));
      const int64_t temporal_max = Below(random, 3);
      const int64_t frames = 1 + Below(random, 100);
      for (int64_t f = 0; f < frames; ++f) {
        now = now + Duration::Millis(33);
        const std::vector<PacketInfo> frame = source.Frame();
        const bool wanted = frame[0].frame.temporal_layer <= temporal_max;
        std::optional<SlotHeader> first;
        for (const PacketInfo& packet : frame) {
          if (!wanted) {
            ASSERT_FALSE(slot.Drop(packet));
            continue;
          }
          const auto header = slot.Forward(now, packet);
          ASSERT_TRUE(header);
          if (!first && last) {
            ASSERT_EQ(header->picture_id, (last->picture_id + 1) & 0x7fff);
            const bool base = packet.frame.temporal_layer == 0;
            ASSERT_EQ(header->tl0_picture_index,
                      static_cast<uint8_t>(last->tl0_picture_index + (base ? 1 : 0)));
            ASSERT_LT(0, static_cast<int32_t>(header->timestamp - last->timestamp));
          }
          if (first) {
            ASSERT_EQ(header->picture_id, first->picture_id);
            ASSERT_EQ(header->timestamp, first->timestamp);
          }
          if (last) {
            ASSERT_EQ(header->index, last->index + 1);
          }
          if (!first) first = header;
          last = header;
        }
      }
    }
    // The run has wrapped the sequence number, the picture id and the timestamp of its sources.
    ASSERT_GT(last->index, 2000);
  }
}

struct Arrival {
  Instant at;
  int order = 0;
  PacketInfo packet;
};

// What arrives of `source` with loss, repeats and reordering; the first packet comes first.
std::vector<Arrival> Impair(Random& random, Source& source, Instant start) {
  std::vector<Arrival> arrivals;
  const int64_t frames = 1 + Below(random, 60);
  for (int64_t f = 0; f < frames; ++f) {
    for (const PacketInfo& packet : source.Frame()) {
      const Instant sent = start + Duration::Millis(33 * f);
      const bool first = arrivals.empty();
      if (!first && Chance(random, 10)) continue;
      const int copies = !first && Chance(random, 5) ? 2 : 1;
      for (int i = 0; i < copies; ++i) {
        const int64_t delay_ms = Chance(random, 10) ? Below(random, 200) : 0;
        arrivals.push_back({first ? start : sent + Duration::Millis(delay_ms),
                            static_cast<int>(arrivals.size()), packet});
      }
    }
  }
  std::sort(arrivals.begin(), arrivals.end(), [](const Arrival& a, const Arrival& b) {
    return std::tie(a.at, a.order) < std::tie(b.at, b.order);
  });
  return arrivals;
}

// The rules once more, written with sets: what each source packet must become.
class Oracle {
 public:
  explicit Oracle(int64_t next) : next_(next) {}
  void Begin(int64_t first) {
    first_ = highest_ = first;
    begin_output_ = next_;
    dropped_.clear();
    inserted_.clear();
    next_ = begin_output_ + 1;
  }
  int64_t Output(int64_t sequence) {
    const auto before = [sequence](const std::multiset<int64_t>& set) {
      return std::distance(set.begin(), set.lower_bound(sequence));
    };
    const int64_t output = begin_output_ + sequence - first_ - before(dropped_) + before(inserted_);
    if (sequence > highest_) {
      highest_ = sequence;
      next_ = output + 1;
    }
    return output;
  }
  bool InTime(int64_t sequence) const { return sequence > highest_; }
  bool Dropped(int64_t sequence) const { return dropped_.contains(sequence); }
  void Drop(int64_t sequence) {
    next_ = Output(sequence);
    dropped_.insert(sequence);
  }
  int64_t Insert() {
    inserted_.insert(highest_);
    return next_++;
  }

 private:
  int64_t next_;
  int64_t first_ = 0;
  int64_t highest_ = 0;
  int64_t begin_output_ = 0;
  std::multiset<int64_t> dropped_;
  std::multiset<int64_t> inserted_;
};

TEST(SlotRewriterProperty, LossReorderingAndRepeatsKeepEveryPacketsPlace) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    SeededRandom random(seed);
    const SlotRewriter::Start start = SlotRewriter::RandomStart(random);
    SlotRewriter slot(kVideoRate, start);
    Oracle oracle(start.sequence);
    std::set<int64_t> used;
    Instant now = AtMs(5);
    int64_t last_timestamp = 0;
    for (int s = 0; s < 30; ++s) {
      Source source(random);
      const std::vector<Arrival> arrivals = Impair(random, source, now);
      const int64_t temporal_max = Below(random, 3);
      slot.BeginSource();
      oracle.Begin(arrivals[0].packet.sequence);
      const int64_t first_timestamp = arrivals[0].packet.timestamp;
      std::map<int64_t, uint16_t> pictures;
      uint32_t begin_timestamp = 0;
      for (size_t i = 0; i < arrivals.size(); ++i) {
        const PacketInfo& packet = arrivals[i].packet;
        now = arrivals[i].at;
        if (packet.frame.temporal_layer > temporal_max) {
          const bool in_time = i > 0 && oracle.InTime(packet.sequence);
          const bool repeat = oracle.Dropped(packet.sequence);
          const auto hole = slot.Drop(packet);
          if (in_time) {
            ASSERT_FALSE(hole);
            oracle.Drop(packet.sequence);
          } else if (hole) {
            ASSERT_FALSE(repeat);
            ASSERT_EQ(hole->index, oracle.Output(packet.sequence));
            ASSERT_TRUE(used.insert(hole->index).second);
          }
          continue;
        }
        const int64_t expected = oracle.Output(packet.sequence);
        const auto header = slot.Forward(now, packet);
        if (!header) {
          ASSERT_TRUE(used.contains(expected)) << "a packet was refused that is no repeat";
          continue;
        }
        ASSERT_EQ(header->index, expected);
        ASSERT_TRUE(used.insert(header->index).second);
        if (i == 0) begin_timestamp = header->timestamp;
        ASSERT_EQ(header->timestamp - begin_timestamp,
                  static_cast<uint32_t>(packet.timestamp - first_timestamp));
        const auto [picture, fresh] = pictures.emplace(packet.timestamp, header->picture_id);
        ASSERT_EQ(picture->second, header->picture_id);
        if (Chance(random, 2)) {
          const SlotHeader padding = slot.Padding();
          ASSERT_EQ(padding.index, oracle.Insert());
          ASSERT_TRUE(used.insert(padding.index).second);
        }
        last_timestamp = header->timestamp;
      }
      // Distinct pictures have distinct, ascending ids.
      std::optional<uint16_t> before;
      for (const auto& [timestamp, id] : pictures) {
        if (before) {
          ASSERT_LT(0, static_cast<int16_t>(static_cast<uint16_t>((id - *before) << 1)));
        }
        before = id;
      }
      now = now + Duration::Millis(Below(random, 500));
    }
    EXPECT_NE(last_timestamp, 0);
  }
}

}  // namespace
}  // namespace conclave::media
