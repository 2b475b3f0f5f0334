// Roles and what they let people do, against clients that do as they like: whatever they send, the
// server decides.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "signal/close_codes.h"
#include "signal/house.h"
#include "signal/network.h"
#include "signal/test_bench.h"

namespace conclave::signal {
namespace {

using testing::Bench;
using Body = v1::ServerMessage;

v1::ClientMessage SetRole(const Bench::Joined& who, v1::Role role) {
  v1::ClientMessage message;
  message.set_request(3);
  message.mutable_moderate()->mutable_set_role()->set_participant(who.joined.participant());
  message.mutable_moderate()->mutable_set_role()->set_role(role);
  return message;
}

v1::ClientMessage Muted(uint32_t track, bool muted) {
  v1::ClientMessage message;
  message.set_request(4);
  message.mutable_track_state()->set_track(track);
  message.mutable_track_state()->set_muted(muted);
  return message;
}

Bench::Joined JoinWith(Bench& bench, const std::string& pass, const std::string& room) {
  const ConnectionId connection = bench.Connect();
  v1::ClientMessage message = Bench::JoinMessage(room);
  message.mutable_join()->set_pass(pass);
  bench.Send(connection, message);
  return {connection, bench.at(connection).messages.at(0).joined()};
}

// As `viewer` was told last.
v1::Role RoleOf(Bench& bench, const Bench::Joined& viewer, const Bench::Joined& who) {
  bench.AdvanceMs(200);
  v1::Role role = v1::ROLE_UNSPECIFIED;
  for (const auto& message : bench.at(viewer.connection).messages) {
    const auto& page =
        message.has_joined() ? message.joined().roster() : message.roster().changed();
    for (const auto& participant : page) {
      if (participant.id() == who.joined.participant()) role = participant.role();
    }
  }
  return role;
}

void Leave(Bench& bench, const Bench::Joined& who) {
  v1::ClientMessage message;
  message.mutable_leave();
  bench.Send(who.connection, message);
}

// The whole of what the shard was told of a track, last.
bool ForwardsLast(const Bench& bench, uint32_t track) {
  bool forwards = false;
  for (const ShardCommand& each : bench.commands()) {
    if (const auto* add = std::get_if<router::AddParticipant>(&each.command)) {
      for (const auto& one : add->tracks) {
        if (one.track.value() == track) forwards = !one.muted;
      }
    }
    if (const auto* muted = std::get_if<router::SetTrackMuted>(&each.command)) {
      if (muted->track.value() == track) forwards = !muted->muted;
    }
  }
  return forwards;
}

TEST(Roles, TheFirstIsHostAndTheNextAreNot) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  EXPECT_EQ(RoleOf(bench, ada, ada), v1::ROLE_HOST);
  EXPECT_EQ(RoleOf(bench, ada, bob), v1::ROLE_PARTICIPANT);
}

TEST(Roles, TheConfigurationSaysWhoIsHostUnasked) {
  ControlPlaneConfig config = Bench::DefaultConfig();
  config.hosts = conference::HostPolicy::kEveryone;
  Bench everyone(config);
  const auto ada = everyone.Join();
  const auto bob = everyone.Join();
  EXPECT_EQ(RoleOf(everyone, ada, bob), v1::ROLE_HOST);

  config.hosts = conference::HostPolicy::kNobody;
  Bench nobody(config);
  const auto cleo = nobody.Join();
  nobody.Advance(Duration::Seconds(60));
  EXPECT_EQ(RoleOf(nobody, cleo, cleo), v1::ROLE_PARTICIPANT);
}

TEST(Roles, ParticipantsGiveNoRolesNotEvenToThemselves) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto cleo = bench.Join();
  bench.Send(bob.connection, SetRole(bob, v1::ROLE_HOST));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  bench.Send(bob.connection, SetRole(cleo, v1::ROLE_CO_HOST));
  bench.Send(bob.connection, SetRole(ada, v1::ROLE_VIEWER));
  EXPECT_EQ(bench.at(bob.connection).Count(Body::kError), 3u);
  EXPECT_FALSE(bench.at(bob.connection).closed());
  EXPECT_EQ(RoleOf(bench, ada, ada), v1::ROLE_HOST);
  EXPECT_EQ(RoleOf(bench, ada, bob), v1::ROLE_PARTICIPANT);
  EXPECT_EQ(RoleOf(bench, ada, cleo), v1::ROLE_PARTICIPANT);
}

