// Passcodes by whoever runs the server, against clients that do as they like; lobby_test.cc has
// those of moderators.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "signal/passcode_text.h"
#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using Body = v1::ServerMessage;

const IpAddress kAway = IpAddress::V4(198, 51, 100, 7);

RoomPasscode Fixed(std::string_view rooms, std::string_view passcode, uint8_t salt) {
  Passcode out;
  out.salt = {salt};
  out.key = *Stretch(passcode, out.salt);
  return {*RoomPattern::Parse(rooms), out};
}

// The first that fits is the one.
ControlPlaneConfig Guarded() {
  ControlPlaneConfig config = Bench::DefaultConfig();
  config.passcodes = {Fixed("open/staff-board", "board", 1), Fixed("open/staff-*", "staff", 2)};
  return config;
}

class FixedPasscodeTest : public ::testing::Test {
 protected:
  v1::ClientMessage JoinMessage(const std::string& room, const std::string& passcode,
                                const std::string& pass = "") {
    v1::ClientMessage message = Bench::JoinMessage(room);
    message.mutable_join()->set_passcode(passcode);
    message.mutable_join()->set_pass(pass);
    return message;
  }
  ConnectionId Join(const std::string& room, const std::string& passcode,
                    const std::string& pass = "",
                    const std::optional<IpAddress>& from = std::nullopt) {
    const ConnectionId connection = bench_.Connect(from);
    bench_.Send(connection, JoinMessage(room, passcode, pass));
    bench_.Stretch();
    return connection;
  }
  bool IsIn(ConnectionId connection) { return bench_.at(connection).Count(Body::kJoined) == 1; }
  v1::ErrorCode ErrorOf(ConnectionId connection) { return bench_.at(connection).error(); }
  v1::Joined JoinedOf(ConnectionId connection) {
    return bench_.at(connection).All(Body::kJoined).at(0).joined();
  }
  v1::Sight Look(const std::string& room) {
    const ConnectionId connection = bench_.Connect();
    v1::ClientMessage message;
    message.mutable_look()->set_room(room);
    bench_.Send(connection, message);
    return bench_.at(connection).last().sight();
  }

  Bench bench_{Guarded()};
};

TEST_F(FixedPasscodeTest, TheFirstWhoComesIsAsked) {
  EXPECT_TRUE(Look("open/staff-monday").passcode());
  EXPECT_EQ(ErrorOf(Join("open/staff-monday", "")), v1::ERROR_CODE_PASSCODE_NEEDED);
  EXPECT_EQ(ErrorOf(Join("open/staff-monday", "tea")), v1::ERROR_CODE_PASSCODE_WRONG);
  EXPECT_EQ(bench_.plane().stats().rooms, 0u) << "asking made no room";
  const ConnectionId ada = Join("open/staff-monday", "staff");
  ASSERT_TRUE(IsIn(ada));
  EXPECT_TRUE(JoinedOf(ada).rules().passcode());
  EXPECT_TRUE(JoinedOf(ada).rules().passcode_fixed());
  EXPECT_EQ(ErrorOf(Join("open/staff-monday", "")), v1::ERROR_CODE_PASSCODE_NEEDED);
  EXPECT_TRUE(IsIn(Join("open/staff-monday", "staff")));
}

TEST_F(FixedPasscodeTest, NoSpellingGoesAroundIt) {
  EXPECT_EQ(ErrorOf(Join("open/Staff-Monday", "")), v1::ERROR_CODE_PASSCODE_NEEDED);
  EXPECT_EQ(ErrorOf(Join("open/STAFF-", "")), v1::ERROR_CODE_PASSCODE_NEEDED);
  EXPECT_EQ(ErrorOf(Join("open/%73taff-monday", "")), v1::ERROR_CODE_ROOM_NAME_INVALID);
  EXPECT_FALSE(Look("open/tea").passcode());
  EXPECT_TRUE(IsIn(Join("open/tea", ""))) << "others are as they were";
}

TEST_F(FixedPasscodeTest, TheFirstThatFitsIsAsked) {
  EXPECT_EQ(ErrorOf(Join("open/staff-board", "staff")), v1::ERROR_CODE_PASSCODE_WRONG);
  EXPECT_TRUE(IsIn(Join("open/staff-board", "board")));
}

TEST_F(FixedPasscodeTest, NobodyInTheRoomChangesIt) {
  const ConnectionId ada = Join("open/staff-monday", "staff");
  for (const char* passcode : {"", "mine"}) {
    v1::ClientMessage message;
    message.mutable_moderate()->mutable_set_passcode()->set_passcode(passcode);
    bench_.Send(ada, message);
    EXPECT_EQ(ErrorOf(ada), v1::ERROR_CODE_NOT_ALLOWED);
  }
  // Nor do rules say otherwise.
  v1::ClientMessage rules;
  rules.mutable_moderate()->mutable_rules()->set_lobby(false);
  rules.mutable_moderate()->mutable_rules()->set_passcode_fixed(false);
  bench_.Send(ada, rules);
  bench_.Stretch();
  EXPECT_EQ(ErrorOf(Join("open/staff-monday", "mine")), v1::ERROR_CODE_PASSCODE_WRONG);
}

