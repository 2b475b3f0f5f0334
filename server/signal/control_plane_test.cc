#include "signal/control_plane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signal/close_codes.h"
#include "signal/house.h"
#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using testing::OfferShape;
using testing::Wire;
using Body = v1::ServerMessage;
using ::testing::ElementsAre;
using ::testing::SizeIs;

router::SlotAssignment Carries(uint32_t slot, uint32_t track) {
  router::SlotAssignment out;
  out.slot = SlotId(static_cast<uint16_t>(slot));
  out.track = TrackId(track);
  out.rtp_timestamp = 90000;
  out.capture_time = Instant::FromMicros(5);
  return out;
}

TEST(ControlPlane, TheFirstWhoJoinsMakesTheRoom) {
  Bench bench;
  const ConnectionId connection = bench.Connect();
  bench.Send(connection, Bench::JoinMessage("open/Tea", "ada"));
  const v1::ServerMessage& reply = bench.at(connection).messages.at(0);
  EXPECT_EQ(reply.reply_to(), 1u);
  EXPECT_EQ(reply.sequence(), 1u);
  const v1::Joined& joined = reply.joined();
  EXPECT_EQ(joined.participants_total(), 1u);
  EXPECT_EQ(joined.slots_size(), 6);
  EXPECT_EQ(joined.tracks_size(), 2);
  EXPECT_EQ(joined.tracks(1).mid(), "1");
  EXPECT_EQ(joined.tracks(1).source(), v1::SOURCE_KIND_CAMERA);
  EXPECT_EQ(joined.roster(0).profile(), "ada");
  EXPECT_EQ(joined.limits().participants_max(), 300u);
  EXPECT_EQ(joined.limits().resume_window_ms(), 30'000u);
  EXPECT_GE(joined.resume_token().size(), 32u);
  EXPECT_EQ(bench.plane().stats().rooms, 1u);
}

TEST(ControlPlane, TheShardLearnsWhatTheAnswerPromises) {
  Bench bench;
  const auto ada = bench.Join();
  const auto added = bench.CommandsOf<router::AddParticipant>();
  ASSERT_THAT(added, SizeIs(1));
  EXPECT_EQ(added[0].participant, ada.id());
  EXPECT_EQ(added[0].remote.ufrag, "abcd");
  EXPECT_EQ(added[0].remote_fingerprint[31], 0xab);
  EXPECT_EQ(added[0].role, router::DtlsRole::kServer);
  ASSERT_THAT(added[0].tracks, SizeIs(2));
  EXPECT_THAT(added[0].tracks[1].rids, ElementsAre("q", "h", "f"));
  EXPECT_THAT(added[0].slots, SizeIs(6));

  const std::string& deflated = ada.joined.answer_deflated();
  const std::string answer =
      Inflate({reinterpret_cast<const uint8_t*>(deflated.data()), deflated.size()}, 1 << 20)
          .value();
  EXPECT_NE(answer.find("a=ice-ufrag:" + added[0].local.ufrag), std::string::npos);
  EXPECT_NE(answer.find("a=ice-pwd:" + added[0].local.password), std::string::npos);
  for (const router::SlotConfig& slot : added[0].slots) {
    EXPECT_NE(answer.find("a=ssrc:" + std::to_string(slot.ssrc)), std::string::npos);
  }
  EXPECT_NE(answer.find(" 192.0.2.1 5000 typ host"), std::string::npos);
}

TEST(ControlPlane, RoomsSpreadOverShardsAndStayOnTheirs) {
  Bench bench;
  bench.Join("open/one");
  bench.Join("open/two");
  bench.Join("open/one");
  const auto& commands = bench.commands();
  ASSERT_THAT(commands, SizeIs(3));
  EXPECT_EQ(commands[0].shard, ShardId(0));
  EXPECT_EQ(commands[1].shard, ShardId(1));
  EXPECT_EQ(commands[2].shard, ShardId(0));
}

TEST(ControlPlane, OthersLearnOfAJoinAndOfALeave) {
  Bench bench;
  const auto ada = bench.Join("open/tea", "ada");
  bench.AdvanceMs(500);
  const auto bob = bench.Join("open/TEA", "bob");
  EXPECT_EQ(bob.joined.roster_size(), 2);
  bench.AdvanceMs(0);
  const v1::RosterDelta& came = bench.at(ada.connection).last().roster();
  ASSERT_EQ(came.changed_size(), 1);
  EXPECT_EQ(came.changed(0).id(), bob.joined.participant());
  EXPECT_EQ(came.changed(0).profile(), "bob");
  EXPECT_EQ(came.changed(0).tracks_size(), 2);
  EXPECT_EQ(came.participants_total(), 2u);

  v1::ClientMessage leave;
  leave.mutable_leave();
  bench.AdvanceMs(500);
  bench.Send(bob.connection, leave);
  EXPECT_EQ(bench.at(bob.connection).close_code, kCloseNormal);
  bench.AdvanceMs(0);
  EXPECT_THAT(bench.at(ada.connection).last().roster().left(),
              ElementsAre(bob.joined.participant()));
  EXPECT_EQ(bench.CommandsOf<router::RemoveParticipant>().at(0).participant, bob.id());
}

TEST(ControlPlane, ARoomVanishesWithItsLast) {
  Bench bench;
  const auto ada = bench.Join();
  v1::ClientMessage leave;
  leave.mutable_leave();
  bench.Send(ada.connection, leave);
  EXPECT_EQ(bench.plane().stats().rooms, 0u);
  EXPECT_EQ(bench.plane().stats().participants, 0u);
  bench.Disconnect(ada.connection);
  EXPECT_EQ(bench.plane().stats().connections, 0u);
  // Who was in it is kept a while (house.h).
  bench.Advance(kHouseKept);
  EXPECT_EQ(bench.plane().NextDeadline(), Instant::Never());
}

TEST(ControlPlane, ChatGoesToTheOthersWithItsSender) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto eve = bench.Join("open/other");
  v1::ClientMessage chat = Bench::Chat("hello");
  chat.mutable_relay()->set_sender(12345);
  bench.Send(ada.connection, chat);
  const auto relayed = bench.at(bob.connection).All(Body::kRelay);
  ASSERT_THAT(relayed, SizeIs(1));
  EXPECT_EQ(relayed[0].relay().payload(), "hello");
  EXPECT_EQ(relayed[0].relay().sender(), ada.joined.participant());
  EXPECT_EQ(bench.at(ada.connection).Count(Body::kRelay), 0u);
  EXPECT_EQ(bench.at(eve.connection).Count(Body::kRelay), 0u);
}