TEST(Roles, CoHostsHaveNoSayOverThoseWhoModerate) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto cleo = bench.Join();
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_CO_HOST));
  bench.Send(bob.connection, SetRole(cleo, v1::ROLE_CO_HOST));
  bench.Send(bob.connection, SetRole(bob, v1::ROLE_HOST));
  bench.Send(bob.connection, SetRole(ada, v1::ROLE_PARTICIPANT));
  EXPECT_EQ(bench.at(bob.connection).Count(Body::kError), 3u);
  bench.Send(bob.connection, SetRole(cleo, v1::ROLE_VIEWER));
  EXPECT_EQ(RoleOf(bench, ada, cleo), v1::ROLE_VIEWER);
  bench.Send(bob.connection, SetRole(bob, v1::ROLE_PARTICIPANT));
  EXPECT_EQ(RoleOf(bench, ada, bob), v1::ROLE_PARTICIPANT);
}

TEST(Roles, TheLastHostStaysUntilThereIsAnother) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, SetRole(ada, v1::ROLE_PARTICIPANT));
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_HOST));
  bench.Send(ada.connection, SetRole(ada, v1::ROLE_PARTICIPANT));
  EXPECT_EQ(RoleOf(bench, bob, ada), v1::ROLE_PARTICIPANT);
  EXPECT_EQ(RoleOf(bench, bob, bob), v1::ROLE_HOST);
}

TEST(Roles, WhatAViewerSendsIsNotPassedOn) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  EXPECT_TRUE(ForwardsLast(bench, bob.track(0)));
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_VIEWER));
  EXPECT_FALSE(ForwardsLast(bench, bob.track(0)));
  EXPECT_FALSE(ForwardsLast(bench, bob.track(1)));
  bench.Send(bob.connection, Muted(bob.track(0), false));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_FALSE(ForwardsLast(bench, bob.track(0)));

  // Nor what it sends from a new section.
  v1::ClientMessage offer;
  testing::OfferShape more;
  more.video_senders = 2;
  more.video_slots = 1;
  offer.set_request(5);
  offer.mutable_offer()->set_offer_deflated(Deflate(testing::TestOffer(more)));
  Bench::AddTracks(*offer.mutable_offer()->mutable_tracks(), more);
  bench.Send(bob.connection, offer);
  for (const auto& added : bench.CommandsOf<router::AddMediaSections>()) {
    for (const auto& track : added.tracks) EXPECT_TRUE(track.muted);
  }

  bench.Send(ada.connection, SetRole(bob, v1::ROLE_PARTICIPANT));
  EXPECT_FALSE(ForwardsLast(bench, bob.track(0))) << "nobody is unmuted by another";
  bench.Send(bob.connection, Muted(bob.track(0), false));
  EXPECT_TRUE(ForwardsLast(bench, bob.track(0)));
}

TEST(Roles, APassKeepsTheRoleOverARejoin) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_VIEWER));
  Leave(bench, ada);
  Leave(bench, bob);
  EXPECT_EQ(bench.plane().stats().rooms, 0u);
  bench.Advance(Duration::Seconds(60));
  const auto stranger = bench.Join();
  EXPECT_EQ(RoleOf(bench, stranger, stranger), v1::ROLE_PARTICIPANT) << "the host is known";
  const auto back = JoinWith(bench, ada.joined.pass(), "open/tea");
  EXPECT_EQ(RoleOf(bench, stranger, back), v1::ROLE_HOST);
  const auto viewer = JoinWith(bench, bob.joined.pass(), "open/tea");
  EXPECT_EQ(RoleOf(bench, stranger, viewer), v1::ROLE_VIEWER);
  EXPECT_TRUE(viewer.joined.tracks(0).muted());
  EXPECT_FALSE(ForwardsLast(bench, viewer.track(0)));
}

