// The lobby and the passcode, against clients that do as they like: who is not admitted is in
// nothing, whatever they send.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "conference/limits.h"
#include "signal/close_codes.h"
#include "signal/house.h"
#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using Body = v1::ServerMessage;

const IpAddress kAway = IpAddress::V4(198, 51, 100, 7);

v1::ClientMessage Rules(bool lobby) {
  v1::ClientMessage message;
  message.set_request(3);
  message.mutable_moderate()->mutable_rules()->set_lobby(lobby);
  return message;
}

v1::ClientMessage Admit(std::vector<uint32_t> numbers) {
  v1::ClientMessage message;
  message.set_request(4);
  v1::AdmitWaiting& admit = *message.mutable_moderate()->mutable_admit();
  for (const uint32_t number : numbers) admit.add_waiting(number);
  return message;
}

v1::ClientMessage AdmitAll() {
  v1::ClientMessage message = Admit({});
  message.mutable_moderate()->mutable_admit()->set_all(true);
  return message;
}

v1::ClientMessage Deny(uint32_t number) {
  v1::ClientMessage message;
  message.set_request(5);
  message.mutable_moderate()->mutable_deny()->add_waiting(number);
  return message;
}

v1::ClientMessage Say(const std::string& text, uint32_t waiting = 0) {
  v1::ClientMessage message;
  message.set_request(6);
  message.mutable_lobby_message()->set_waiting(waiting);
  message.mutable_lobby_message()->set_payload(text);
  // What a client says of itself here is not read.
  message.mutable_lobby_message()->set_sender(1);
  return message;
}

v1::ClientMessage SetPasscode(const std::string& passcode) {
  v1::ClientMessage message;
  message.set_request(7);
  message.mutable_moderate()->mutable_set_passcode()->set_passcode(passcode);
  return message;
}

v1::ClientMessage Look(const std::string& room) {
  v1::ClientMessage message;
  message.set_request(8);
  message.mutable_look()->set_room(room);
  return message;
}

class LobbyTest : public ::testing::Test {
 protected:
  ConnectionId Knock(const std::string& knock = "Eve", const std::string& passcode = "",
                     const std::string& room = "open/tea",
                     const std::optional<IpAddress>& from = std::nullopt) {
    const ConnectionId connection = bench_.Connect(from);
    Ask(connection, knock, passcode, room);
    return connection;
  }
  void Ask(ConnectionId connection, const std::string& knock, const std::string& passcode,
           const std::string& room = "open/tea") {
    v1::ClientMessage message = Bench::JoinMessage(room);
    message.mutable_join()->set_knock(knock);
    message.mutable_join()->set_passcode(passcode);
    bench_.Send(connection, message);
    bench_.Stretch();
  }
  Bench::Joined JoinWith(const std::string& pass) {
    const ConnectionId connection = bench_.Connect();
    v1::ClientMessage message = Bench::JoinMessage("open/tea");
    message.mutable_join()->set_pass(pass);
    bench_.Send(connection, message);
    return {connection, bench_.at(connection).messages.at(0).joined()};
  }
  bool IsIn(ConnectionId connection) { return bench_.at(connection).Count(Body::kJoined) == 1; }
  bool Waits(ConnectionId connection) {
    return bench_.at(connection).Count(Body::kWaiting) == 1 && !IsIn(connection);
  }
  uint32_t NumberOf(ConnectionId connection) {
    return bench_.at(connection).All(Body::kWaiting).at(0).waiting().number();
  }
  // Who waits, as this member was told.
  std::vector<uint32_t> Seen(const Bench::Joined& who) {
    std::vector<uint32_t> out;
    for (const auto& message : bench_.at(who.connection).All(Body::kLobby)) {
      if (message.lobby().reset()) out.clear();
      for (const uint32_t left : message.lobby().left()) std::erase(out, left);
      for (const auto& came : message.lobby().came()) out.push_back(came.number());
    }
    return out;
  }
  void MakeCoHost(const Bench::Joined& host, const Bench::Joined& who, v1::Role role) {
    v1::ClientMessage message;
    message.mutable_moderate()->mutable_set_role()->set_participant(who.joined.participant());
    message.mutable_moderate()->mutable_set_role()->set_role(role);
    bench_.Send(host.connection, message);
  }
  void Leave(ConnectionId connection) {
    v1::ClientMessage message;
    message.mutable_leave();
    bench_.Send(connection, message);
  }
  size_t Participants() { return bench_.plane().stats().participants; }