TEST(ControlPlane, APrivateMessageReachesItsAddresseesOnly) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto cyd = bench.Join();
  bench.Send(ada.connection, Bench::Chat("psst", {cyd.joined.participant()}));
  EXPECT_EQ(bench.at(bob.connection).Count(Body::kRelay), 0u);
  const auto relayed = bench.at(cyd.connection).All(Body::kRelay);
  ASSERT_THAT(relayed, SizeIs(1));
  EXPECT_THAT(relayed[0].relay().to(), ElementsAre(cyd.joined.participant()));
}

TEST(ControlPlane, NobodyIsHeardBeforeBeingIntroduced) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.AdvanceMs(1);
  const auto cyd = bench.Join();
  bench.Send(cyd.connection, Bench::Chat("hi"));
  const auto& messages = bench.at(ada.connection).messages;
  ASSERT_EQ(messages.back().body_case(), Body::kRelay);
  const auto& before = messages.at(messages.size() - 2).roster();
  EXPECT_EQ(before.changed(before.changed_size() - 1).id(), cyd.joined.participant());
  EXPECT_GT(bench.at(bob.connection).Count(Body::kRelay), 0u);
}

TEST(ControlPlane, WhatIsSaidToAllOrToOneIsPassedOnUnreadWithItsClassAndSender) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto cyd = bench.Join();
  bench.AdvanceMs(500);
  for (const auto message_class :
       {v1::MESSAGE_CLASS_POLL, v1::MESSAGE_CLASS_BOARD, v1::MESSAGE_CLASS_RECORDING}) {
    for (const bool to_one : {false, true}) {
      v1::ClientMessage message = Bench::Chat(std::string("\0\xff", 2));
      message.mutable_relay()->set_class_(message_class);
      if (to_one) message.mutable_relay()->add_to(bob.joined.participant());
      const size_t before = bench.at(cyd.connection).Count(Body::kRelay);
      bench.Send(ada.connection, message);
      const v1::Relay& relay = bench.at(bob.connection).last().relay();
      EXPECT_EQ(relay.class_(), message_class);
      EXPECT_EQ(relay.sender(), ada.joined.participant());
      EXPECT_EQ(relay.payload(), message.relay().payload());
      EXPECT_EQ(bench.at(cyd.connection).Count(Body::kRelay), before + (to_one ? 0u : 1u));
    }
  }
  v1::ClientMessage unknown = Bench::Chat("");
  unknown.mutable_relay()->set_class_(static_cast<v1::MessageClass>(99));
  bench.Send(ada.connection, unknown);
  EXPECT_EQ(bench.at(ada.connection).last().error().code(), v1::ERROR_CODE_MALFORMED);
}

