// What strangers and liars can do to a shard: nothing.
#include <gtest/gtest.h>

#include <map>

#include "sim/shard_harness.h"
#include "wire/rtcp.h"
#include "wire/stun.h"

namespace conclave::sim {
namespace {

const SocketAddress kStranger = {IpAddress::V4(203, 0, 113, 66), 6666};

std::vector<uint8_t> Garbage(Random& random, size_t size, int first) {
  std::vector<uint8_t> bytes(size);
  random.Fill(bytes);
  if (!bytes.empty()) bytes[0] = static_cast<uint8_t>(first);
  return bytes;
}

class ShardHostile : public ::testing::Test {
 protected:
  ShardHostile() : a(harness.Join()), b(harness.Join({.camera = false})) {
    harness.world.RunFor(Duration::Seconds(2));
  }
  void ExpectUnharmed() {
    const SlotReceiver* video = harness.SlotOf(b, a.camera);
    ASSERT_NE(video, nullptr);
    const uint64_t frames = video->stats().frames_decoded;
    harness.world.RunFor(Duration::Seconds(1));
    EXPECT_GT(video->stats().frames_decoded, frames + 7);
    EXPECT_EQ(video->stats().broken_frames, 0u);
    EXPECT_EQ(video->stats().wrong_source, 0u);
    EXPECT_TRUE(harness.media(a).connected());
    EXPECT_EQ(harness.media(b).stats().foreign_packets, 0u);
    EXPECT_EQ(harness.world.shard().stats().participants, 2u);
  }

