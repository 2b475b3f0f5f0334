#include "conference/relay_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conference/layout.h"
#include "conference/limits.h"

namespace conclave::conference {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Ids = std::vector<ParticipantId>;

Roster People(uint32_t count) {
  Roster roster(count);
  for (uint32_t i = 1; i <= count; ++i) {
    Participant person;
    person.id = ParticipantId(i);
    person.tracks = {{TrackId(i * 10), router::SourceKind::kMicrophone, false, "0"},
                     {TrackId(i * 10 + 1), router::SourceKind::kCamera, false, "1"}};
    EXPECT_TRUE(roster.Add(person).has_value());
  }
  return roster;
}

RelayRequest Chat(Ids to) { return {MessageClass::kChat, ParticipantId(1), std::move(to), 5}; }

Ids ReceiversOf(const RelayRequest& request, const Roster& roster) {
  return std::get<Ids>(CheckRelay(request, roster));
}
Refused RefusalOf(const RelayRequest& request, const Roster& roster) {
  return std::get<Refused>(CheckRelay(request, roster));
}

TEST(RelayRules, NoAddresseeMeansEverybodyElse) {
  EXPECT_THAT(ReceiversOf(Chat({}), People(3)), ElementsAre(ParticipantId(2), ParticipantId(3)));
}

TEST(RelayRules, EachAddresseeOnceAndNeverTheSender) {
  const Ids to = {ParticipantId(3), ParticipantId(1), ParticipantId(3)};
  EXPECT_THAT(ReceiversOf(Chat(to), People(3)), ElementsAre(ParticipantId(3)));
}

TEST(RelayRules, AnAddresseeElsewhereRefusesTheWhole) {
  const Refused refused = RefusalOf(Chat({ParticipantId(2), ParticipantId(9)}), People(3));
  EXPECT_EQ(refused.why, RelayRefusal::kUnknownParticipant);
  EXPECT_EQ(refused.text, "no participant 9 in this room");
}

TEST(RelayRules, SizesAreLimitedByClass) {
  const Roster roster = People(2);
  RelayRequest request = Chat({});
  request.payload_bytes = kRelayedBytesMax;
  EXPECT_EQ(ReceiversOf(request, roster).size(), 1u);
  ++request.payload_bytes;
  EXPECT_EQ(RefusalOf(request, roster).text, "message bytes: 16385 of at most 16384");
  request.message_class = MessageClass::kProfile;
  request.payload_bytes = kProfileBytesMax + 1;
  EXPECT_EQ(RefusalOf(request, roster).why, RelayRefusal::kTooLarge);
}

TEST(RelayRules, AProfileNamesNobodyAndGoesWithTheRoster) {
  RelayRequest request = Chat({});
  request.message_class = MessageClass::kProfile;
  EXPECT_THAT(ReceiversOf(request, People(2)), IsEmpty());
  request.to = {ParticipantId(2)};
  EXPECT_EQ(RefusalOf(request, People(2)).text, "addressees of a profile: 1 of at most 0");
}

TEST(RelayRules, AddresseesAreBounded) {
  const Ids to(kAddresseesMax + 1, ParticipantId(2));
  EXPECT_EQ(RefusalOf(Chat(to), People(2)).why, RelayRefusal::kTooLarge);
}

// The first of four moderates; the last two are in a breakout room.
Roster Divided() {
  Roster roster = People(4);
  roster.SetRole(ParticipantId(1), Role::kCoHost);
  roster.SetBreakout(ParticipantId(3), 1);
  roster.SetBreakout(ParticipantId(4), 1);
  return roster;
}

TEST(RelayRules, WhatPeopleSayStaysInTheirBreakoutRoom) {
  using enum MessageClass;
  for (const MessageClass each : {kChat, kReaction, kDirect, kPoll, kComparison, kBoard}) {
    EXPECT_THAT(ReceiversOf({each, ParticipantId(1), {}, 5}, Divided()),
                ElementsAre(ParticipantId(2)));
    EXPECT_THAT(ReceiversOf({each, ParticipantId(4), {}, 5}, Divided()),
                ElementsAre(ParticipantId(3)));
    const Refused refused =
        RefusalOf({each, ParticipantId(4), {ParticipantId(3), ParticipantId(1)}, 5}, Divided());
    EXPECT_EQ(refused.why, RelayRefusal::kUnknownParticipant);
    EXPECT_EQ(refused.text, "participant 1 is in another breakout room");
  }
}

TEST(RelayRules, WhoIsHereAndWhoRecordsIsForTheWholeMeeting) {
  for (const MessageClass each : {MessageClass::kPresence, MessageClass::kRecording}) {
    EXPECT_EQ(ReceiversOf({each, ParticipantId(4), {}, 5}, Divided()).size(), 3u);
    EXPECT_THAT(ReceiversOf({each, ParticipantId(4), {ParticipantId(1)}, 5}, Divided()),
                ElementsAre(ParticipantId(1)));
  }
}

TEST(RelayRules, OnlyThoseWhoModerateSpeakToAllBreakoutRooms) {
  for (const MessageClass each : {MessageClass::kBroadcast, MessageClass::kModeration}) {
    EXPECT_EQ(ReceiversOf({each, ParticipantId(1), {}, 5}, Divided()).size(), 3u);
    EXPECT_EQ(RefusalOf({each, ParticipantId(2), {}, 5}, Divided()).why, RelayRefusal::kNotAllowed);
  }
}

router::TrackWish Wish(uint32_t track, uint16_t height) {
  router::TrackWish wish;
  wish.track = TrackId(track);
  wish.height_px = height;
  return wish;
}

TEST(Layout, KeepsTheOrderAndDropsWhatCannotBeShown) {
  // A camera, a stranger, a microphone, one's own, the same again, and one that is too high.
  const std::vector<router::TrackWish> wishes = {Wish(31, 720), Wish(99, 720), Wish(20, 720),
                                                 Wish(11, 720), Wish(31, 180), Wish(21, 65000)};
  const auto out = SanitizeWishes(wishes, ParticipantId(1), People(3));
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].track, TrackId(31));
  EXPECT_EQ(out[0].height_px, 720);
  EXPECT_EQ(out[1].track, TrackId(21));
  EXPECT_EQ(out[1].height_px, kWishHeightMax);
}

TEST(Layout, WishesAreBounded) {
  std::vector<router::TrackWish> wishes;
  for (uint32_t i = 2; i <= 200; ++i) wishes.push_back(Wish(i * 10 + 1, 90));
  EXPECT_EQ(SanitizeWishes(wishes, ParticipantId(1), People(200)).size(), kWishesMax);
}

}  // namespace
}  // namespace conclave::conference