TEST(Roles, APassIsOfNoUseElsewhereForgedOrTooLate) {
  Bench bench;
  const auto ada = bench.Join();
  bench.Join("open/coffee");
  const auto elsewhere = JoinWith(bench, ada.joined.pass(), "open/coffee");
  EXPECT_EQ(RoleOf(bench, elsewhere, elsewhere), v1::ROLE_PARTICIPANT);
  std::string forged = ada.joined.pass();
  forged.back() = static_cast<char>(forged.back() ^ 1);
  for (const std::string& pass : {forged, std::string("x"), std::string(36, '\0')}) {
    const auto mallory = JoinWith(bench, pass, "open/tea");
    EXPECT_EQ(RoleOf(bench, mallory, mallory), v1::ROLE_PARTICIPANT);
    EXPECT_NE(mallory.joined.pass(), pass);
    Leave(bench, mallory);
  }
  Leave(bench, ada);
  bench.Advance(kHouseKept + Duration::Seconds(1));
  const auto first = bench.Join();
  const auto late = JoinWith(bench, ada.joined.pass(), "open/tea");
  EXPECT_EQ(RoleOf(bench, first, first), v1::ROLE_HOST);
  EXPECT_EQ(RoleOf(bench, first, late), v1::ROLE_PARTICIPANT);
}

TEST(Roles, WhoIsBackReplacesItsGhostAndNobodyElses) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Disconnect(ada.connection);
  const auto back = JoinWith(bench, ada.joined.pass(), "open/tea");
  EXPECT_EQ(bench.plane().stats().participants, 2u);
  EXPECT_EQ(RoleOf(bench, bob, back), v1::ROLE_HOST);
  // A second device of somebody who is there is no reason to put the first out.
  JoinWith(bench, ada.joined.pass(), "open/tea");
  EXPECT_EQ(bench.plane().stats().participants, 3u);
}

TEST(Roles, WhoHasBeenThereLongestSucceedsUnlessAModeratorComesBack) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto cleo = bench.Join();
  Leave(bench, ada);
  bench.Advance(kSuccessionGrace - Duration::Seconds(1));
  EXPECT_EQ(RoleOf(bench, cleo, bob), v1::ROLE_PARTICIPANT);
  const auto back = JoinWith(bench, ada.joined.pass(), "open/tea");
  bench.Advance(Duration::Seconds(60));
  EXPECT_EQ(RoleOf(bench, cleo, bob), v1::ROLE_PARTICIPANT);
  Leave(bench, back);
  bench.Advance(kSuccessionGrace + Duration::Seconds(1));
  EXPECT_EQ(RoleOf(bench, cleo, bob), v1::ROLE_HOST);
  EXPECT_EQ(RoleOf(bench, cleo, cleo), v1::ROLE_PARTICIPANT);
}

TEST(Roles, ManyClicksAreRefusedAndNonsenseEndsTheSession) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, SetRole(Bench::Joined{}, v1::ROLE_VIEWER));
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_UNKNOWN_PARTICIPANT);
  for (int i = 0; i < 60; ++i) bench.Send(ada.connection, SetRole(ada, v1::ROLE_HOST));
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_RATE_LIMITED);
  bench.Send(bob.connection, SetRole(ada, v1::ROLE_UNSPECIFIED));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_MALFORMED);
  EXPECT_TRUE(bench.at(bob.connection).closed());
}

TEST(Roles, ARoomRemembersOnlySoManyAbsentPeople) {
  Bench bench;
  SeededRandom random(3);
  House house;
  for (uint32_t i = 1; i <= kKnownPeopleMax + 5; ++i) {
    const ParticipantId id(i);
    house.Add(id, {ResumeToken::Make(id, random), conference::Role::kViewer, 0});
    house.Enter(id);
    house.Leave(id);
  }
  EXPECT_EQ(house.size(), kKnownPeopleMax);
}