TEST(ControlPlane, AProfileIsKeptForLaterRosters) {
  Bench bench;
  const auto ada = bench.Join("open/tea", "ada");
  const auto bob = bench.Join();
  bench.AdvanceMs(500);
  v1::ClientMessage rename = Bench::Chat("Ada L.");
  rename.mutable_relay()->set_class_(v1::MESSAGE_CLASS_PROFILE);
  bench.Send(ada.connection, rename);
  bench.AdvanceMs(0);
  EXPECT_EQ(bench.at(bob.connection).last().roster().changed(0).profile(), "Ada L.");
  const auto cyd = bench.Join();
  EXPECT_EQ(cyd.joined.roster(0).profile(), "Ada L.");
}

TEST(ControlPlane, MutingIsToldToTheRoomAndToTheShard) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.AdvanceMs(500);
  v1::ClientMessage mute;
  mute.mutable_track_state()->set_track(ada.track(0));
  mute.mutable_track_state()->set_muted(true);
  bench.Send(ada.connection, mute);
  bench.Send(ada.connection, mute);
  bench.AdvanceMs(0);
  EXPECT_TRUE(bench.at(bob.connection).last().roster().changed(0).tracks(0).muted());
  const auto muted = bench.CommandsOf<router::SetTrackMuted>();
  ASSERT_THAT(muted, SizeIs(1));
  EXPECT_EQ(muted[0].track, TrackId(ada.track(0)));
  EXPECT_TRUE(muted[0].muted);
}

TEST(ControlPlane, ALayoutWishReachesTheShardWithoutStrangers) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  v1::ClientMessage wish;
  for (const uint32_t track : {bob.track(1), 4711u}) {
    v1::TrackWish& out = *wish.mutable_layout()->add_tracks();
    out.set_track(track);
    out.set_height_px(1'000'000);
    out.set_on_stage(true);
  }
  wish.mutable_layout()->set_max_kbps(800);
  bench.Send(ada.connection, wish);
  const auto layouts = bench.CommandsOf<router::SetLayout>();
  ASSERT_THAT(layouts, SizeIs(1));
  EXPECT_EQ(layouts[0].participant, ada.id());
  EXPECT_EQ(layouts[0].max_rate, DataRate::Kbps(800));
  ASSERT_THAT(layouts[0].wishes, SizeIs(1));
  EXPECT_EQ(layouts[0].wishes[0].height_px, 4320);
  EXPECT_TRUE(layouts[0].wishes[0].on_stage);
}