  Bench bench_;
};

TEST_F(LobbyTest, StrangersWaitUntilAHostLetsThemIn) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock("Eve");
  ASSERT_TRUE(Waits(eve));
  EXPECT_EQ(Participants(), 1u);
  const auto news = bench_.at(ada.connection).All(Body::kLobby);
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].lobby().came(0).knock(), "Eve");
  bench_.Send(ada.connection, Admit({NumberOf(eve)}));
  EXPECT_TRUE(IsIn(eve));
  EXPECT_EQ(bench_.at(eve).All(Body::kJoined).at(0).reply_to(), 1u) << "its Join is answered";
  EXPECT_EQ(Participants(), 2u);
  EXPECT_TRUE(Seen(ada).empty());
}

TEST_F(LobbyTest, WhoWaitsIsInNothingWhateverTheySend) {
  const auto ada = bench_.Join();
  const auto bob = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  bench_.Send(ada.connection, Bench::Chat("secret"));
  bench_.AdvanceMs(200);
  EXPECT_EQ(bench_.at(eve).messages.size(), 1u) << "hears nothing of the room";
  for (const auto& act : {Admit({NumberOf(eve)}), AdmitAll(), Bench::Chat("hello"), Rules(false)}) {
    const ConnectionId mallory = Knock();
    bench_.Send(mallory, act);
    EXPECT_FALSE(IsIn(mallory));
    EXPECT_TRUE(bench_.at(mallory).closed());
  }
  // A second Join, even with another room's name, does not get past it.
  const ConnectionId again = Knock();
  Ask(again, "Eve", "");
  EXPECT_TRUE(bench_.at(again).closed());
  EXPECT_TRUE(Waits(eve));
  EXPECT_EQ(Seen(ada), std::vector<uint32_t>{NumberOf(eve)});
  EXPECT_EQ(bench_.at(bob.connection).Count(Body::kLobby), 0u) << "not everybody's business";
  EXPECT_EQ(bench_.at(bob.connection).Count(Body::kRelay), 1u);
}

TEST_F(LobbyTest, ParticipantsDecideNothing) {
  const auto ada = bench_.Join();
  const auto bob = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  bench_.Send(bob.connection, Admit({NumberOf(eve)}));
  bench_.Send(bob.connection, AdmitAll());
  bench_.Send(bob.connection, Deny(NumberOf(eve)));
  bench_.Send(bob.connection, Say("come in", NumberOf(eve)));
  bench_.Send(bob.connection, Rules(false));
  bench_.Send(bob.connection, SetPasscode("mine"));
  EXPECT_EQ(bench_.at(bob.connection).Count(Body::kError), 6u);
  EXPECT_TRUE(Waits(eve));
  EXPECT_EQ(bench_.at(eve).messages.size(), 1u);
}

TEST_F(LobbyTest, NobodyDecidesForAnotherRoom) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  const auto mallory = bench_.Join("open/other");
  bench_.Send(mallory.connection, Admit({NumberOf(eve)}));
  bench_.Send(mallory.connection, AdmitAll());
  bench_.Send(mallory.connection, Deny(NumberOf(eve)));
  bench_.Send(mallory.connection, Say("psst", NumberOf(eve)));
  EXPECT_TRUE(Waits(eve));
  EXPECT_EQ(bench_.at(eve).messages.size(), 1u);
}

TEST_F(LobbyTest, WhoIsDeniedIsToldAndOut) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  bench_.Send(ada.connection, Deny(NumberOf(eve)));
  EXPECT_EQ(bench_.at(eve).error(), v1::ERROR_CODE_DENIED);
  EXPECT_EQ(bench_.at(eve).close_code, kCloseRemoved);
  EXPECT_TRUE(Seen(ada).empty());
  bench_.Send(ada.connection, Deny(NumberOf(eve)));
  EXPECT_EQ(bench_.at(ada.connection).Count(Body::kError), 0u) << "gone already";
}

TEST_F(LobbyTest, AllAreLetInByOneAct) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  const ConnectionId finn = Knock();
  bench_.Send(ada.connection, AdmitAll());
  EXPECT_TRUE(IsIn(eve));
  EXPECT_TRUE(IsIn(finn));
}

