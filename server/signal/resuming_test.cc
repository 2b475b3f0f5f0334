#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signal/close_codes.h"
#include "signal/limits.h"
#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using testing::Wire;
using Body = v1::ServerMessage;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::vector<std::string> ChatsOf(const Wire& wire) {
  std::vector<std::string> out;
  for (const auto& message : wire.All(Body::kRelay)) out.push_back(message.relay().payload());
  return out;
}

TEST(Resume, LosesAndRepeatsNothing) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, Bench::Chat("one"));
  const uint64_t seen = bench.at(bob.connection).last().sequence();
  EXPECT_THAT(ChatsOf(bench.at(bob.connection)), ElementsAre("one"));

  // This one leaves the server, but never arrives.
  bench.Send(ada.connection, Bench::Chat("two"));
  bench.Disconnect(bob.connection);
  bench.Send(ada.connection, Bench::Chat("three"));
  bench.AdvanceMs(500);

  const ConnectionId again = bench.Resume(bob, seen);
  const Wire& wire = bench.at(again);
  EXPECT_EQ(wire.messages.at(0).reply_to(), 7u);
  EXPECT_EQ(wire.messages.at(0).resumed().last_sequence(), seen);
  EXPECT_EQ(wire.messages.at(0).sequence(), 0u);
  EXPECT_THAT(ChatsOf(wire), ElementsAre("two", "three"));
  bench.Send(ada.connection, Bench::Chat("four"));
  EXPECT_THAT(ChatsOf(wire), ElementsAre("two", "three", "four"));
  uint64_t sequence = seen;
  for (size_t i = 1; i < wire.messages.size(); ++i) {
    EXPECT_EQ(wire.messages[i].sequence(), ++sequence);
    EXPECT_FALSE(wire.messages[i].roster().reset());
  }
}

TEST(Resume, MediaIsNotTouchedAndTheOthersSeeAway) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.AdvanceMs(500);
  const size_t commands = bench.commands().size();
  bench.Disconnect(bob.connection);
  bench.AdvanceMs(200);
  EXPECT_TRUE(bench.at(ada.connection).last().roster().changed(0).away());
  const ConnectionId again = bench.Resume(bob, 2);
  bench.AdvanceMs(200);
  EXPECT_FALSE(bench.at(ada.connection).last().roster().changed(0).away());
  EXPECT_EQ(bench.commands().size(), commands);
  bench.AdvanceMs(60'000);
  EXPECT_EQ(bench.plane().stats().participants, 2u);
  EXPECT_FALSE(bench.at(again).closed());
}

TEST(Resume, AShortLossIsNotEvenSeen) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.AdvanceMs(500);
  bench.Disconnect(bob.connection);
  bench.Resume(bob, 1);
  bench.AdvanceMs(200);
  for (const auto& message : bench.at(ada.connection).All(Body::kRoster)) {
    for (const auto& each : message.roster().changed()) EXPECT_FALSE(each.away());
  }
}

TEST(Resume, AfterTheWindowTheParticipantIsGone) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Disconnect(bob.connection);
  bench.AdvanceMs(29'999);
  EXPECT_EQ(bench.plane().stats().participants, 2u);
  bench.AdvanceMs(1);
  EXPECT_EQ(bench.plane().stats().participants, 1u);
  EXPECT_EQ(bench.CommandsOf<router::RemoveParticipant>().at(0).participant, bob.id());
  bench.AdvanceMs(100);
  EXPECT_THAT(bench.at(ada.connection).last().roster().left(),
              ElementsAre(bob.joined.participant()));
  const ConnectionId late = bench.Resume(bob, 1);
  EXPECT_EQ(bench.at(late).error(), v1::ERROR_CODE_RESUME_UNKNOWN);
  EXPECT_EQ(bench.at(late).last().reply_to(), 7u);
  // The connection is still good for a new join.
  bench.Send(late, Bench::JoinMessage("open/tea"));
  EXPECT_EQ(bench.at(late).messages.at(1).body_case(), Body::kJoined);
}

TEST(Resume, ASecondWebSocketTakesOverFromTheFirst) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.AdvanceMs(500);
  const ConnectionId second = bench.Resume(bob, bench.at(bob.connection).last().sequence());
  EXPECT_EQ(bench.at(bob.connection).close_code, kCloseReplaced);
  bench.Disconnect(bob.connection);
  bench.AdvanceMs(60'000);
  EXPECT_EQ(bench.plane().stats().participants, 2u);
  bench.Send(ada.connection, Bench::Chat("hello"));
  EXPECT_THAT(ChatsOf(bench.at(second)), ElementsAre("hello"));
  EXPECT_THAT(ChatsOf(bench.at(bob.connection)), SizeIs(0));
}