TEST(ControlPlane, SlotsAreToldCoalescedAndAfterTheRoster) {
  Bench bench;
  const auto ada = bench.Join();
  bench.AdvanceMs(500);
  const auto bob = bench.Join();
  const uint32_t slot = ada.joined.slots(4).id();
  bench.Event(router::SlotsChanged{ada.id(), {Carries(slot, 77)}});
  bench.Event(router::SlotsChanged{ada.id(), {Carries(slot, bob.track(1))}});
  bench.AdvanceMs(0);
  const auto& messages = bench.at(ada.connection).messages;
  EXPECT_EQ(messages.at(messages.size() - 2).body_case(), Body::kRoster);
  const v1::SlotMapDelta& slots = messages.back().slots();
  ASSERT_EQ(slots.slots_size(), 1);
  EXPECT_EQ(slots.slots(0).slot(), slot);
  EXPECT_EQ(slots.slots(0).track(), bob.track(1));
  EXPECT_EQ(slots.slots(0).rtp_timestamp(), 90000u);
  EXPECT_EQ(slots.slots(0).capture_time_us(), 5u);
  EXPECT_EQ(bench.at(bob.connection).Count(Body::kSlots), 0u);
}

TEST(ControlPlane, APausedSlotSaysWhy) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.AdvanceMs(500);
  router::SlotAssignment paused = Carries(ada.joined.slots(4).id(), bob.track(1));
  const auto told = [&](router::PauseReason reason) {
    paused.paused = reason != router::PauseReason::kNone;
    paused.pause_reason = reason;
    bench.Event(router::SlotsChanged{ada.id(), {paused}});
    bench.AdvanceMs(200);
    return bench.at(ada.connection).messages.back().slots().slots(0).pause_reason();
  };
  EXPECT_EQ(told(router::PauseReason::kNotWanted), v1::PAUSE_REASON_NOT_WANTED);
  EXPECT_EQ(told(router::PauseReason::kLackOfRate), v1::PAUSE_REASON_LACK_OF_RATE);
  EXPECT_EQ(told(router::PauseReason::kUnplayable), v1::PAUSE_REASON_UNPLAYABLE);
  EXPECT_EQ(told(router::PauseReason::kNone), v1::PAUSE_REASON_UNSPECIFIED);
}

TEST(ControlPlane, APublisherHearsWhatIsWantedOfItsTracks) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.AdvanceMs(500);
  const RoomId room = bench.CommandsOf<router::AddParticipant>()[0].room;
  const size_t before = bench.at(bob.connection).messages.size();
  bench.Event(
      router::LayersWanted{room, {{TrackId(ada.track(1)), 0b011, 360}, {TrackId(77), 1, 180}}});
  const v1::ServerMessage& told = bench.at(ada.connection).last();
  ASSERT_EQ(told.wanted_layers().tracks_size(), 1);
  EXPECT_EQ(told.wanted_layers().tracks(0).track(), ada.track(1));
  EXPECT_EQ(told.wanted_layers().tracks(0).encodings(), 0b011u);
  EXPECT_EQ(told.wanted_layers().tracks(0).height_px(), 360u);
  EXPECT_GT(told.sequence(), 0u);
  EXPECT_EQ(bench.at(bob.connection).messages.size(), before) << "nobody else's matter";
}

TEST(ControlPlane, SpeakersAndLevelsReachEverybodyInTheRoom) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto eve = bench.Join("open/other");
  bench.AdvanceMs(500);
  const RoomId room = bench.CommandsOf<router::AddParticipant>()[0].room;
  bench.Event(
      router::AudioLevels{room, {{TrackId(ada.track(0)), 12}, {TrackId(bob.track(0)), 90}}});
  bench.Event(router::DominantSpeakerChanged{room, TrackId(ada.track(0))});
  bench.AdvanceMs(0);
  for (const ConnectionId connection : {ada.connection, bob.connection}) {
    const auto levels = bench.at(connection).All(Body::kLevels);
    ASSERT_THAT(levels, SizeIs(1));
    EXPECT_EQ(levels[0].sequence(), 0u);
    EXPECT_EQ(levels[0].levels().levels(), "\x0c\x5a");
    EXPECT_EQ(bench.at(connection).last().dominant_speaker().track(), ada.track(0));
  }
  EXPECT_EQ(bench.at(eve.connection).Count(Body::kLevels), 0u);
  const auto cyd = bench.Join();
  EXPECT_EQ(bench.at(cyd.connection).last().dominant_speaker().track(), ada.track(0));
}