TEST_F(LobbyTest, WhoHasBeenInDoesNotWaitAgain) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  bench_.Send(ada.connection, AdmitAll());
  const std::string pass = bench_.at(eve).All(Body::kJoined).at(0).joined().pass();
  Leave(eve);
  const auto back = JoinWith(pass);
  EXPECT_EQ(back.joined.participants_total(), 2u);
  // Nor the host, with nobody there to admit them.
  Leave(back.connection);
  Leave(ada.connection);
  const ConnectionId finn = Knock();
  ASSERT_TRUE(Waits(finn)) << "the room is empty, and its host may come back";
  const auto host = JoinWith(ada.joined.pass());
  EXPECT_EQ(Seen(host), std::vector<uint32_t>{NumberOf(finn)}) << "hears who waits";
}

TEST_F(LobbyTest, WhereNobodyComesBackTheFirstWhoWaitsBeginsAnew) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  Leave(ada.connection);
  for (int i = 0; i < 60; ++i) {
    bench_.Advance(Duration::Seconds(11));
    v1::ClientMessage ping;
    ping.mutable_ping()->set_value(1);
    bench_.Send(eve, ping);
  }
  EXPECT_TRUE(IsIn(eve));
}

TEST_F(LobbyTest, OpeningTheRoomLetsAllIn) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  bench_.Send(ada.connection, Rules(false));
  EXPECT_TRUE(IsIn(eve));
}

TEST_F(LobbyTest, WhoGoesIsNotSeenAnyMore) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  const ConnectionId finn = Knock();
  const ConnectionId gus = Knock();
  bench_.Disconnect(eve);
  Leave(finn);
  EXPECT_EQ(Seen(ada), std::vector<uint32_t>{NumberOf(gus)});
  bench_.Advance(Duration::Seconds(31));
  EXPECT_TRUE(bench_.at(gus).closed()) << "says nothing";
  EXPECT_TRUE(Seen(ada).empty());
}

TEST_F(LobbyTest, NewModeratorsHearWhoWaitsAndFormerOnesForget) {
  const auto ada = bench_.Join();
  const auto bob = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  MakeCoHost(ada, bob, v1::ROLE_CO_HOST);
  EXPECT_EQ(Seen(bob), std::vector<uint32_t>{NumberOf(eve)});
  MakeCoHost(ada, bob, v1::ROLE_PARTICIPANT);
  EXPECT_TRUE(Seen(bob).empty());
  const ConnectionId finn = Knock();
  EXPECT_TRUE(Seen(bob).empty());
  EXPECT_EQ(Seen(ada), (std::vector<uint32_t>{NumberOf(eve), NumberOf(finn)}));
}

TEST_F(LobbyTest, WaitingPeopleAndModeratorsTalk) {
  const auto ada = bench_.Join();
  const auto bob = bench_.Join();
  MakeCoHost(ada, bob, v1::ROLE_CO_HOST);
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  const ConnectionId finn = Knock();
  bench_.Send(eve, Say("it is me", NumberOf(finn)));
  const auto heard = bench_.at(ada.connection).All(Body::kLobbyMessage);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].lobby_message().payload(), "it is me");
  EXPECT_EQ(heard[0].lobby_message().waiting(), NumberOf(eve)) << "nobody speaks for others";
  EXPECT_EQ(heard[0].lobby_message().sender(), 0u);
  bench_.Send(ada.connection, Say("one moment", NumberOf(eve)));
  EXPECT_EQ(bench_.at(eve).All(Body::kLobbyMessage).at(0).lobby_message().sender(),
            ada.joined.participant());
  EXPECT_EQ(bench_.at(bob.connection).Count(Body::kLobbyMessage), 2u);
  EXPECT_EQ(bench_.at(ada.connection).Count(Body::kLobbyMessage), 1u);
  EXPECT_EQ(bench_.at(finn).Count(Body::kLobbyMessage), 0u);
}

TEST_F(LobbyTest, WhatPeopleSayThereHasLimits) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId loud = Knock(std::string(conference::kKnockBytesMax + 1, 'x'));
  EXPECT_EQ(bench_.at(loud).error(), v1::ERROR_CODE_TOO_LARGE);
  const ConnectionId eve = Knock(std::string(conference::kKnockBytesMax, 'x'));
  bench_.Send(eve, Say(std::string(conference::kLobbyMessageBytesMax + 1, 'x')));
  EXPECT_EQ(bench_.at(eve).error(), v1::ERROR_CODE_TOO_LARGE);
  for (int i = 0; i < 60; ++i) bench_.Send(eve, Say("hey"));
  EXPECT_EQ(bench_.at(eve).error(), v1::ERROR_CODE_RATE_LIMITED);
  EXPECT_EQ(bench_.at(ada.connection).Count(Body::kLobbyMessage),
            static_cast<size_t>(conference::kChatRate.burst));
}

