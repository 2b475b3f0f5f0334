// Breakout rooms against clients that do as they like: whatever they send, the server decides who
// opens them, who goes where, and what crosses.
#include "signal/breakouts.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using Body = v1::ServerMessage;
using Placing = std::pair<uint32_t, uint32_t>;

v1::ClientMessage Request() {
  v1::ClientMessage message;
  message.set_request(5);
  return message;
}

template <typename Places>
void Fill(Places& out, const std::vector<Placing>& places) {
  for (const auto& [participant, breakout] : places) {
    v1::BreakoutPlace& place = *out.Add();
    place.set_participant(participant);
    place.set_breakout(breakout);
  }
}

v1::ClientMessage Open(int rooms, const std::vector<Placing>& places = {}) {
  v1::ClientMessage message = Request();
  v1::OpenBreakouts& open = *message.mutable_moderate()->mutable_open_breakouts();
  for (int i = 1; i <= rooms; ++i) open.add_names("sealed name " + std::to_string(i));
  Fill(*open.mutable_places(), places);
  return message;
}

v1::ClientMessage MoveThem(const std::vector<Placing>& places) {
  v1::ClientMessage message = Request();
  Fill(*message.mutable_moderate()->mutable_move()->mutable_places(), places);
  return message;
}

v1::ClientMessage Extend(uint32_t seconds) {
  v1::ClientMessage message = Request();
  message.mutable_moderate()->mutable_extend_breakouts()->set_seconds(seconds);
  return message;
}

v1::ClientMessage Close() {
  v1::ClientMessage message = Request();
  message.mutable_moderate()->mutable_close_breakouts();
  return message;
}

v1::ClientMessage Go(uint32_t breakout) {
  v1::ClientMessage message = Request();
  message.mutable_go_to_breakout()->set_breakout(breakout);
  return message;
}

v1::ClientMessage Help(bool wanted) {
  v1::ClientMessage message = Request();
  message.mutable_ask_for_help()->set_wanted(wanted);
  return message;
}

v1::ClientMessage Say(v1::MessageClass message_class, const std::string& text) {
  v1::ClientMessage message = Bench::Chat(text);
  message.mutable_relay()->set_class_(message_class);
  return message;
}

// Ada is the host; Bob, Cleo and Dan are not.
class BreakoutTest : public ::testing::Test {
 protected:
  uint32_t NumberOf(const Bench::Joined& who) const { return who.joined.participant(); }
  // As everybody was told last.
  v1::Participant Shown(const Bench::Joined& who) {
    bench.AdvanceMs(200);
    v1::Participant shown;
    for (const auto& message : bench.at(ada.connection).messages) {
      const auto& page =
          message.has_joined() ? message.joined().roster() : message.roster().changed();
      for (const auto& participant : page) {
        if (participant.id() == NumberOf(who)) shown = participant;
      }
    }
    return shown;
  }
  uint32_t RoomOf(const Bench::Joined& who) { return Shown(who).breakout(); }
  // Whom the shard lets hear each other: the audience that it was told last.
  RoomId AudienceOf(const Bench::Joined& who) {
    RoomId audience;
    for (const ShardCommand& each : bench.commands()) {
      const auto* add = std::get_if<router::AddParticipant>(&each.command);
      if (add && add->participant == who.id()) audience = add->room;
      const auto* move = std::get_if<router::MoveParticipant>(&each.command);
      if (move && move->participant == who.id()) audience = move->room;
    }
    return audience;
  }
  bool Hear(const Bench::Joined& one, const Bench::Joined& other) {
    return AudienceOf(one) == AudienceOf(other);
  }
  void Send(const Bench::Joined& who, const v1::ClientMessage& message) {
    bench.Send(who.connection, message);
  }
  // What the last message to them refuses; unspecified: it refuses nothing.
  v1::ErrorCode Refused(const Bench::Joined& who, const v1::ClientMessage& message) {
    const size_t before = bench.at(who.connection).Count(Body::kError);
    Send(who, message);
    const auto errors = bench.at(who.connection).All(Body::kError);
    return errors.size() == before ? v1::ERROR_CODE_UNSPECIFIED : errors.back().error().code();
  }
  v1::Breakouts Told(const Bench::Joined& who) {
    const auto told = bench.at(who.connection).All(Body::kBreakouts);
    return told.empty() ? who.joined.breakouts() : told.back().breakouts();
  }
  size_t Heard(const Bench::Joined& who) { return bench.at(who.connection).Count(Body::kRelay); }
  void MakeCoHost(const Bench::Joined& who) {
    v1::ClientMessage message = Request();
    message.mutable_moderate()->mutable_set_role()->set_participant(NumberOf(who));
    message.mutable_moderate()->mutable_set_role()->set_role(v1::ROLE_CO_HOST);
    Send(ada, message);
  }
  void OpenForBobAndCleo() { Send(ada, Open(2, {{NumberOf(bob), 1}, {NumberOf(cleo), 2}})); }

