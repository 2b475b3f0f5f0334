// Every error code of the contract, and what it does to the session.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conference/limits.h"
#include "signal/close_codes.h"
#include "signal/limits.h"
#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using testing::OfferShape;
using Body = v1::ServerMessage;

// Joins with `message` and returns the error, which must leave the connection open and no trace.
v1::Error JoinError(Bench& bench, const v1::ClientMessage& message) {
  const auto before = bench.plane().stats();
  const ConnectionId connection = bench.Connect();
  bench.Send(connection, message);
  EXPECT_FALSE(bench.at(connection).closed());
  EXPECT_EQ(bench.at(connection).last().reply_to(), 1u);
  EXPECT_EQ(bench.plane().stats().rooms, before.rooms);
  EXPECT_EQ(bench.plane().stats().participants, before.participants);
  bench.Send(connection, Bench::JoinMessage("open/recovered"));
  EXPECT_EQ(bench.at(connection).messages.at(1).body_case(), Body::kJoined);
  return bench.at(connection).messages.at(0).error();
}

TEST(Errors, MalformedEndsOnlyThatSession) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.SendBytes(bob.connection, "\xff\xff\xff\xff");
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_MALFORMED);
  EXPECT_EQ(bench.at(bob.connection).close_code, kCloseProtocolError);
  EXPECT_FALSE(bench.at(ada.connection).closed());
  EXPECT_EQ(bench.plane().stats().protocol_errors, 1u);
  // What was still under way is dropped.
  bench.Send(bob.connection, Bench::Chat("too late"));
  EXPECT_EQ(bench.at(ada.connection).Count(Body::kRelay), 0u);
  bench.Disconnect(bob.connection);
}

TEST(Errors, AMissingOrUnknownBodyIsMalformed) {
  Bench bench;
  const ConnectionId empty = bench.Connect();
  bench.SendBytes(empty, "");
  EXPECT_EQ(bench.at(empty).error(), v1::ERROR_CODE_MALFORMED);
  // Field 2000 in place of a body, as a newer client may send.
  const ConnectionId newer = bench.Connect();
  bench.SendBytes(newer, std::string("\x08\x05\x82\x7d\x00", 5));
  EXPECT_EQ(bench.at(newer).error(), v1::ERROR_CODE_MALFORMED);
  EXPECT_EQ(bench.at(newer).last().reply_to(), 5u);
  EXPECT_EQ(bench.at(newer).close_code, kCloseProtocolError);
}

TEST(Errors, UnknownFieldsAreIgnored) {
  Bench bench;
  const ConnectionId connection = bench.Connect();
  bench.SendBytes(connection, Bench::JoinMessage("open/tea").SerializeAsString() +
                                  std::string("\x82\x7d\x00", 3));
  EXPECT_EQ(bench.at(connection).last().body_case(), Body::kJoined);
}

TEST(Errors, AKnownMessageAtTheWrongTimeIsOutOfPlace) {
  Bench bench;
  const ConnectionId early = bench.Connect();
  bench.Send(early, Bench::Chat("hello"));
  EXPECT_EQ(bench.at(early).error(), v1::ERROR_CODE_OUT_OF_PLACE);
  EXPECT_EQ(bench.at(early).close_code, kCloseProtocolError);

  const auto ada = bench.Join();
  bench.Send(ada.connection, Bench::JoinMessage("open/tea"));
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_OUT_OF_PLACE);
  EXPECT_TRUE(bench.at(ada.connection).closed());
  // The participant may resume, since only the session ended.
  EXPECT_FALSE(bench.at(bench.Resume(ada, 1)).closed());
}

TEST(Errors, AnOversizedMessageIsNotEvenDecoded) {
  Bench bench;
  const ConnectionId connection = bench.Connect();
  bench.SendBytes(connection, std::string(kMessageBytesMax + 1, '\0'));
  EXPECT_EQ(bench.at(connection).error(), v1::ERROR_CODE_TOO_LARGE);
  EXPECT_EQ(bench.at(connection).last().error().text(), "message bytes: 65537 of at most 65536");
  EXPECT_EQ(bench.at(connection).close_code, kCloseMessageTooBig);
}