v1::ClientMessage Silence(uint32_t participant, std::vector<v1::SourceKind> sources) {
  v1::ClientMessage message;
  v1::Silence& silence = *message.mutable_moderate()->mutable_silence();
  silence.set_participant(participant);
  for (const v1::SourceKind source : sources) silence.add_sources(source);
  return message;
}

v1::ClientMessage Ask(const Bench::Joined& who, v1::SourceKind source) {
  v1::ClientMessage message;
  message.mutable_moderate()->mutable_ask()->set_participant(who.joined.participant());
  message.mutable_moderate()->mutable_ask()->add_sources(source);
  return message;
}

v1::ClientMessage Remove(const Bench::Joined& who, bool ban) {
  v1::ClientMessage message;
  message.mutable_moderate()->mutable_remove()->set_participant(who.joined.participant());
  message.mutable_moderate()->mutable_remove()->set_ban(ban);
  return message;
}

v1::ClientMessage Rules(bool locked, std::vector<v1::SourceKind> reserved = {},
                        std::vector<v1::SourceKind> start_muted = {}) {
  v1::ClientMessage message;
  v1::RoomRules& rules = *message.mutable_moderate()->mutable_rules();
  rules.set_locked(locked);
  for (const v1::SourceKind source : reserved) rules.add_reserved(source);
  for (const v1::SourceKind source : start_muted) rules.add_start_muted(source);
  return message;
}

v1::ClientMessage LiftBans() {
  v1::ClientMessage message;
  message.mutable_moderate()->mutable_lift_bans();
  return message;
}

v1::ClientMessage End() {
  v1::ClientMessage message;
  message.mutable_moderate()->mutable_end();
  return message;
}

// From an address, and with a pass; the error, if there is one.
v1::ErrorCode JoinFrom(Bench& bench, const std::optional<IpAddress>& peer,
                       const std::string& pass = "", const std::string& room = "open/tea") {
  const ConnectionId connection = bench.Connect(peer);
  v1::ClientMessage message = Bench::JoinMessage(room);
  message.mutable_join()->set_pass(pass);
  bench.Send(connection, message);
  return bench.at(connection).error();
}

constexpr v1::SourceKind kMic = v1::SOURCE_KIND_MICROPHONE;
constexpr v1::SourceKind kCam = v1::SOURCE_KIND_CAMERA;

TEST(Silencing, IsAtOnceAndToldAndNoOneElses) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, Silence(bob.joined.participant(), {kMic}));
  EXPECT_FALSE(ForwardsLast(bench, bob.track(0)));
  EXPECT_TRUE(ForwardsLast(bench, bob.track(1)));
  const auto told = bench.at(bob.connection).All(Body::kModerated);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].moderated().by(), ada.joined.participant());
  EXPECT_EQ(told[0].moderated().silenced().sources(0), kMic);
  EXPECT_EQ(bench.at(ada.connection).Count(Body::kModerated), 0u);
  // Not reserved: the person may speak again.
  bench.Send(bob.connection, Muted(bob.track(0), false));
  EXPECT_TRUE(ForwardsLast(bench, bob.track(0)));
}

TEST(Silencing, OfAllLeavesThoseWhoModerate) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto cleo = bench.Join();
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_CO_HOST));
  bench.Send(bob.connection, Silence(0, {kMic, kCam}));
  EXPECT_TRUE(ForwardsLast(bench, ada.track(0)));
  EXPECT_TRUE(ForwardsLast(bench, bob.track(0)));
  EXPECT_FALSE(ForwardsLast(bench, cleo.track(0)));
  EXPECT_FALSE(ForwardsLast(bench, cleo.track(1)));
}

TEST(Silencing, IsForModeratorsAndNotAboveThem) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  const auto cleo = bench.Join();
  const auto elsewhere = bench.Join("open/coffee");
  for (const uint32_t whom : {0u, ada.joined.participant(), cleo.joined.participant()}) {
    bench.Send(bob.connection, Silence(whom, {kMic}));
    EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  }
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_CO_HOST));
  bench.Send(bob.connection, Silence(ada.joined.participant(), {kMic}));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  // A host of another room is a stranger here.
  bench.Send(elsewhere.connection, Silence(cleo.joined.participant(), {kMic}));
  EXPECT_EQ(bench.at(elsewhere.connection).error(), v1::ERROR_CODE_UNKNOWN_PARTICIPANT);
  EXPECT_TRUE(ForwardsLast(bench, ada.track(0)));
  EXPECT_TRUE(ForwardsLast(bench, cleo.track(0)));
}