  Bench bench;
  Bench::Joined ada = bench.Join();
  Bench::Joined bob = bench.Join();
  Bench::Joined cleo = bench.Join();
  Bench::Joined dan = bench.Join();
};

TEST_F(BreakoutTest, TheHostDividesTheMeetingAndBringsItBack) {
  OpenForBobAndCleo();
  EXPECT_TRUE(Told(dan).open());
  ASSERT_EQ(Told(dan).names_size(), 2);
  EXPECT_EQ(Told(dan).names(1), "sealed name 2");
  EXPECT_EQ(RoomOf(bob), 1u);
  EXPECT_EQ(RoomOf(cleo), 2u);
  EXPECT_EQ(RoomOf(dan), 0u);
  EXPECT_FALSE(Hear(bob, cleo) || Hear(bob, ada) || Hear(cleo, ada));
  EXPECT_TRUE(Hear(ada, dan));
  Send(ada, MoveThem({{NumberOf(dan), 1}, {NumberOf(ada), 1}}));
  EXPECT_TRUE(Hear(ada, dan) && Hear(ada, bob));
  Send(ada, Close());
  EXPECT_FALSE(Told(bob).open());
  for (const auto* who : {&ada, &bob, &cleo, &dan}) {
    EXPECT_EQ(RoomOf(*who), 0u);
    EXPECT_TRUE(Hear(ada, *who));
    // The connection is the one that it was: nobody was added anew or taken out.
    EXPECT_FALSE(bench.at(who->connection).closed());
  }
  EXPECT_EQ(bench.CommandsOf<router::AddParticipant>().size(), 4u);
  EXPECT_TRUE(bench.CommandsOf<router::RemoveParticipant>().empty());
}

TEST_F(BreakoutTest, WhoDoesNotModerateOpensMovesExtendsAndClosesNothing) {
  for (const auto& message : {Open(1), MoveThem({{NumberOf(bob), 1}}), Extend(60), Close()}) {
    EXPECT_EQ(Refused(bob, message), v1::ERROR_CODE_NOT_ALLOWED);
  }
  OpenForBobAndCleo();
  for (const auto& message : {Open(1), MoveThem({{NumberOf(bob), 2}}),
                              MoveThem({{NumberOf(ada), 1}}), Extend(1), Close()}) {
    EXPECT_EQ(Refused(bob, message), v1::ERROR_CODE_NOT_ALLOWED);
  }
  EXPECT_EQ(RoomOf(bob), 1u);
  EXPECT_EQ(RoomOf(ada), 0u);
  EXPECT_TRUE(Told(bob).open());
  EXPECT_FALSE(bench.at(bob.connection).closed());
}