  ShardHarness harness;
  Joined a;
  Joined b;
  SeededRandom random{7};
};

TEST_F(ShardHostile, StrangersGetNoAnswerAndChangeNothing) {
  uint64_t answers = 0;
  harness.world.on_server_datagram = [&](const SocketAddress& to, std::span<const uint8_t>) {
    answers += to == kStranger ? 1u : 0u;
  };
  // STUN, DTLS, RTP, RTCP and unassigned first bytes; empty, short and oversized datagrams.
  for (const int first : {0, 1, 20, 22, 23, 63, 64, 127, 128, 144, 160, 191, 192, 255}) {
    for (const size_t size : {0, 1, 2, 11, 12, 20, 100, 1200, 1500, 1501, 9000}) {
      harness.world.Inject(kStranger, Garbage(random, size, first));
    }
    harness.world.RunFor(Duration::Millis(5));
  }
  EXPECT_EQ(answers, 0u);
  const router::ShardStats& stats = harness.world.shard().stats();
  EXPECT_GT(stats.dropped_unknown_path, 50u);
  EXPECT_GT(stats.dropped_malformed, 30u);
  ExpectUnharmed();
}

TEST_F(ShardHostile, ForgedPacketsFromAParticipantsOwnAddressAreDropped) {
  const SocketAddress address = harness.world.AddressOf(a.client);
  const uint64_t before = harness.world.shard().stats().dropped_authentication;
  for (const int first : {0, 20, 22, 23, 128, 144}) {
    for (const size_t size : {13, 20, 100, 1200, 1500}) {
      auto bytes = Garbage(random, size, first);
      if (first >= 128) bytes[1] = size % 2 == 0 ? 96 : 200;
      harness.world.Inject(address, bytes);
    }
    harness.world.RunFor(Duration::Millis(5));
  }
  EXPECT_GT(harness.world.shard().stats().dropped_authentication, before);
  ExpectUnharmed();
}

TEST_F(ShardHostile, ACheckWithSomebodysNameButNotTheirPasswordMovesNoPath) {
  // Any 16 characters as our fragment: not in the table. Integrity cannot be made without a
  // password.
  std::array<uint8_t, wire::kStunBytesMax> buffer;
  wire::StunBuilder builder(wire::StunClass::kRequest, wire::kStunBinding, {}, buffer);
  builder.AddUsername("AAAAAAAAAAAAAAAA:bbbb");
  builder.AddIntegrity({});
  harness.world.Inject(kStranger, builder.Finish());
  harness.world.RunFor(Duration::Millis(50));
  ExpectUnharmed();
}

TEST_F(ShardHostile, OnlyWhoIsInAMeetingIsToldItsAddress) {
  SocketAddress neighbour = harness.world.AddressOf(a.client);
  neighbour.port = 6666;
  std::map<SocketAddress, uint64_t> answers;
  harness.world.on_server_datagram = [&](const SocketAddress& to, std::span<const uint8_t> bytes) {
    const auto message = wire::ParseStun(bytes);
    if (message && message->xor_mapped_address == to) ++answers[to];
  };
  std::array<uint8_t, wire::kStunBytesMax> buffer;
  const auto ask = [&](const SocketAddress& from) {
    wire::StunBuilder builder(wire::StunClass::kRequest, wire::kStunBinding, {}, buffer);
    harness.world.Inject(from, builder.Finish());
    harness.world.RunFor(Duration::Millis(1));
  };
  ask(kStranger);
  ask(neighbour);
  EXPECT_EQ(answers[kStranger], 0u);
  EXPECT_EQ(answers[neighbour], 1u) << "another port of the same host: a connection being made";
  // Whoever asks in its name by the thousand is not served.
  for (int i = 0; i < 2500; ++i) {
    wire::StunBuilder builder(wire::StunClass::kRequest, wire::kStunBinding, {}, buffer);
    harness.world.Inject(neighbour, builder.Finish());
  }
  harness.world.RunFor(Duration::Millis(500));
  EXPECT_LE(answers[neighbour], 1000u);
  ExpectUnharmed();
}

TEST_F(ShardHostile, AMembersNonsenseFeedbackIsIgnored) {
  MediaClient& media = harness.media(b);
  std::vector<uint8_t> buffer(1400);
  // NACK for everything, of the slots and of SSRCs that are not its own; FIR and REMB to match.
  for (uint32_t ssrc = 0x10000; ssrc < 0x10030; ++ssrc) {
    ByteWriter out(buffer);
    std::vector<uint16_t> lost;
    for (uint32_t i = 0; i < 2000; ++i) lost.push_back(static_cast<uint16_t>(i * 17));
    wire::WriteNack(1, ssrc, std::span(lost).first(300), out);
    wire::WritePli(1, ssrc, out);
    const wire::FirItem fir[] = {{ssrc, 1}, {0, 0}};
    wire::WriteFir(1, fir, out);
    ASSERT_TRUE(out.ok());
    media.SendRtcp(harness.world.now(), out.written());
  }
  // Truncated and absurd compounds, authentic all the same.
  for (const size_t size : {8, 12, 16, 40}) {
    media.SendRtcp(harness.world.now(), Garbage(random, size, 0x81));
  }
  harness.world.Touch(b.client);
  harness.world.RunFor(Duration::Millis(100));
  EXPECT_LT(harness.world.shard().stats().retransmissions, 200u);
  ExpectUnharmed();
}

TEST_F(ShardHostile, AMemberWithEndlessStreamsEndsOnlyItself) {
  MediaClient& media = harness.media(b);
  std::vector<uint8_t> buffer(100);
  for (uint32_t ssrc = 1; ssrc <= 1100; ++ssrc) {
    ByteWriter out(buffer);
    wire::WritePli(ssrc, 0x10000, out);
    ASSERT_TRUE(out.ok());
    media.SendRtcp(harness.world.now(), out.written());
  }
  harness.world.Touch(b.client);
  harness.world.RunFor(Duration::Millis(100));
  size_t failures = 0;
  for (const router::Event& event : harness.events) {
    const auto* failure = std::get_if<router::TransportFailed>(&event);
    if (!failure) continue;
    ++failures;
    EXPECT_EQ(failure->participant, b.id);
    EXPECT_EQ(failure->why, router::TransportFailure::kKeysUsedUp);
  }
  EXPECT_EQ(failures, 1u);
  // What the control plane does then; whoever comes instead starts with new keys.
  harness.Leave(b);
  b = harness.Join({.camera = false});
  harness.world.RunFor(Duration::Seconds(2));
  ExpectUnharmed();
}

TEST_F(ShardHostile, ABadFingerprintGetsNoMedia) {
  // The harness tells the shard the right fingerprint; here it is told another one.
  router::AddParticipant command;
  command.room = RoomId(1);
  command.participant = ParticipantId(77);
  command.local = {"serverserver0001", "serverpasswordserverpassword0001"};
  command.remote = {"evil", "evilpasswordevilpassword"};
  command.remote_fingerprint[3] = 9;
  router::SlotConfig slot;
  slot.slot = SlotId(1);
  slot.ssrc = 0x999;
  slot.codecs = {{router::CodecName::kOpus, 111, 0, ""}};
  command.slots = {slot};
  harness.world.Command(command);
  MediaClientConfig media;
  media.local = command.remote;
  media.remote = command.local;
  media.slots = command.slots;
  const ClientIndex evil = harness.world.AddClient(media, {}, {});
  harness.world.RunFor(Duration::Seconds(3));
  EXPECT_EQ(harness.world.client(evil).slots()[0].stats().packets, 0u);
  bool failed = false;
  for (const router::Event& event : harness.events) {
    const auto* failure = std::get_if<router::TransportFailed>(&event);
    failed |= failure && failure->why == router::TransportFailure::kFingerprintMismatch &&
              failure->participant == ParticipantId(77);
  }
  EXPECT_TRUE(failed);
  harness.world.Command(router::RemoveParticipant{ParticipantId(77)});
  ExpectUnharmed();
}

TEST_F(ShardHostile, CommandsAboutNobodyAreHarmless) {
  const ParticipantId nobody(12345);
  harness.world.Command(router::RemoveParticipant{nobody});
  harness.world.Command(router::SetLayout{nobody, {{TrackId(1), 180}}, DataRate()});
  harness.world.Command(router::SetTrackMuted{TrackId(999), true});
  harness.world.Command(router::RestartIce{nobody, {"a", "b"}, {"c", "d"}});
  harness.world.Command(router::AddMediaSections{nobody, {}, {}});
  harness.SetLayout(b, {{TrackId(999), 720}, {a.camera, 360}, {a.camera, 720}, {TrackId(0), 1}});
  harness.world.RunFor(Duration::Millis(500));
  ExpectUnharmed();
}

}  // namespace
}  // namespace conclave::sim