TEST(Errors, ValuesOverTheirLimitAreNamed) {
  Bench bench;
  EXPECT_EQ(JoinError(bench, Bench::JoinMessage("open/tea", std::string(4097, 'x'))).text(),
            "profile bytes: 4097 of at most 4096");
  v1::ClientMessage message = Bench::JoinMessage("open/tea");
  message.mutable_join()->set_offer_deflated(std::string(kSdpDeflatedBytesMax + 1, 'x'));
  EXPECT_EQ(JoinError(bench, message).code(), v1::ERROR_CODE_TOO_LARGE);

  const auto ada = bench.Join();
  v1::ClientMessage wish;
  for (size_t i = 0; i <= conference::kWishesMax; ++i) wish.mutable_layout()->add_tracks();
  bench.Send(ada.connection, wish);
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_TOO_LARGE);
  bench.Send(ada.connection, Bench::Chat(std::string(16 * 1024 + 1, 'x')));
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_TOO_LARGE);
  EXPECT_EQ(bench.at(ada.connection).last().reply_to(), 2u);
  EXPECT_FALSE(bench.at(ada.connection).closed());
}

TEST(Errors, RoomNames) {
  Bench bench;
  EXPECT_EQ(JoinError(bench, Bench::JoinMessage("open/a b")).code(),
            v1::ERROR_CODE_ROOM_NAME_INVALID);
  for (const char* encrypted : {"r/abc", "n/abc"}) {
    const v1::Error error = JoinError(bench, Bench::JoinMessage(encrypted));
    EXPECT_EQ(error.code(), v1::ERROR_CODE_MODE_UNSUPPORTED);
    EXPECT_FALSE(error.retry());
  }
}

TEST(Errors, AFullRoomAndAFullServer) {
  ControlPlaneConfig config = Bench::DefaultConfig();
  config.participants_per_room_max = 2;
  config.rooms_max = 2;
  Bench bench(config);
  bench.Join();
  bench.Join();
  const ConnectionId third = bench.Connect();
  bench.Send(third, Bench::JoinMessage("open/tea"));
  EXPECT_EQ(bench.at(third).error(), v1::ERROR_CODE_ROOM_FULL);
  EXPECT_EQ(bench.at(third).last().error().text(), "room full: 2 of 2");
  EXPECT_TRUE(bench.at(third).last().error().retry());
  bench.Join("open/two");
  bench.Send(third, Bench::JoinMessage("open/three"));
  EXPECT_EQ(bench.at(third).error(), v1::ERROR_CODE_SERVER_BUSY);
  EXPECT_GT(bench.at(third).last().error().retry_after_ms(), 0u);
}

TEST(Errors, AShardWithoutTimeTakesNobodyElse) {
  Bench bench;
  const router::ShardLoad full{.busy_percent = 100, .shedding = 6, .full = true};
  bench.Join("open/tea");
  bench.Event(full);
  bench.Event(full, ShardId(1));
  const ConnectionId refused = bench.Connect();
  bench.Send(refused, Bench::JoinMessage("open/tea"));
  EXPECT_EQ(bench.at(refused).error(), v1::ERROR_CODE_SERVER_BUSY);
  EXPECT_TRUE(bench.at(refused).last().error().retry());
  EXPECT_GT(bench.at(refused).last().error().retry_after_ms(), 0u);
  // Another shard has time again, for another room and for this one.
  bench.Event(router::ShardLoad{.busy_percent = 40}, ShardId(1));
  bench.Join("open/two");
  EXPECT_EQ(bench.commands().back().shard, ShardId(1));
  bench.Join("open/tea");
  EXPECT_EQ(bench.commands().back().shard, ShardId(1));
}

TEST(Errors, OffersThatCannotBeAnswered) {
  Bench bench;
  v1::ClientMessage message = Bench::JoinMessage("open/tea");
  v1::Join& join = *message.mutable_join();
  join.set_offer_deflated("not deflate at all");
  EXPECT_EQ(JoinError(bench, message).code(), v1::ERROR_CODE_OFFER_INVALID);
  join.set_offer_deflated(Deflate("not sdp at all"));
  EXPECT_EQ(JoinError(bench, message).code(), v1::ERROR_CODE_OFFER_INVALID);
  join.set_offer_deflated(Deflate(std::string(kSdpInflatedBytesMax + 1, 'a')));
  EXPECT_EQ(JoinError(bench, message).text(), "offer: inflated size is over 524288 bytes");
  message = Bench::JoinMessage("open/tea");
  message.mutable_join()->mutable_tracks(0)->set_mid("77");
  EXPECT_EQ(JoinError(bench, message).text(), "offer: a track names an unknown mid");
  message = Bench::JoinMessage("open/tea");
  message.mutable_join()->mutable_tracks(0)->clear_source();
  EXPECT_EQ(JoinError(bench, message).code(), v1::ERROR_CODE_OFFER_INVALID);
}

