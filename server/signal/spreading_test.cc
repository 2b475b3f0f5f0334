// Rooms whose members are on several shards: whom each shard is told of, and when.
#include "signal/spreading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ShardId kHome(0);
constexpr ShardId kSecond(1);

// The home is busy, so that who comes next goes to the second shard.
struct Spread {
  Spread() {
    bench.Event(router::ShardLoad{.busy_percent = 90});
    second = bench.Join("open/tea", "bob");
  }
  // What a shard was told of audiences, in order: how many shards these are on.
  std::vector<size_t> ToldOf(ShardId shard, RoomId audience) const {
    std::vector<size_t> out;
    for (const ShardCommand& each : bench.commands()) {
      const auto* spread = std::get_if<router::SpreadRoom>(&each.command);
      if (spread && each.shard == shard && spread->room == audience) {
        out.push_back(spread->shards.size());
      }
    }
    return out;
  }
  RoomId room() const { return bench.CommandsOf<router::AddParticipant>().front().room; }
  RoomId Breakout(conference::BreakoutNumber number) const {
    return conference::AudienceOf(room(), number);
  }
  void Open() {
    v1::ClientMessage message;
    message.mutable_moderate()->mutable_open_breakouts()->add_names("one");
    message.mutable_moderate()->mutable_open_breakouts()->add_names("two");
    auto* place = message.mutable_moderate()->mutable_open_breakouts()->add_places();
    place->set_participant(second.joined.participant());
    place->set_breakout(2);
    bench.Send(first.connection, message);
  }

  Bench bench;
  Bench::Joined first = bench.Join("open/tea", "ada");
  Bench::Joined second;
};

TEST(Spreading, WhoComesToABusyRoomIsSentToAnotherShardAndBothAreTold) {
  Spread spread;
  const std::vector<ShardCommand>& commands = spread.bench.commands();
  ASSERT_THAT(commands, SizeIs(4));
  EXPECT_EQ(commands[0].shard, kHome);
  // Both, before the participant.
  const auto& told = std::get<router::SpreadRoom>(commands[1].command);
  EXPECT_THAT(told.shards, ElementsAre(kHome, kSecond));
  EXPECT_EQ(commands[2].shard, kSecond);
  EXPECT_TRUE(std::holds_alternative<router::SpreadRoom>(commands[2].command));
  EXPECT_EQ(commands[3].shard, kSecond);
  EXPECT_EQ(std::get<router::AddParticipant>(commands[3].command).room, spread.room());
  const std::string& deflated = spread.second.joined.answer_deflated();
  const std::string answer =
      Inflate({reinterpret_cast<const uint8_t*>(deflated.data()), deflated.size()}, 1 << 20)
          .value();
  EXPECT_NE(answer.find(" 192.0.2.1 5001 typ host"), std::string::npos) << "its own port";
}

TEST(Spreading, WhatIsSaidOfAParticipantGoesToItsShard) {
  Spread spread;
  v1::ClientMessage message;
  auto* mute = message.mutable_track_state();
  mute->set_track(spread.second.joined.tracks(0).id());
  mute->set_muted(true);
  spread.bench.Send(spread.second.connection, message);
  EXPECT_EQ(spread.bench.commands().back().shard, kSecond);
  EXPECT_TRUE(
      std::holds_alternative<router::SetTrackMuted>(spread.bench.commands().back().command));
}

TEST(Spreading, BreakoutRoomsAreOnTheSameShardsUntilTheyEnd) {
  Spread spread;
  spread.Open();
  for (const ShardId shard : {kHome, kSecond}) {
    EXPECT_THAT(spread.ToldOf(shard, spread.Breakout(1)), ElementsAre(2));
    EXPECT_THAT(spread.ToldOf(shard, spread.Breakout(2)), ElementsAre(2));
  }
  v1::ClientMessage close;
  close.mutable_moderate()->mutable_close_breakouts();
  spread.bench.Send(spread.first.connection, close);
  EXPECT_THAT(spread.ToldOf(kSecond, spread.Breakout(2)), ElementsAre(2, 0));
  // After everybody has left it.
  EXPECT_TRUE(std::holds_alternative<router::SpreadRoom>(spread.bench.commands().back().command));
  EXPECT_THAT(spread.ToldOf(kSecond, spread.room()), ElementsAre(2));
}

TEST(Spreading, AShardThatComesLaterLearnsOfOpenBreakoutRooms) {
  ControlPlaneConfig config = Bench::DefaultConfig();
  config.spread_percent = 0;
  Bench bench(config);
  const auto host = bench.Join("open/tea", "ada");
  v1::ClientMessage open;
  open.mutable_moderate()->mutable_open_breakouts()->add_names("one");
  bench.Send(host.connection, open);
  EXPECT_THAT(bench.CommandsOf<router::SpreadRoom>(), IsEmpty()) << "one shard yet";
  bench.Join("open/tea", "bob");
  // The room and its breakout room, to both.
  EXPECT_THAT(bench.CommandsOf<router::SpreadRoom>(), SizeIs(4));
}

TEST(Spreading, ItEndsWithTheRoom) {
  Spread spread;
  spread.Open();
  const RoomId room = spread.room();
  v1::ClientMessage leave;
  leave.mutable_leave();
  spread.bench.Send(spread.first.connection, leave);
  EXPECT_THAT(spread.ToldOf(kSecond, room), ElementsAre(2));
  spread.bench.Send(spread.second.connection, leave);
  for (const ShardId shard : {kHome, kSecond}) {
    EXPECT_THAT(spread.ToldOf(shard, room), ElementsAre(2, 0));
    EXPECT_THAT(spread.ToldOf(shard, spread.Breakout(1)), ElementsAre(2, 0));
  }
}

}  // namespace
}  // namespace conclave::signal