TEST(Silencing, WhatTheRulesReserveIsTurnedOnByNobodyUnasked) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, Rules(false, {kMic}));
  EXPECT_EQ(bench.at(bob.connection).last().rules().reserved(0), kMic);
  bench.Send(ada.connection, Silence(0, {kMic}));
  bench.Send(bob.connection, Muted(bob.track(0), false));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_FALSE(ForwardsLast(bench, bob.track(0)));
  // Who comes does not begin with it on either, whatever the offer says.
  const auto cleo = bench.Join();
  EXPECT_FALSE(ForwardsLast(bench, cleo.track(0)));
  EXPECT_TRUE(ForwardsLast(bench, cleo.track(1)));
  EXPECT_TRUE(cleo.joined.tracks(0).muted());
  EXPECT_EQ(cleo.joined.rules().reserved(0), kMic);

  bench.Send(bob.connection, Ask(cleo, kMic));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  bench.Send(ada.connection, Ask(bob, kMic));
  EXPECT_EQ(bench.at(bob.connection).last().moderated().asked().sources(0), kMic);
  EXPECT_FALSE(ForwardsLast(bench, bob.track(0))) << "nobody is unmuted by another";
  bench.Send(bob.connection, Muted(bob.track(0), false));
  EXPECT_TRUE(ForwardsLast(bench, bob.track(0)));
  // Silenced again, the asking is over.
  bench.Send(ada.connection, Silence(bob.joined.participant(), {kMic}));
  bench.Send(bob.connection, Muted(bob.track(0), false));
  EXPECT_FALSE(ForwardsLast(bench, bob.track(0)));
  bench.Send(ada.connection, Rules(false));
  bench.Send(bob.connection, Muted(bob.track(0), false));
  EXPECT_TRUE(ForwardsLast(bench, bob.track(0)));
}

TEST(Silencing, WhoComesBeginsAsTheRulesHaveIt) {
  Bench bench;
  const auto ada = bench.Join();
  bench.Send(ada.connection, Rules(false, {}, {kCam}));
  const auto bob = bench.Join();
  EXPECT_TRUE(ForwardsLast(bench, bob.track(0)));
  EXPECT_FALSE(ForwardsLast(bench, bob.track(1)));
  bench.Send(bob.connection, Muted(bob.track(1), false));
  EXPECT_TRUE(ForwardsLast(bench, bob.track(1)));
}

TEST(Rules, AreForModeratorsToSet) {
  Bench bench;
  bench.Join();
  const auto bob = bench.Join();
  for (const auto& message : {Rules(true), LiftBans(), End()}) {
    bench.Send(bob.connection, message);
    EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  }
  EXPECT_EQ(JoinFrom(bench, std::nullopt), v1::ERROR_CODE_UNSPECIFIED);
}

TEST(Rules, ALockedRoomTakesBackItsPeopleAndNobodyElse) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, Rules(true));
  EXPECT_EQ(JoinFrom(bench, std::nullopt), v1::ERROR_CODE_ROOM_LOCKED);
  EXPECT_EQ(JoinFrom(bench, std::nullopt, "nonsense"), v1::ERROR_CODE_ROOM_LOCKED);
  Leave(bench, bob);
  EXPECT_EQ(JoinFrom(bench, std::nullopt, bob.joined.pass()), v1::ERROR_CODE_UNSPECIFIED);
  // Even when the others are gone: a lock does not open by itself.
  Leave(bench, ada);
  EXPECT_EQ(JoinFrom(bench, std::nullopt), v1::ERROR_CODE_ROOM_LOCKED);
  EXPECT_EQ(JoinFrom(bench, std::nullopt, ada.joined.pass()), v1::ERROR_CODE_UNSPECIFIED);
}