TEST(Errors, ParticipantsAndTracksOfOthers) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto eve = bench.Join("open/other");
  bench.Send(ada.connection, Bench::Chat("hi", {eve.joined.participant()}));
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_UNKNOWN_PARTICIPANT);
  EXPECT_EQ(bench.at(eve.connection).Count(Body::kRelay), 0u);
  v1::ClientMessage mute;
  mute.mutable_track_state()->set_track(bob.track(0));
  mute.mutable_track_state()->set_muted(true);
  bench.Send(ada.connection, mute);
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_UNKNOWN_TRACK);
  EXPECT_TRUE(bench.CommandsOf<router::SetTrackMuted>().empty());
}

TEST(Errors, AnUnknownMessageClassIsMalformed) {
  Bench bench;
  const auto ada = bench.Join();
  v1::ClientMessage message = Bench::Chat("x");
  message.mutable_relay()->set_class_(static_cast<v1::MessageClass>(99));
  bench.Send(ada.connection, message);
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_MALFORMED);
}

TEST(Errors, TooManyMessagesAreRefusedAndThenPassAgain) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  for (int i = 0; i < conference::kChatRate.burst; ++i) {
    bench.Send(ada.connection, Bench::Chat("x"));
  }
  const size_t allowed = bench.at(bob.connection).Count(Body::kRelay);
  EXPECT_EQ(allowed, static_cast<size_t>(conference::kChatRate.burst));
  bench.Send(ada.connection, Bench::Chat("one too many"));
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_RATE_LIMITED);
  const v1::Error error = bench.at(ada.connection).last().error();
  EXPECT_TRUE(error.retry());
  EXPECT_EQ(error.retry_after_ms(), 50u);
  bench.AdvanceMs(error.retry_after_ms());
  bench.Send(ada.connection, Bench::Chat("again"));
  EXPECT_EQ(bench.at(bob.connection).Count(Body::kRelay), allowed + 1);
}

TEST(Errors, AFloodIsClosed) {
  Bench bench;
  const auto ada = bench.Join();
  const auto eve = bench.Join();
  v1::ClientMessage ping;
  ping.mutable_ping();
  for (int i = 0; i < 1000; ++i) bench.Send(eve.connection, ping);
  EXPECT_EQ(bench.at(eve.connection).close_code, kClosePolicy);
  EXPECT_FALSE(bench.at(ada.connection).closed());
  EXPECT_LE(bench.at(eve.connection).messages.size(), 320u);
}

TEST(Errors, SilenceBeforeAJoinIsClosed) {
  Bench bench;
  const ConnectionId silent = bench.Connect();
  const ConnectionId pinging = bench.Connect();
  bench.AdvanceMs(20'000);
  v1::ClientMessage ping;
  ping.mutable_ping();
  bench.Send(pinging, ping);
  bench.AdvanceMs(10'000);
  EXPECT_EQ(bench.at(silent).close_code, kClosePolicy);
  EXPECT_FALSE(bench.at(pinging).closed());
  const auto ada = bench.Join();
  bench.AdvanceMs(100'000);
  EXPECT_FALSE(bench.at(ada.connection).closed());
}

// A deaf, blind client: nothing that it sends may upset the plane.
TEST(Errors, NoiseIsSurvived) {
  Bench bench;
  SeededRandom random(5);
  const std::string seed = Bench::JoinMessage("open/tea").SerializeAsString();
  for (int i = 0; i < 3000; ++i) {
    const ConnectionId connection = bench.Connect();
    std::string bytes = seed;
    const size_t flips = 1 + random.Next32() % 8;
    for (size_t flip = 0; flip < flips; ++flip) {
      bytes[random.Next32() % bytes.size()] = static_cast<char>(random.Next32());
    }
    bench.SendBytes(connection, bytes);
    EXPECT_FALSE(bench.at(connection).messages.empty());
    bench.Disconnect(connection);
  }
  bench.AdvanceMs(31'000);
  EXPECT_EQ(bench.plane().stats().participants, 0u);
  EXPECT_EQ(bench.plane().stats().rooms, 0u);
  EXPECT_EQ(bench.plane().stats().connections, 0u);
}

}  // namespace
}  // namespace conclave::signal
