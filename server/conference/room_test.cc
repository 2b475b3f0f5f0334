#include "conference/room.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conference/limits.h"
#include "conference/room_directory.h"
#include "conference/shard_loads.h"

namespace conclave::conference {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Instant At(int64_t ms) { return Instant::FromMicros(ms * 1000); }

Participant Person(uint32_t id) {
  Participant person;
  person.id = ParticipantId(id);
  person.tracks = {{TrackId(id * 10), router::SourceKind::kMicrophone, false, "0"},
                   {TrackId(id * 10 + 1), router::SourceKind::kCamera, true, "1"}};
  return person;
}

router::SlotAssignment Carries(uint16_t slot, uint32_t track) {
  router::SlotAssignment out;
  out.slot = SlotId(slot);
  out.track = TrackId(track);
  return out;
}

class RoomTest : public ::testing::Test {
 protected:
  bool Join(int64_t ms, uint32_t id) {
    const std::vector<SlotId> slots = {SlotId(1), SlotId(2)};
    return room_.Join(At(ms), Person(id), slots).has_value();
  }
  Room room_{RoomId(7), "open/tea", ShardId(0), 3};
};

TEST_F(RoomTest, TheFirstChangeIsToldAtOnceAndTheNextWait) {
  Join(5, 1);
  EXPECT_EQ(room_.FlushAt(), At(5));
  EXPECT_THAT(room_.Flush(At(5)).roster.changed, ElementsAre(ParticipantId(1)));
  EXPECT_EQ(room_.FlushAt(), Instant::Never());

  Join(20, 2);
  Join(30, 3);
  room_.SetMuted(At(40), TrackId(11), false);
  EXPECT_EQ(room_.FlushAt(), At(105));
  EXPECT_THAT(room_.Flush(At(105)).roster.changed,
              ElementsAre(ParticipantId(1), ParticipantId(2), ParticipantId(3)));
}

TEST_F(RoomTest, WhatEverybodyDecodesIsToldWithTheFlushAndGrowsLater) {
  Participant able = Person(1);
  able.decodes = {router::CodecName::kVp8, router::CodecName::kVp9};
  ASSERT_TRUE(room_.Join(At(0), able, {}));
  EXPECT_EQ(room_.Flush(At(0)).common_codecs, std::nullopt);
  Join(1000, 2);
  EXPECT_EQ(room_.common_codecs(), kAlwaysDecoded);
  EXPECT_EQ(room_.Flush(At(1000)).common_codecs, kAlwaysDecoded);
  room_.Leave(At(2000), ParticipantId(2));
  EXPECT_EQ(room_.Flush(At(2000)).common_codecs, std::nullopt);
  EXPECT_EQ(room_.FlushAt(), At(2000) + kCodecCalm);
  EXPECT_EQ(room_.Flush(At(2000) + kCodecCalm).common_codecs, able.decodes);
  EXPECT_EQ(room_.FlushAt(), Instant::Never());
}

TEST_F(RoomTest, WhoComesAndGoesBetweenFlushesIsOnlySaidToHaveLeft) {
  Join(0, 1);
  room_.Leave(At(1), ParticipantId(1));
  const RoomUpdate update = room_.Flush(At(2));
  EXPECT_THAT(update.roster.changed, IsEmpty());
  EXPECT_THAT(update.roster.left, ElementsAre(ParticipantId(1)));
}

TEST_F(RoomTest, AFullRoomNamesItsLimit) {
  EXPECT_TRUE(Join(0, 1) && Join(0, 2) && Join(0, 3));
  const auto refused = room_.Join(At(0), Person(4), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, "room full: 3 of 3");
  room_.Leave(At(1), ParticipantId(2));
  EXPECT_TRUE(Join(1, 4));
}

TEST_F(RoomTest, ChangesThatChangeNothingAreNotTold) {
  Join(0, 1);
  room_.Flush(At(0));
  EXPECT_FALSE(room_.SetMuted(At(1), TrackId(11), true));
  EXPECT_FALSE(room_.SetMuted(At(1), TrackId(99), true));
  EXPECT_FALSE(room_.SetProfile(At(1), ParticipantId(1), ""));
  EXPECT_FALSE(room_.SetAway(At(1), ParticipantId(1), false));
  EXPECT_FALSE(room_.Leave(At(1), ParticipantId(2)));
  EXPECT_EQ(room_.FlushAt(), Instant::Never());
}

TEST_F(RoomTest, SlotsAreCoalescedToTheirNewestState) {
  Join(0, 1);
  Join(0, 2);
  room_.Flush(At(0));
  room_.OnSlots(At(1), ParticipantId(1), std::vector{Carries(1, 20), Carries(2, 21)});
  room_.OnSlots(At(2), ParticipantId(1), std::vector{Carries(2, 0)});
  room_.OnSlots(At(2), ParticipantId(1), std::vector{Carries(9, 20)});
  room_.OnSlots(At(2), ParticipantId(5), std::vector{Carries(1, 20)});
  const RoomUpdate update = room_.Flush(At(100));
  ASSERT_EQ(update.slots.size(), 1u);
  EXPECT_EQ(update.slots[0].receiver, ParticipantId(1));
  ASSERT_EQ(update.slots[0].slots.size(), 2u);
  EXPECT_EQ(update.slots[0].slots[0].track, TrackId(20));
  EXPECT_EQ(update.slots[0].slots[1].track, TrackId());
  EXPECT_EQ(room_.TakeAllSlots(ParticipantId(1)).size(), 2u);
  EXPECT_THAT(room_.TakeAllSlots(ParticipantId(2)), IsEmpty());
}

TEST_F(RoomTest, TheDominantSpeakerIsForgottenWhenGone) {
  Join(0, 1);
  Join(0, 2);
  room_.OnDominantSpeaker(At(1), kMainRoom, TrackId(20));
  room_.OnDominantSpeaker(At(1), kMainRoom, TrackId(77));
  EXPECT_EQ(room_.dominant_speaker(kMainRoom), TrackId(20));
  EXPECT_THAT(room_.Flush(At(1)).dominant_speakers, ElementsAre(Pair(kMainRoom, TrackId(20))));
  EXPECT_THAT(room_.Flush(At(2)).dominant_speakers, IsEmpty());
  room_.Leave(At(3), ParticipantId(2));
  EXPECT_EQ(room_.dominant_speaker(kMainRoom), TrackId());
}

TEST_F(RoomTest, EachBreakoutRoomHasItsOwnSpeaker) {
  Join(0, 1);
  Join(0, 2);
  room_.OnDominantSpeaker(At(1), kMainRoom, TrackId(20));
  room_.Flush(At(1));
  EXPECT_TRUE(room_.SetBreakout(At(2), ParticipantId(2), 3));
  EXPECT_FALSE(room_.SetBreakout(At(2), ParticipantId(2), 3));
  // The main room's has gone, and what the shard said of it before that is void.
  room_.OnDominantSpeaker(At(2), kMainRoom, TrackId(20));
  const RoomUpdate update = room_.Flush(At(200));
  EXPECT_THAT(update.dominant_speakers, ElementsAre(Pair(kMainRoom, TrackId())));
  EXPECT_THAT(update.roster.changed, ElementsAre(ParticipantId(2)));
  room_.OnDominantSpeaker(At(300), 3, TrackId(20));
  room_.OnDominantSpeaker(At(300), 3, TrackId(10));
  EXPECT_EQ(room_.dominant_speaker(3), TrackId(20));
  EXPECT_EQ(room_.dominant_speaker(kMainRoom), TrackId());
}

TEST_F(RoomTest, HelpIsNotWantedAnyMoreElsewhere) {
  Join(0, 1);
  room_.SetBreakout(At(1), ParticipantId(1), 2);
  EXPECT_TRUE(room_.SetWantsHelp(At(1), ParticipantId(1), true));
  EXPECT_FALSE(room_.SetWantsHelp(At(1), ParticipantId(1), true));
  room_.SetBreakout(At(2), ParticipantId(1), kMainRoom);
  EXPECT_FALSE(room_.roster().Find(ParticipantId(1))->wants_help);
}

TEST_F(RoomTest, LaterMediaBelongsToItsParticipant) {
  Join(0, 1);
  room_.Flush(At(0));
  const std::vector<SlotId> slots = {SlotId(3)};
  const std::vector<Track> tracks = {{TrackId(15), router::SourceKind::kScreenVideo, true, "9"}};
  EXPECT_TRUE(room_.AddMedia(At(1), ParticipantId(1), tracks, slots));
  EXPECT_FALSE(room_.AddMedia(At(1), ParticipantId(8), tracks, slots));
  EXPECT_EQ(room_.roster().OwnerOf(TrackId(15)), ParticipantId(1));
  room_.OnSlots(At(2), ParticipantId(1), std::vector{Carries(3, 20)});
  EXPECT_EQ(room_.Flush(At(100)).slots.size(), 1u);
}

TEST(RoomDirectory, RoomsHaveALimitAndNamesAreFreeAgain) {
  RoomDirectory rooms({.rooms_max = 1, .participants_per_room_max = 2});
  Room* tea = rooms.Create("open/tea", ShardId(0)).value();
  EXPECT_EQ(rooms.FindByName("open/tea"), tea);
  EXPECT_EQ(rooms.Create("open/cake", ShardId(0)).error().message, "rooms: 1 of 1");
  const RoomId old = tea->id();
  rooms.Erase(old);
  EXPECT_EQ(rooms.FindByName("open/tea"), nullptr);
  EXPECT_EQ(rooms.Find(old), nullptr);
  EXPECT_NE(rooms.Create("open/tea", ShardId(0)).value()->id(), old);
}

TEST(ShardLoads, TheNextRoomGoesWhereFewestAre) {
  ShardLoads loads(3);
  EXPECT_EQ(loads.Least(), ShardId(0));
  loads.Add(ShardId(0));
  loads.Add(ShardId(1));
  EXPECT_EQ(loads.Least(), ShardId(2));
  loads.Add(ShardId(2));
  loads.Remove(ShardId(1));
  EXPECT_EQ(loads.Least(), ShardId(1));
}

TEST(ShardLoads, ARoomStaysWhereItIsWhileThereIsTime) {
  ShardLoads loads(3);
  const std::vector<ShardId> home = {ShardId(1)};
  const auto add = [&](int count) {
    for (int i = 0; i < count; ++i) loads.Add(ShardId(1));
  };
  add(50);
  EXPECT_EQ(loads.PlaceIn(home), ShardId(1)) << "nothing is told yet";
  loads.OnLoad(ShardId(1), {.busy_percent = 60});
  EXPECT_EQ(loads.PlaceIn(home), ShardId(1));
  // Each costs 1.2 %, and those who came since are not in what was told.
  add(7);
  EXPECT_EQ(loads.PlaceIn(home), ShardId(1));
  add(1);
  EXPECT_NE(loads.PlaceIn(home), ShardId(1));
  loads.OnLoad(ShardId(1), {.busy_percent = 65});
  EXPECT_EQ(loads.PlaceIn(home), ShardId(1)) << "they cost less than thought";
}

TEST(ShardLoads, BeyondThatItGoesWhereMostTimeIs) {
  ShardLoads loads(3);
  const std::vector<ShardId> home = {ShardId(1)};
  loads.OnLoad(ShardId(0), {.busy_percent = 30});
  loads.OnLoad(ShardId(1), {.busy_percent = 80});
  loads.OnLoad(ShardId(2), {.busy_percent = 20});
  EXPECT_EQ(loads.PlaceIn(home), ShardId(2));
  // Where it is already, that is as good.
  const std::vector<ShardId> both = {ShardId(1), ShardId(0)};
  EXPECT_EQ(loads.PlaceIn(both), ShardId(0));
  loads.OnLoad(ShardId(0), {.busy_percent = 70});
  loads.OnLoad(ShardId(2), {.busy_percent = 65});
  loads.Add(ShardId(0));
  EXPECT_EQ(loads.PlaceIn(home), ShardId(1)) << "nothing is gained elsewhere";
  // What it leaves out it would have to do.
  loads.OnLoad(ShardId(1), {.busy_percent = 60, .shedding = 1});
  EXPECT_EQ(loads.PlaceIn(home), ShardId(2));
}

TEST(ShardLoads, AtZeroPercentEverybodyGoesWhereFewestAre) {
  ShardLoads loads(2, 0);
  const std::vector<ShardId> home = {ShardId(0)};
  EXPECT_EQ(loads.PlaceIn(home), ShardId(0));
  loads.Add(ShardId(0));
  EXPECT_EQ(loads.PlaceIn(home), ShardId(1));
}

}  // namespace
}  // namespace conclave::conference