TEST(Removing, PutsOutAndTellsWhy) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, Remove(bob, false));
  EXPECT_EQ(bench.at(bob.connection).close_code, kCloseRemoved);
  EXPECT_TRUE(bench.at(bob.connection).last().moderated().has_removed());
  EXPECT_EQ(bench.plane().stats().participants, 1u);
  EXPECT_EQ(bench.CommandsOf<router::RemoveParticipant>().size(), 1u);
  // What was still under way is dropped, and there is nothing to resume.
  bench.Send(bob.connection, Bench::Chat("still here"));
  EXPECT_EQ(bench.at(ada.connection).Count(Body::kRelay), 0u);
  bench.Disconnect(bob.connection);
  EXPECT_EQ(bench.at(bench.Resume(bob, 1)).error(), v1::ERROR_CODE_RESUME_UNKNOWN);
  EXPECT_EQ(JoinFrom(bench, std::nullopt, bob.joined.pass()), v1::ERROR_CODE_UNSPECIFIED);
}

TEST(Removing, LeavesNothingOfThePass) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_CO_HOST));
  bench.Send(ada.connection, Remove(bob, false));
  const auto back = JoinWith(bench, bob.joined.pass(), "open/tea");
  EXPECT_EQ(RoleOf(bench, ada, back), v1::ROLE_PARTICIPANT);
  bench.Send(ada.connection, Rules(true));
  bench.Send(ada.connection, Remove(back, false));
  EXPECT_EQ(JoinFrom(bench, std::nullopt, back.joined.pass()), v1::ERROR_CODE_ROOM_LOCKED);
}

TEST(Removing, IsForModeratorsNotOfThoseAboveAndNotOfOneself) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(bob.connection, Remove(ada, true));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  bench.Send(ada.connection, Remove(ada, false));
  EXPECT_EQ(bench.at(ada.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_CO_HOST));
  bench.Send(bob.connection, Remove(ada, true));
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(bench.plane().stats().participants, 2u);
}