TEST_F(LobbyTest, AFullLobbySaysSo) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  for (size_t i = 0; i < conference::kWaitingPerNetworkMax; ++i) Knock("", "", "open/tea", kAway);
  const ConnectionId eve = Knock("", "", "open/tea", kAway);
  EXPECT_EQ(bench_.at(eve).error(), v1::ERROR_CODE_ROOM_FULL);
  EXPECT_TRUE(Waits(Knock()));
}

TEST_F(LobbyTest, AMeetingThatEndsSendsThemHome) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = Knock();
  v1::ClientMessage end;
  end.mutable_moderate()->mutable_end();
  bench_.Send(ada.connection, end);
  EXPECT_EQ(bench_.at(eve).close_code, kCloseEnded);
  EXPECT_EQ(bench_.at(eve).Count(Body::kModerated), 1u);

  const auto host = JoinWith(ada.joined.pass());
  const ConnectionId finn = Knock();
  ASSERT_TRUE(bench_.CloseRooms({"open/tea"}));
  EXPECT_EQ(bench_.at(host.connection).close_code, kCloseEnded);
  EXPECT_TRUE(bench_.at(finn).closed());
}

TEST_F(LobbyTest, TheConfigurationPutsOneInEveryRoom) {
  ControlPlaneConfig config = Bench::DefaultConfig();
  config.lobby = true;
  Bench bench(config);
  const auto ada = bench.Join();
  EXPECT_TRUE(ada.joined.rules().lobby());
  const ConnectionId eve = bench.Connect();
  bench.Send(eve, Bench::JoinMessage("open/tea"));
  EXPECT_EQ(bench.at(eve).Count(Body::kWaiting), 1u);
}

TEST_F(LobbyTest, AnEncryptedRoomHasOneToo) {
  v1::ClientMessage join = Bench::JoinMessage("r/abcdefghijklmnopqrst");
  join.mutable_join()->set_group_protocol(1);
  const ConnectionId ada = bench_.Connect();
  bench_.Send(ada, join);
  ASSERT_TRUE(IsIn(ada));
  bench_.Send(ada, Rules(true));
  const ConnectionId eve = bench_.Connect();
  bench_.Send(eve, join);
  EXPECT_TRUE(Waits(eve));
  // Who waits does not reach the group.
  v1::ClientMessage group;
  group.mutable_group()->mutable_join()->set_pid(std::string(16, 'p'));
  bench_.Send(eve, group);
  EXPECT_TRUE(bench_.at(eve).closed());
  EXPECT_EQ(bench_.at(ada).Count(Body::kGroup), 0u);
}

TEST_F(LobbyTest, WhoLooksSeesWhatAwaitsThemAndIsNotSeen) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, Rules(true));
  const ConnectionId eve = bench_.Connect();
  bench_.Send(eve, Look("open/tea"));
  const v1::Sight sight = bench_.at(eve).messages.at(0).sight();
  EXPECT_EQ(sight.participants(), 1u);
  EXPECT_TRUE(sight.lobby());
  EXPECT_FALSE(sight.passcode());
  EXPECT_FALSE(sight.locked());
  bench_.Send(eve, Look("open/empty"));
  EXPECT_EQ(bench_.at(eve).messages.at(1).sight().participants(), 0u);
  bench_.Send(eve, Look("../etc"));
  EXPECT_EQ(bench_.at(eve).error(), v1::ERROR_CODE_ROOM_NAME_INVALID);
  EXPECT_TRUE(Seen(ada).empty());
  EXPECT_EQ(bench_.plane().stats().rooms, 1u);
}

TEST_F(LobbyTest, APasscodeIsAskedOfStrangersOnly) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, SetPasscode("tea at five"));
  bench_.Stretch();
  EXPECT_TRUE(bench_.at(ada.connection).All(Body::kRules).back().rules().passcode());
  const ConnectionId none = Knock();
  EXPECT_EQ(bench_.at(none).error(), v1::ERROR_CODE_PASSCODE_NEEDED);
  const ConnectionId wrong = Knock("", "tea at six");
  EXPECT_EQ(bench_.at(wrong).error(), v1::ERROR_CODE_PASSCODE_WRONG);
  EXPECT_FALSE(bench_.at(wrong).closed());
  Ask(wrong, "", "tea at five");
  EXPECT_TRUE(IsIn(wrong)) << "on the same connection";
  const std::string pass = bench_.at(wrong).All(Body::kJoined).at(0).joined().pass();
  Leave(wrong);
  EXPECT_EQ(JoinWith(pass).joined.participants_total(), 2u) << "known again";
  bench_.Send(ada.connection, SetPasscode(""));
  EXPECT_TRUE(IsIn(Knock()));
}