TEST(Resume, WhatIsNoLongerKeptComesAsAFreshRoster) {
  Bench bench;
  const auto ada = bench.Join("open/tea", "ada");
  const auto bob = bench.Join("open/tea", "bob");
  bench.AdvanceMs(500);
  const RoomId room = bench.CommandsOf<router::AddParticipant>()[0].room;
  router::SlotAssignment slot;
  slot.slot = SlotId(static_cast<uint16_t>(bob.joined.slots(0).id()));
  slot.track = TrackId(ada.track(0));
  bench.Event(router::SlotsChanged{bob.id(), {slot}});
  bench.Event(router::DominantSpeakerChanged{room, TrackId(ada.track(0))});
  bench.Event(router::LayersWanted{room, {{TrackId(bob.track(1)), 0, 0}}});
  bench.AdvanceMs(200);
  const uint64_t seen = bench.at(bob.connection).last().sequence();
  bench.Disconnect(bob.connection);
  for (size_t i = 0; i < kReplayMessagesMax + 10; ++i) {
    bench.Send(ada.connection, Bench::Chat("more"));
    bench.AdvanceMs(60);
  }
  const ConnectionId again = bench.Resume(bob, seen);
  const auto& messages = bench.at(again).messages;
  ASSERT_GE(messages.size(), 7u);
  EXPECT_GT(messages[0].resumed().last_sequence(), seen);
  EXPECT_EQ(messages[1].sequence(), messages[0].resumed().last_sequence() + 1);
  EXPECT_TRUE(messages[1].roster().reset());
  EXPECT_EQ(messages[1].roster().changed_size(), 2);
  EXPECT_EQ(messages[1].roster().changed(0).profile(), "ada");
  EXPECT_EQ(messages[2].dominant_speaker().track(), ada.track(0));
  EXPECT_THAT(messages[3].common_codecs().video(), ElementsAre("vp8"));
  EXPECT_EQ(messages[4].slots().slots(0).track(), ada.track(0));
  EXPECT_TRUE(messages[5].has_rules());
  EXPECT_EQ(messages[6].wanted_layers().tracks(0).track(), bob.track(1));
  EXPECT_EQ(messages[6].wanted_layers().tracks(0).encodings(), 0u);
  EXPECT_THAT(ChatsOf(bench.at(again)), SizeIs(0));
}

TEST(Resume, AWrongTokenOpensNothing) {
  Bench bench;
  auto ada = bench.Join();
  std::string token = ada.joined.resume_token();
  token.back() = static_cast<char>(token.back() ^ 1);
  ada.joined.set_resume_token(token);
  EXPECT_EQ(bench.at(bench.Resume(ada, 1)).error(), v1::ERROR_CODE_RESUME_UNKNOWN);
  ada.joined.set_resume_token("");
  EXPECT_EQ(bench.at(bench.Resume(ada, 1)).error(), v1::ERROR_CODE_RESUME_UNKNOWN);
  EXPECT_FALSE(bench.at(ada.connection).closed());
}

TEST(Resume, TheOthersMissNothingWhenManyComeBackAtOnce) {
  Bench bench;
  std::vector<Bench::Joined> people;
  for (int i = 0; i < 50; ++i) people.push_back(bench.Join());
  bench.AdvanceMs(500);
  std::vector<uint64_t> seen;
  for (const auto& each : people) seen.push_back(bench.at(each.connection).last().sequence());
  for (const auto& each : people) bench.Disconnect(each.connection);
  bench.AdvanceMs(1000);
  for (size_t i = 0; i < people.size(); ++i) {
    people[i].connection = bench.Resume(people[i], seen[i]);
  }
  bench.AdvanceMs(200);
  bench.Send(people[0].connection, Bench::Chat("all here?"));
  for (size_t i = 1; i < people.size(); ++i) {
    const Wire& wire = bench.at(people[i].connection);
    EXPECT_THAT(ChatsOf(wire), ElementsAre("all here?"));
    EXPECT_LE(wire.messages.size(), 6u);
    uint64_t sequence = seen[i];
    for (size_t k = 1; k < wire.messages.size(); ++k) {
      EXPECT_EQ(wire.messages[k].sequence(), ++sequence);
    }
  }
}

}  // namespace
}  // namespace conclave::signal