TEST(ControlPlane, PingIsAnsweredInAnyState) {
  Bench bench;
  const ConnectionId connection = bench.Connect();
  v1::ClientMessage ping;
  ping.mutable_ping()->set_value(99);
  bench.Send(connection, ping);
  EXPECT_EQ(bench.at(connection).last().pong().value(), 99u);
  EXPECT_EQ(bench.at(connection).last().sequence(), 0u);
}

TEST(ControlPlane, ALaterOfferAddsSlotsAndKeepsTheRest) {
  Bench bench;
  const auto ada = bench.Join();
  OfferShape more;
  more.video_slots = 4;
  v1::ClientMessage offer;
  offer.set_request(9);
  offer.mutable_offer()->set_offer_deflated(Deflate(TestOffer(more)));
  Bench::AddTracks(*offer.mutable_offer()->mutable_tracks(), more);
  bench.Send(ada.connection, offer);
  const v1::ServerMessage& reply = bench.at(ada.connection).last();
  EXPECT_EQ(reply.reply_to(), 9u);
  EXPECT_EQ(reply.answer().slots_size(), 8);
  EXPECT_EQ(reply.answer().slots(0).id(), ada.joined.slots(0).id());
  EXPECT_EQ(reply.answer().tracks_size(), 2);
  const auto added = bench.CommandsOf<router::AddMediaSections>();
  ASSERT_THAT(added, SizeIs(1));
  EXPECT_THAT(added[0].slots, SizeIs(2));
  EXPECT_THAT(added[0].tracks, SizeIs(0));
  EXPECT_THAT(bench.CommandsOf<router::RestartIce>(), SizeIs(0));

  more.ufrag = "wxyz";
  more.password = "zyxwvutsrqponmlkjihgfedcba";
  offer.mutable_offer()->set_offer_deflated(Deflate(TestOffer(more)));
  bench.Send(ada.connection, offer);
  const auto restarts = bench.CommandsOf<router::RestartIce>();
  ASSERT_THAT(restarts, SizeIs(1));
  EXPECT_EQ(restarts[0].remote.ufrag, "wxyz");
  EXPECT_NE(restarts[0].local.ufrag, bench.CommandsOf<router::AddParticipant>()[0].local.ufrag);
  EXPECT_THAT(bench.CommandsOf<router::AddMediaSections>(), SizeIs(1));
}

TEST(ControlPlane, AFailedTransportEndsTheParticipantButNotTheConnection) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.AdvanceMs(500);
  bench.Event(router::TransportFailed{ada.id(), router::TransportFailure::kConsentLost});
  bench.Event(router::TransportFailed{ada.id(), router::TransportFailure::kConsentLost});
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_TRANSPORT_FAILED);
  EXPECT_TRUE(bench.at(ada.connection).last().error().retry());
  EXPECT_THAT(bench.CommandsOf<router::RemoveParticipant>(), SizeIs(1));
  bench.AdvanceMs(0);
  EXPECT_THAT(bench.at(bob.connection).last().roster().left(),
              ElementsAre(ada.joined.participant()));
  bench.Send(ada.connection, Bench::JoinMessage("open/tea"));
  EXPECT_NE(bench.at(ada.connection).last().body_case(), Body::kError);
  EXPECT_EQ(bench.plane().stats().participants, 2u);
}

Bench::Joined JoinDecoding(Bench& bench, const std::vector<std::string>& names) {
  const ConnectionId connection = bench.Connect();
  v1::ClientMessage message = Bench::JoinMessage("open/tea");
  for (const std::string& name : names) {
    message.mutable_join()->mutable_capabilities()->add_decodes(name);
  }
  bench.Send(connection, message);
  return {connection, bench.at(connection).messages.at(0).joined()};
}

std::vector<std::string> Named(const v1::CommonCodecs& codecs) {
  return {codecs.video().begin(), codecs.video().end()};
}