TEST_F(BreakoutTest, NobodyGoesWhereTheyMayNot) {
  EXPECT_EQ(Refused(bob, Go(1)), v1::ERROR_CODE_NOT_ALLOWED);
  OpenForBobAndCleo();
  EXPECT_EQ(Refused(bob, Go(2)), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(Refused(bob, Go(0)), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(Refused(dan, Go(1)), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(RoomOf(bob), 1u);
  EXPECT_FALSE(Hear(bob, cleo) || Hear(bob, ada) || Hear(dan, bob));
  // Hosts go everywhere, but for where there is nothing.
  EXPECT_EQ(Refused(ada, Go(2)), v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_TRUE(Hear(ada, cleo));
  EXPECT_EQ(Refused(ada, Go(3)), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(Refused(ada, Go(4294967295)), v1::ERROR_CODE_NOT_ALLOWED);
}

TEST_F(BreakoutTest, ChoosingAndReturningAreAllowedOneByOne) {
  v1::ClientMessage open = Open(2, {{NumberOf(bob), 1}});
  open.mutable_moderate()->mutable_open_breakouts()->set_choose(true);
  Send(ada, open);
  EXPECT_EQ(Refused(bob, Go(2)), v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_EQ(Refused(bob, Go(0)), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(RoomOf(bob), 2u);
  Send(ada, Close());

  open = Open(2, {{NumberOf(cleo), 1}});
  open.mutable_moderate()->mutable_open_breakouts()->set_may_return(true);
  Send(ada, open);
  EXPECT_EQ(Refused(cleo, Go(2)), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(Refused(cleo, Go(0)), v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_TRUE(Hear(cleo, ada));
}

TEST_F(BreakoutTest, WanderingIsRateLimited) {
  v1::ClientMessage open = Open(2);
  open.mutable_moderate()->mutable_open_breakouts()->set_choose(true);
  Send(ada, open);
  for (uint32_t i = 0; i < 20; ++i) Send(bob, Go(1 + i % 2));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_RATE_LIMITED);
  EXPECT_LE(bench.CommandsOf<router::MoveParticipant>().size(), 6u);
}

TEST_F(BreakoutTest, CoHostsDoNotMoveHosts) {
  MakeCoHost(bob);
  EXPECT_EQ(Refused(bob, Open(1, {{NumberOf(cleo), 1}, {NumberOf(ada), 1}})),
            v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_FALSE(Told(cleo).open());
  EXPECT_EQ(Refused(bob, Open(1, {{NumberOf(cleo), 1}, {NumberOf(bob), 1}})),
            v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_TRUE(Hear(bob, cleo));
  EXPECT_EQ(Refused(bob, MoveThem({{NumberOf(ada), 1}})), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_FALSE(Hear(ada, bob));
}

TEST_F(BreakoutTest, NonsenseChangesNothing) {
  EXPECT_EQ(Refused(ada, Open(0)), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(Refused(ada, Open(31)), v1::ERROR_CODE_TOO_LARGE);
  v1::ClientMessage open = Open(1);
  open.mutable_moderate()->mutable_open_breakouts()->set_names(0, std::string(321, 'x'));
  EXPECT_EQ(Refused(ada, open), v1::ERROR_CODE_TOO_LARGE);
  EXPECT_EQ(Refused(ada, Open(1, {{NumberOf(bob), 2}})), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_FALSE(Told(bob).open());
  EXPECT_EQ(RoomOf(bob), 0u);
  // Of somebody who has left, or is in another meeting.
  const auto eve = bench.Join("open/coffee");
  EXPECT_EQ(Refused(ada, Open(1, {{999, 1}, {NumberOf(eve), 1}, {NumberOf(bob), 1}})),
            v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_EQ(Refused(ada, Open(1)), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(RoomOf(bob), 1u);
  EXPECT_FALSE(Hear(eve, bob));
  EXPECT_EQ(bench.CommandsOf<router::MoveParticipant>().size(), 1u);
}

TEST_F(BreakoutTest, WhatIsSaidStaysButForWhatHostsSayToAll) {
  OpenForBobAndCleo();
  Send(ada, MoveThem({{NumberOf(dan), 1}}));
  Send(bob, Bench::Chat("among us"));
  EXPECT_EQ(Heard(dan), 1u);
  EXPECT_EQ(Heard(ada) + Heard(cleo), 0u);
  EXPECT_EQ(Refused(bob, Bench::Chat("psst", {NumberOf(cleo)})),
            v1::ERROR_CODE_UNKNOWN_PARTICIPANT);
  EXPECT_EQ(Heard(cleo), 0u);
  EXPECT_EQ(Refused(bob, Say(v1::MESSAGE_CLASS_BROADCAST, "hear me")), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(Heard(cleo), 0u);
  Send(ada, Say(v1::MESSAGE_CLASS_BROADCAST, "five more minutes"));
  EXPECT_EQ(Heard(bob), 1u);
  EXPECT_EQ(Heard(cleo), 1u);
  EXPECT_EQ(Heard(dan), 2u);
  Send(cleo, Say(v1::MESSAGE_CLASS_PRESENCE, "my hand is up"));
  EXPECT_EQ(Heard(ada), 1u);
}

TEST_F(BreakoutTest, WhoSpeaksAndHowLoudIsTheirOwnMatter) {
  OpenForBobAndCleo();
  const RoomId first = AudienceOf(bob);
  bench.Event(
      router::AudioLevels{first, {{TrackId(bob.track(0)), 20}, {TrackId(cleo.track(0)), 25}}});
  const auto levels = bench.at(bob.connection).All(Body::kLevels);
  ASSERT_EQ(levels.size(), 1u);
  // What was said of Cleo before she went elsewhere is dropped.
  ASSERT_EQ(levels[0].levels().tracks_size(), 1);
  EXPECT_EQ(levels[0].levels().tracks(0), bob.track(0));
  EXPECT_EQ(bench.at(cleo.connection).Count(Body::kLevels), 0u);
  EXPECT_EQ(bench.at(ada.connection).Count(Body::kLevels), 0u);

  const size_t before = bench.at(ada.connection).Count(Body::kDominantSpeaker);
  bench.Event(router::DominantSpeakerChanged{first, TrackId(bob.track(0))});
  bench.AdvanceMs(200);
  EXPECT_EQ(bench.at(bob.connection).All(Body::kDominantSpeaker).back().dominant_speaker().track(),
            bob.track(0));
  EXPECT_EQ(bench.at(ada.connection).Count(Body::kDominantSpeaker), before);
  // Who comes is told.
  Send(ada, Go(1));
  EXPECT_EQ(bench.at(ada.connection).All(Body::kDominantSpeaker).back().dominant_speaker().track(),
            bob.track(0));
}

TEST_F(BreakoutTest, TheServersClockEndsThem) {
  v1::ClientMessage open = Open(1, {{NumberOf(bob), 1}});
  open.mutable_moderate()->mutable_open_breakouts()->set_seconds(60);
  Send(ada, open);
  EXPECT_EQ(Told(bob).remaining_ms(), 60'000u);
  bench.Advance(Duration::Seconds(50));
  Send(ada, Extend(30));
  EXPECT_EQ(Told(bob).remaining_ms(), 30'000u);
  bench.Advance(Duration::Seconds(29));
  EXPECT_EQ(RoomOf(bob), 1u);
  bench.Advance(Duration::Seconds(1));
  EXPECT_FALSE(Told(bob).open());
  EXPECT_EQ(RoomOf(bob), 0u);
  EXPECT_TRUE(Hear(ada, bob));
  EXPECT_EQ(Refused(ada, Extend(60)), v1::ERROR_CODE_NOT_ALLOWED);
}

TEST_F(BreakoutTest, NobodyLosesTheWayByComingLateOrBack) {
  v1::ClientMessage open = Open(2, {{NumberOf(bob), 2}});
  open.mutable_moderate()->mutable_open_breakouts()->set_seconds(600);
  Send(ada, open);
  bench.Advance(Duration::Seconds(100));
  const auto eve = bench.Join();
  EXPECT_TRUE(eve.joined.breakouts().open());
  EXPECT_EQ(eve.joined.breakouts().remaining_ms(), 500'000u);
  EXPECT_TRUE(Hear(eve, ada));
  // Bob loses the WebSocket, and is told anew how long it lasts.
  bench.Disconnect(bob.connection);
  bench.Advance(Duration::Seconds(10));
  const ConnectionId resumed = bench.Resume(bob, 1);
  EXPECT_EQ(bench.at(resumed).All(Body::kBreakouts).back().breakouts().remaining_ms(), 490'000u);
  // Then he reloads the page.
  bench.Disconnect(resumed);
  v1::ClientMessage join = Bench::JoinMessage("open/tea");
  join.mutable_join()->set_pass(bob.joined.pass());
  const ConnectionId again = bench.Connect();
  bench.Send(again, join);
  const Bench::Joined back{again, bench.at(again).messages.at(0).joined()};
  EXPECT_EQ(RoomOf(back), 2u);
  EXPECT_FALSE(Hear(back, ada));
  Send(ada, Close());
  EXPECT_TRUE(Hear(back, ada));
}

TEST_F(BreakoutTest, HelpIsAskedForAndComes) {
  EXPECT_EQ(Refused(bob, Help(true)), v1::ERROR_CODE_NOT_ALLOWED);
  OpenForBobAndCleo();
  Send(bob, Help(true));
  EXPECT_TRUE(Shown(bob).wants_help());
  Send(bob, Help(false));
  EXPECT_FALSE(Shown(bob).wants_help());
  Send(bob, Help(true));
  Send(ada, Go(2));
  EXPECT_TRUE(Shown(bob).wants_help());
  Send(ada, Go(1));
  EXPECT_FALSE(Shown(bob).wants_help());
}

TEST_F(BreakoutTest, MutingAllIsForTheRoomWhereOneIs) {
  OpenForBobAndCleo();
  Send(ada, Go(1));
  v1::ClientMessage silence = Request();
  silence.mutable_moderate()->mutable_silence()->add_sources(v1::SOURCE_KIND_MICROPHONE);
  Send(ada, silence);
  const auto muted = bench.CommandsOf<router::SetTrackMuted>();
  ASSERT_EQ(muted.size(), 1u);
  EXPECT_EQ(muted[0].track.value(), bob.track(0));
}

TEST_F(BreakoutTest, TheyEndWithTheMeeting) {
  v1::ClientMessage open = Open(1, {{NumberOf(bob), 1}});
  open.mutable_moderate()->mutable_open_breakouts()->set_seconds(60);
  Send(ada, open);
  for (const auto* who : {&bob, &cleo, &dan, &ada}) {
    v1::ClientMessage leave;
    leave.mutable_leave();
    Send(*who, leave);
  }
  v1::ClientMessage join = Bench::JoinMessage("open/tea");
  join.mutable_join()->set_pass(ada.joined.pass());
  const ConnectionId again = bench.Connect();
  bench.Send(again, join);
  EXPECT_FALSE(bench.at(again).messages.at(0).joined().breakouts().open());
  bench.Advance(Duration::Seconds(120));
  EXPECT_EQ(bench.at(again).Count(Body::kBreakouts), 0u);
}

}  // namespace
}  // namespace conclave::signal