TEST(Removing, ABanOutlivesRejoinsByPassAndByNetwork) {
  Bench bench;
  const IpAddress home = IpAddress::V4(192, 0, 2, 7);
  const auto ada = bench.Join();
  const auto neighbour = bench.Join("open/tea", "", home);
  const auto bob = bench.Join("open/tea", "", home);
  bench.Send(ada.connection, Remove(bob, true));
  EXPECT_EQ(bench.at(ada.connection).last().rules().banned(), 1u);
  // With the pass from anywhere; as a stranger from the same network.
  const IpAddress elsewhere = IpAddress::V4(198, 51, 100, 1);
  EXPECT_EQ(JoinFrom(bench, elsewhere, bob.joined.pass()), v1::ERROR_CODE_BANNED);
  EXPECT_EQ(JoinFrom(bench, home), v1::ERROR_CODE_BANNED);
  EXPECT_EQ(JoinFrom(bench, home, "forged"), v1::ERROR_CODE_BANNED);
  // Who was in from there may come back, and other networks and rooms are as before.
  Leave(bench, neighbour);
  EXPECT_EQ(JoinFrom(bench, home, neighbour.joined.pass()), v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_EQ(JoinFrom(bench, elsewhere), v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_EQ(JoinFrom(bench, home, "", "open/coffee"), v1::ERROR_CODE_UNSPECIFIED);
  // The room is empty for a while: no way around it.
  Leave(bench, ada);
  EXPECT_EQ(JoinFrom(bench, home), v1::ERROR_CODE_BANNED);
  const auto back = JoinWith(bench, ada.joined.pass(), "open/tea");
  bench.Send(back.connection, LiftBans());
  EXPECT_EQ(JoinFrom(bench, home), v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_EQ(JoinFrom(bench, home, bob.joined.pass()), v1::ERROR_CODE_UNSPECIFIED);
}

TEST(Removing, ABanOfSomebodyBehindAProxyOfThisMachineBansNobodyElse) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join("open/tea", "", IpAddress::V4(127, 0, 0, 1));
  bench.Send(ada.connection, Remove(bob, true));
  EXPECT_EQ(JoinFrom(bench, IpAddress::V4(127, 0, 0, 1)), v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_EQ(JoinFrom(bench, std::nullopt, bob.joined.pass()), v1::ERROR_CODE_BANNED);
}

TEST(Removing, AnIpv6NetworkIsItsFirstHalf) {
  EXPECT_EQ(NetworkOf(*IpAddress::Parse("2001:db8:1:2:3:4:5:6")),
            NetworkOf(*IpAddress::Parse("2001:db8:1:2::9")));
  EXPECT_NE(NetworkOf(*IpAddress::Parse("2001:db8:1:2::9")),
            NetworkOf(*IpAddress::Parse("2001:db8:1:3::9")));
}

TEST(Ending, IsAHostsForEverybody) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  bench.Send(ada.connection, SetRole(bob, v1::ROLE_CO_HOST));
  bench.Send(bob.connection, End());
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  bench.Send(ada.connection, End());
  for (const ConnectionId connection : {ada.connection, bob.connection}) {
    EXPECT_TRUE(bench.at(connection).last().moderated().has_ended());
    EXPECT_EQ(bench.at(connection).close_code, kCloseEnded);
  }
  EXPECT_EQ(bench.plane().stats().rooms, 0u);
  EXPECT_EQ(bench.plane().stats().participants, 0u);
  bench.Advance(Duration::Seconds(60));
}

TEST(Ending, WhoeverRunsTheServerEndsARoomUnreadAndKeepsItClosed) {
  Bench bench;
  const auto ada = bench.Join("open/tea");
  const auto bob = bench.Join("open/coffee");
  const std::vector<std::string> closed = {"open/Tea"};
  EXPECT_TRUE(bench.CloseRooms(closed).has_value());
  EXPECT_EQ(bench.at(ada.connection).last().moderated().by(), 0u);
  EXPECT_EQ(bench.at(ada.connection).close_code, kCloseEnded);
  EXPECT_FALSE(bench.at(bob.connection).closed());
  EXPECT_EQ(JoinFrom(bench, std::nullopt, ada.joined.pass()), v1::ERROR_CODE_ROOM_CLOSED);
  const std::vector<std::string> nonsense = {"open/coffee", "what is this"};
  EXPECT_FALSE(bench.CloseRooms(nonsense).has_value());
  EXPECT_FALSE(bench.at(bob.connection).closed()) << "all or nothing";
  EXPECT_TRUE(bench.CloseRooms({}).has_value());
  EXPECT_EQ(JoinFrom(bench, std::nullopt), v1::ERROR_CODE_UNSPECIFIED);
}

TEST(Rules, ComeBackWithAResumeThatHasLostCount) {
  Bench bench;
  const auto ada = bench.Join();
  bench.Send(ada.connection, Rules(true));
  bench.Disconnect(ada.connection);
  const ConnectionId again = bench.Resume(ada, 999);
  const auto rules = bench.at(again).All(Body::kRules);
  ASSERT_EQ(rules.size(), 1u);
  EXPECT_TRUE(rules[0].rules().locked());
}

TEST(Moderation, IsSaidToPeopleOnlyByThoseWhoMay) {
  Bench bench;
  const auto ada = bench.Join();
  const auto bob = bench.Join();
  v1::ClientMessage message = Bench::Chat("turn it on", {ada.joined.participant()});
  message.mutable_relay()->set_class_(v1::MESSAGE_CLASS_MODERATION);
  bench.Send(bob.connection, message);
  EXPECT_EQ(bench.at(bob.connection).error(), v1::ERROR_CODE_NOT_ALLOWED);
  EXPECT_EQ(bench.at(ada.connection).Count(Body::kRelay), 0u);
  message.mutable_relay()->set_to(0, bob.joined.participant());
  bench.Send(ada.connection, message);
  EXPECT_EQ(bench.at(bob.connection).Count(Body::kRelay), 1u);
}

}  // namespace
}  // namespace conclave::signal