TEST(ControlPlane, EverybodyHearsWhatAllDecode) {
  Bench bench;
  constexpr auto kBody = v1::ServerMessage::kCommonCodecs;
  const auto ada = JoinDecoding(bench, {"vp8", "vp9", "h264", "av1"});
  EXPECT_THAT(Named(ada.joined.common_codecs()), ElementsAre("vp8", "vp9", "h264", "av1"));
  const auto bob = JoinDecoding(bench, {"av1", "vp8", "vp9"});
  EXPECT_THAT(Named(bob.joined.common_codecs()), ElementsAre("vp8", "vp9", "av1"));
  bench.AdvanceMs(200);
  ASSERT_EQ(bench.at(ada.connection).Count(kBody), 1U);
  // Says nothing, like clients of before.
  const auto cyd = JoinDecoding(bench, {});
  EXPECT_THAT(Named(cyd.joined.common_codecs()), ElementsAre("vp8"));
  bench.AdvanceMs(200);
  for (const auto& who : {ada, bob}) {
    EXPECT_THAT(Named(bench.at(who.connection).All(kBody).back().common_codecs()),
                ElementsAre("vp8"));
  }
  v1::ClientMessage leave;
  leave.mutable_leave();
  bench.Send(cyd.connection, leave);
  bench.AdvanceMs(1000);
  EXPECT_EQ(bench.at(ada.connection).Count(kBody), 2U) << "not at once";
  bench.AdvanceMs(conference::kCodecCalm.ms());
  for (const auto& who : {ada, bob}) {
    EXPECT_THAT(Named(bench.at(who.connection).All(kBody).back().common_codecs()),
                ElementsAre("vp8", "vp9", "av1"));
  }
}

TEST(ControlPlane, HostileNamesOfCodecsAreNone) {
  Bench bench;
  std::vector<std::string> names(1000, "x");
  names[1] = std::string(20000, 'v');
  names.push_back("vp9");
  const auto ada = JoinDecoding(bench, names);
  EXPECT_THAT(Named(ada.joined.common_codecs()), ElementsAre("vp8"));
}

TEST(ControlPlane, PeopleWhoDecodeTheSameCostNoMessageAboutIt) {
  Bench bench;
  const auto ada = JoinDecoding(bench, {"vp8", "vp9"});
  for (int i = 0; i < 50; ++i) JoinDecoding(bench, {"vp8", "vp9"});
  bench.AdvanceMs(20000);
  EXPECT_EQ(bench.at(ada.connection).Count(v1::ServerMessage::kCommonCodecs), 0U);
}

TEST(ControlPlane, AJoinStormCostsEachClientAFewMessages) {
  Bench bench;
  constexpr int kPeople = 300;
  std::vector<Bench::Joined> people;
  for (int i = 0; i < kPeople; ++i) {
    people.push_back(bench.Join("open/all", "person " + std::to_string(i)));
    bench.AdvanceMs(2);
  }
  bench.AdvanceMs(200);
  size_t total = 0;
  for (const auto& person : people) {
    const Wire& wire = bench.at(person.connection);
    // Ten flushes a second for 600 ms, and up to three pages each.
    EXPECT_LE(wire.messages.size(), 16u);
    total += wire.messages.size();
    std::set<uint32_t> known;
    uint64_t sequence = 0;
    for (const auto& message : wire.messages) {
      EXPECT_EQ(message.sequence(), ++sequence);
      for (const auto& each : message.joined().roster()) known.insert(each.id());
      for (const auto& each : message.roster().changed()) known.insert(each.id());
      EXPECT_LE(message.joined().roster_size(), 100);
      EXPECT_LE(message.roster().changed_size(), 100);
    }
    EXPECT_THAT(known, SizeIs(kPeople));
  }
  EXPECT_LE(total, 16u * kPeople);
}

TEST(ControlPlane, RosterPagesFitAMessageWhateverTheProfiles) {
  Bench bench;
  for (int i = 0; i < 40; ++i) bench.Join("open/all", std::string(4096, 'x'));
  // The bench checks that no message is over the limit.
  const auto last = bench.Join("open/all");
  size_t known = 0;
  for (const auto& message : bench.at(last.connection).messages) {
    known += static_cast<size_t>(message.joined().roster_size() + message.roster().changed_size());
  }
  EXPECT_EQ(last.joined.participants_total(), 41u);
  EXPECT_GE(known, 41u);
}

}  // namespace
}  // namespace conclave::signal
