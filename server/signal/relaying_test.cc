// Files and reserved messages, as a client sees them that does not keep to what it is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conference/limits.h"
#include "signal/close_codes.h"
#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using Body = v1::ServerMessage;

constexpr size_t kPartBytes = 12 * 1024;

v1::ClientMessage Say(v1::MessageClass message_class, size_t bytes, std::vector<uint32_t> to = {}) {
  v1::ClientMessage message = Bench::Chat(std::string(bytes, 'x'), std::move(to));
  message.mutable_relay()->set_class_(message_class);
  return message;
}
v1::ClientMessage File(size_t bytes, std::vector<uint32_t> to = {}) {
  return Say(v1::MESSAGE_CLASS_FILE, bytes, std::move(to));
}
v1::ClientMessage Reserve(std::vector<v1::MessageClass> classes) {
  v1::ClientMessage message;
  v1::RoomRules& rules = *message.mutable_moderate()->mutable_rules();
  for (const v1::MessageClass each : classes) rules.add_reserved_messages(each);
  return message;
}

struct Three {
  explicit Three(ControlPlaneConfig config = Bench::DefaultConfig())
      : bench(std::move(config)), host(bench.Join()), bob(bench.Join()), cyd(bench.Join()) {
    bench.AdvanceMs(500);
  }
  uint32_t Id(const Bench::Joined& who) const { return who.joined.participant(); }
  size_t Got(const Bench::Joined& who) { return bench.at(who.connection).Count(Body::kRelay); }
  v1::ErrorCode Error(const Bench::Joined& who) { return bench.at(who.connection).error(); }

  Bench bench;
  Bench::Joined host, bob, cyd;
};