TEST_F(LobbyTest, GuessersWait) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, SetPasscode("1234"));
  bench_.Stretch();
  // All at once, before anything is known to be wrong.
  for (int i = 0; i < 50; ++i) {
    const ConnectionId guess = bench_.Connect(kAway);
    v1::ClientMessage message = Bench::JoinMessage("open/tea");
    message.mutable_join()->set_passcode(std::to_string(i));
    bench_.Send(guess, message);
  }
  EXPECT_EQ(bench_.stretches(), 3u);
  bench_.Stretch();
  const ConnectionId right = Knock("", "1234", "open/tea", kAway);
  EXPECT_EQ(bench_.at(right).error(), v1::ERROR_CODE_RATE_LIMITED) << "even the right one";
  EXPECT_TRUE(IsIn(Knock("", "1234"))) << "others may try";
  bench_.AdvanceMs(1000);
  Ask(right, "", "1234");
  EXPECT_TRUE(IsIn(right));
}

TEST_F(LobbyTest, APasscodeThatChangedMeanwhileIsWrong) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, SetPasscode("old"));
  bench_.Stretch();
  const ConnectionId eve = bench_.Connect();
  v1::ClientMessage message = Bench::JoinMessage("open/tea");
  message.mutable_join()->set_passcode("old");
  bench_.Send(eve, message);
  bench_.Send(ada.connection, SetPasscode("new"));
  // Everything that waits to be stretched comes back in another order than it was asked for.
  bench_.StretchBackwards();
  EXPECT_FALSE(IsIn(eve));
  EXPECT_EQ(bench_.at(eve).error(), v1::ERROR_CODE_PASSCODE_WRONG);
}

TEST_F(LobbyTest, WhoIsGoneBeforeItsPasscodeIsKnownIsGone) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, SetPasscode("tea"));
  bench_.Stretch();
  const ConnectionId eve = bench_.Connect();
  v1::ClientMessage message = Bench::JoinMessage("open/tea");
  message.mutable_join()->set_passcode("tea");
  bench_.Send(eve, message);
  bench_.Disconnect(eve);
  bench_.Stretch();
  EXPECT_EQ(Participants(), 1u);
  // Nor does the time of checking let anybody talk to those inside.
  const ConnectionId finn = bench_.Connect();
  bench_.Send(finn, message);
  bench_.Send(finn, Say("hello"));
  EXPECT_EQ(bench_.at(finn).error(), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(bench_.at(ada.connection).Count(Body::kLobbyMessage), 0u);
}

TEST_F(LobbyTest, APasscodeThenTheLobby) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, SetPasscode("tea"));
  bench_.Stretch();
  bench_.Send(ada.connection, Rules(true));
  EXPECT_TRUE(bench_.at(ada.connection).All(Body::kRules).back().rules().passcode());
  EXPECT_EQ(bench_.at(Knock()).error(), v1::ERROR_CODE_PASSCODE_NEEDED);
  EXPECT_TRUE(Waits(Knock("", "tea")));
}

TEST_F(LobbyTest, PasscodesHaveALimit) {
  const auto ada = bench_.Join();
  bench_.Send(ada.connection, SetPasscode(std::string(conference::kPasscodeBytesMax + 1, 'x')));
  EXPECT_EQ(bench_.at(ada.connection).error(), v1::ERROR_CODE_TOO_LARGE);
  bench_.Send(ada.connection, SetPasscode("tea"));
  bench_.Stretch();
  const ConnectionId eve = Knock("", std::string(conference::kPasscodeBytesMax + 1, 'x'));
  EXPECT_EQ(bench_.at(eve).error(), v1::ERROR_CODE_TOO_LARGE);
}

TEST_F(LobbyTest, ALockedRoomHasNoLobby) {
  const auto ada = bench_.Join();
  v1::ClientMessage rules = Rules(true);
  rules.mutable_moderate()->mutable_rules()->set_locked(true);
  bench_.Send(ada.connection, rules);
  EXPECT_EQ(bench_.at(Knock()).error(), v1::ERROR_CODE_ROOM_LOCKED);
  EXPECT_TRUE(Seen(ada).empty());
}

}  // namespace
}  // namespace conclave::signal