TEST_F(FixedPasscodeTest, WhoHasBeenInIsNotAskedAgainAndOnlyThere) {
  const ConnectionId ada = Join("open/staff-monday", "staff");
  const ConnectionId bob = Join("open/staff-monday", "staff");
  const std::string pass = JoinedOf(bob).pass();
  v1::ClientMessage leave;
  leave.mutable_leave();
  bench_.Send(bob, leave);
  EXPECT_TRUE(IsIn(Join("open/staff-monday", "", pass)));
  EXPECT_EQ(ErrorOf(Join("open/staff-tuesday", "", pass)), v1::ERROR_CODE_PASSCODE_NEEDED);
  EXPECT_TRUE(IsIn(ada));
}

// Each made-up room would be three more tries.
TEST_F(FixedPasscodeTest, GuessesCountForAllRoomsThatShareIt) {
  for (int i = 0; i < 20; ++i) {
    const ConnectionId guess = bench_.Connect(kAway);
    bench_.Send(guess, JoinMessage("open/staff-" + std::to_string(i), std::to_string(i)));
  }
  EXPECT_EQ(bench_.stretches(), 3u);
  bench_.Stretch();
  EXPECT_EQ(ErrorOf(Join("open/staff-new", "staff", "", kAway)), v1::ERROR_CODE_RATE_LIMITED);
  EXPECT_TRUE(IsIn(Join("open/staff-board", "board", "", kAway))) << "another passcode";
  EXPECT_TRUE(IsIn(Join("open/staff-new", "staff"))) << "others may try";
  EXPECT_EQ(bench_.plane().stats().rooms, 2u);
}

TEST_F(FixedPasscodeTest, OthersTakeTheirPlaceAndWhoIsInStays) {
  const ConnectionId ada = Join("open/staff-monday", "staff");
  const ConnectionId tea = Join("open/tea", "");
  bench_.ReplacePasscodes({Fixed("open/tea", "tea", 3), Fixed("open/staff-*", "new", 4)});
  EXPECT_FALSE(bench_.at(ada).closed());
  EXPECT_FALSE(bench_.at(tea).closed());
  EXPECT_TRUE(bench_.at(tea).last().rules().passcode_fixed()) << "its people are told";
  EXPECT_EQ(bench_.at(ada).Count(Body::kRules), 0u) << "for them nothing has changed";
  EXPECT_EQ(ErrorOf(Join("open/staff-monday", "staff")), v1::ERROR_CODE_PASSCODE_WRONG);
  EXPECT_TRUE(IsIn(Join("open/staff-monday", "new")));
  EXPECT_EQ(ErrorOf(Join("open/tea", "")), v1::ERROR_CODE_PASSCODE_NEEDED);
  bench_.ReplacePasscodes({});
  EXPECT_FALSE(bench_.at(tea).last().rules().passcode_fixed());
  EXPECT_TRUE(IsIn(Join("open/tea", "")));
  EXPECT_TRUE(IsIn(Join("open/staff-board", "")));
}

TEST_F(FixedPasscodeTest, WhoIsBeingAskedMeanwhileIsAskedForTheNewOne) {
  const ConnectionId ada = bench_.Connect();
  bench_.Send(ada, JoinMessage("open/staff-monday", "staff"));
  bench_.ReplacePasscodes({Fixed("open/staff-*", "new", 4)});
  bench_.Stretch();
  EXPECT_EQ(ErrorOf(ada), v1::ERROR_CODE_PASSCODE_WRONG);
  bench_.Send(ada, JoinMessage("open/staff-monday", "new"));
  bench_.ReplacePasscodes({});
  bench_.Stretch();
  EXPECT_TRUE(IsIn(ada)) << "nothing is asked any more";
}

TEST_F(FixedPasscodeTest, AttemptsAreNotForgottenWhenAnotherIsSet) {
  int allowed = 0;
  while (ErrorOf(Join("open/staff-monday", "tea")) == v1::ERROR_CODE_PASSCODE_WRONG) ++allowed;
  ASSERT_GT(allowed, 0);
  bench_.ReplacePasscodes({Fixed("open/staff-*", "new", 4)});
  EXPECT_EQ(ErrorOf(Join("open/staff-monday", "tea")), v1::ERROR_CODE_RATE_LIMITED);
}

}  // namespace
}  // namespace conclave::signal