TEST(Files, APartGoesToWhoeverAskedForItAndToNobodyElse) {
  Three room;
  room.bench.Send(room.bob.connection, File(kPartBytes, {room.Id(room.cyd)}));
  EXPECT_EQ(room.Error(room.bob), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(room.Got(room.cyd), 0u);

  room.bench.Send(room.cyd.connection, File(300, {room.Id(room.bob)}));
  EXPECT_EQ(room.Got(room.bob), 1u);
  room.bench.Send(room.bob.connection, File(kPartBytes, {room.Id(room.cyd)}));
  EXPECT_EQ(room.Got(room.cyd), 1u);
  EXPECT_EQ(room.Got(room.host), 0u);
  // Who was asked may send, not whoever asks.
  room.bench.Send(room.cyd.connection, File(kPartBytes, {room.Id(room.bob)}));
  EXPECT_EQ(room.Error(room.cyd), v1::ERROR_CODE_NOT_ALLOWED);
}

TEST(Files, AFloodOfPartsEndsWithWhatWasAskedFor) {
  Three room;
  room.bench.Send(room.cyd.connection, File(300, {room.Id(room.bob)}));
  for (int i = 0; i < 40; ++i) {
    room.bench.Send(room.bob.connection, File(kPartBytes, {room.Id(room.cyd)}));
  }
  EXPECT_EQ(room.Got(room.cyd), conference::kFileCreditBytes / kPartBytes);
  EXPECT_FALSE(room.bench.at(room.cyd.connection).closed());
}

TEST(Files, NoPartGoesToAllOrToSome) {
  Three room;
  room.bench.Send(room.cyd.connection, File(300, {room.Id(room.bob)}));
  for (const auto& to :
       std::vector<std::vector<uint32_t>>{{}, {room.Id(room.cyd), room.Id(room.host)}}) {
    room.bench.Send(room.bob.connection, File(conference::kFileWordBytesMax + 1, to));
    EXPECT_EQ(room.Error(room.bob), v1::ERROR_CODE_TOO_LARGE);
  }
  EXPECT_EQ(room.Got(room.cyd), 0u);
  EXPECT_EQ(room.Got(room.host), 0u);
}

TEST(Files, PartsAreNotRepeatedSoThatTheyPushNothingOut) {
  Three room;
  room.bench.Send(room.cyd.connection, File(300, {room.Id(room.bob)}));
  room.bench.Send(room.bob.connection, Bench::Chat("kept", {room.Id(room.cyd)}));
  const uint64_t before = room.bench.at(room.cyd.connection).last().sequence();
  for (int i = 0; i < 4; ++i) {
    room.bench.Send(room.bob.connection, File(kPartBytes, {room.Id(room.cyd)}));
    EXPECT_EQ(room.bench.at(room.cyd.connection).last().sequence(), 0u);
  }
  room.bench.Send(room.bob.connection, Bench::Chat("next", {room.Id(room.cyd)}));
  EXPECT_EQ(room.bench.at(room.cyd.connection).last().sequence(), before + 1);
}

TEST(Files, WordsToAllAreAsRareAsChat) {
  Three room;
  size_t refused = 0;
  for (int i = 0; i < 60; ++i) {
    room.bench.Send(room.bob.connection, File(300));
    refused += room.Error(room.bob) == v1::ERROR_CODE_RATE_LIMITED;
  }
  EXPECT_EQ(room.Got(room.cyd), static_cast<size_t>(conference::kChatRate.burst));
  EXPECT_GT(refused, 0u);
}

TEST(Files, AServerWithoutFilesCarriesNone) {
  ControlPlaneConfig config = Bench::DefaultConfig();
  config.file_bytes_max = 0;
  Three room(config);
  EXPECT_EQ(room.bob.joined.limits().file_bytes_max(), 0u);
  for (const auto& who : {room.host, room.bob}) {
    room.bench.Send(who.connection, File(300));
    EXPECT_EQ(room.Error(who), v1::ERROR_CODE_NOT_ALLOWED);
  }
  EXPECT_EQ(room.Got(room.cyd), 0u);
}

TEST(Recording, IsToldToWhoeverLooksBeforeJoining) {
  Three room;
  const auto recorded = [&] {
    const ConnectionId connection = room.bench.Connect();
    v1::ClientMessage look;
    look.mutable_look()->set_room("open/tea");
    room.bench.Send(connection, look);
    EXPECT_TRUE(room.bench.at(connection).last().has_sight());
    return room.bench.at(connection).last().sight().recorded();
  };
  const auto say = [&](const Bench::Joined& who, bool active) {
    v1::ClientMessage message;
    message.mutable_recording()->set_active(active);
    room.bench.Send(who.connection, message);
  };
  EXPECT_FALSE(recorded());
  say(room.bob, true);
  say(room.cyd, true);
  EXPECT_TRUE(recorded());
  say(room.cyd, false);
  EXPECT_TRUE(recorded());
  v1::ClientMessage leave;
  leave.mutable_leave();
  room.bench.Send(room.bob.connection, leave);
  EXPECT_FALSE(recorded());
}

TEST(Reserved, MessagesOfThoseWhoDoNotModerateReachOnlyThoseWhoDo) {
  for (const auto message_class : {v1::MESSAGE_CLASS_CHAT, v1::MESSAGE_CLASS_REACTION,
                                   v1::MESSAGE_CLASS_POLL, v1::MESSAGE_CLASS_FILE}) {
    Three room;
    room.bench.Send(room.host.connection, Reserve({message_class}));
    const auto told = room.bench.at(room.bob.connection).All(Body::kRules);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].rules().reserved_messages(0), message_class);
    for (const auto& to : std::vector<std::vector<uint32_t>>{
             {}, {room.Id(room.cyd)}, {room.Id(room.cyd), room.Id(room.host)}}) {
      room.bench.Send(room.bob.connection, Say(message_class, 9, to));
      EXPECT_EQ(room.Error(room.bob), v1::ERROR_CODE_NOT_ALLOWED);
    }
    EXPECT_EQ(room.Got(room.cyd), 0u);
    EXPECT_EQ(room.Got(room.host), 0u);
    room.bench.Send(room.bob.connection, Say(message_class, 9, {room.Id(room.host)}));
    EXPECT_EQ(room.Got(room.host), 1u);
    room.bench.Send(room.host.connection, Say(message_class, 9));
    EXPECT_EQ(room.Got(room.cyd), 1u);
    EXPECT_EQ(room.Got(room.bob), 1u);
  }
}

TEST(Reserved, VotesAndWhatHoldsTheRoomTogetherCannotBe) {
  Three room;
  const auto never = {v1::MESSAGE_CLASS_VOTE, v1::MESSAGE_CLASS_PRESENCE, v1::MESSAGE_CLASS_DIRECT,
                      v1::MESSAGE_CLASS_COMPARISON, v1::MESSAGE_CLASS_RECORDING};
  room.bench.Send(room.host.connection, Reserve(never));
  size_t sent = 0;
  for (const auto message_class : never) {
    room.bench.Send(room.bob.connection, Say(message_class, 9));
    EXPECT_EQ(room.Got(room.cyd), ++sent);
  }
}

TEST(Reserved, OnlyThoseWhoModerateReserveAndWhoComesIsTold) {
  Three room;
  room.bench.Send(room.bob.connection, Reserve({v1::MESSAGE_CLASS_CHAT}));
  EXPECT_EQ(room.Error(room.bob), v1::ERROR_CODE_NOT_ALLOWED);
  room.bench.Send(room.cyd.connection, Bench::Chat("still"));
  EXPECT_EQ(room.Got(room.bob), 1u);
  room.bench.Send(room.host.connection, Reserve({v1::MESSAGE_CLASS_CHAT}));
  const auto late = room.bench.Join();
  ASSERT_EQ(late.joined.rules().reserved_messages_size(), 1);
  EXPECT_EQ(late.joined.rules().reserved_messages(0), v1::MESSAGE_CLASS_CHAT);
}

}  // namespace
}  // namespace conclave::signal
