#include "signal/negotiation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "signal/limits.h"
#include "signal/test_offer.h"
#include "wire/rtp_extensions.h"

namespace conclave::signal {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::OfferShape;
using ::testing::SizeIs;
using testing::TestOffer;
using wire::SdpDirection;
using wire::SdpMedia;

std::string ReadOffer(const std::string& browser) {
  std::ifstream file(std::string(CONCLAVE_WIRE_TESTDATA) + "/" + browser + "_offer.sdp");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

const std::vector<NamedTrack> kMicrophoneAndCamera = {{"0", router::SourceKind::kMicrophone, false},
                                                      {"1", router::SourceKind::kCamera, true}};
const std::vector<NamedTrack> kAllSources = {{"0", router::SourceKind::kMicrophone, false},
                                             {"1", router::SourceKind::kCamera, false},
                                             {"2", router::SourceKind::kScreenVideo, true},
                                             {"3", router::SourceKind::kScreenAudio, true}};

class NegotiationTest : public ::testing::TestWithParam<const char*> {
 protected:
  static AnswerIdentity Identity() {
    AnswerIdentity identity;
    identity.fingerprint.fill(0x5a);
    identity.candidates = {{IpAddress::V4(192, 0, 2, 7), 5000},
                           {*IpAddress::Parse("2001:db8::1"), 5000}};
    return identity;
  }
  wire::SessionDescription Answer(const std::string& offer, std::span<const NamedTrack> tracks) {
    Result<NegotiatedOffer> applied = negotiation_.Apply(offer, tracks);
    EXPECT_TRUE(applied.has_value()) << applied.error().message;
    last_ = *applied;
    return wire::ParseSdp(last_.answer).value();
  }
  std::string ErrorOf(const std::string& offer, std::span<const NamedTrack> tracks = {}) {
    return negotiation_.Apply(offer, tracks).error().message;
  }

  SeededRandom random_{1};
  MediaIds ids_{random_};
  Negotiation negotiation_{Identity(), random_, ids_};
  NegotiatedOffer last_;
};

class RealOffers : public NegotiationTest {};
INSTANTIATE_TEST_SUITE_P(Browsers, RealOffers, ::testing::Values("chromium", "firefox"),
                         [](const auto& each) { return std::string(each.param); });

TEST_P(RealOffers, AreAnsweredSectionBySection) {
  const std::string text = ReadOffer(GetParam());
  const auto offer = wire::ParseSdp(text).value();
  const auto answer = Answer(text, kAllSources);
  ASSERT_THAT(answer.media, SizeIs(16));
  EXPECT_TRUE(answer.ice_lite);
  EXPECT_EQ(answer.groups, offer.groups);
  EXPECT_EQ(answer.extmap_allow_mixed, offer.extmap_allow_mixed);
  for (size_t i = 0; i < 16; ++i) {
    const SdpMedia& section = answer.media[i];
    EXPECT_EQ(section.mid, offer.media[i].mid);
    EXPECT_EQ(section.extmap_allow_mixed, offer.media[i].extmap_allow_mixed);
    EXPECT_EQ(section.kind, offer.media[i].kind);
    EXPECT_EQ(section.direction, i < 4 ? SdpDirection::kRecvOnly : SdpDirection::kSendOnly);
    EXPECT_EQ(section.setup, wire::SdpSetup::kPassive);
    EXPECT_EQ(section.ice_ufrag, negotiation_.local().ufrag);
    EXPECT_EQ(section.fingerprint->digest, std::vector<uint8_t>(32, 0x5a));
    EXPECT_TRUE(section.rtcp_mux);
    EXPECT_NE(section.port, 0);
    EXPECT_EQ(section.candidates.size(), i == 0 ? 2u : 0u);
    EXPECT_EQ(section.end_of_candidates, i == 0);
  }
}

TEST_P(RealOffers, NeverAnswerMoreThanWasOffered) {
  const std::string text = ReadOffer(GetParam());
  const auto offer = wire::ParseSdp(text).value();
  const auto answer = Answer(text, kAllSources);
  for (size_t i = 0; i < answer.media.size(); ++i) {
    for (const wire::SdpFormat& format : answer.media[i].formats) {
      const wire::SdpFormat* offered = offer.media[i].FindFormat(format.payload_type);
      ASSERT_NE(offered, nullptr);
      EXPECT_EQ(format.name, offered->name);
      EXPECT_THAT(format.feedback, Each(::testing::AnyOfArray(offered->feedback)));
      EXPECT_THAT(format.name, ::testing::AnyOf("opus", "VP8", "VP9", "H264", "AV1", "rtx"));
    }
    for (const wire::SdpExtmap& extmap : answer.media[i].extmaps) {
      const wire::SdpExtmap* offered = offer.media[i].FindExtmap(extmap.uri);
      ASSERT_NE(offered, nullptr);
      EXPECT_EQ(extmap.id, offered->id);
    }
  }
}

TEST_P(RealOffers, TheCameraIsReceivedInItsOfferedLayers) {
  const auto answer = Answer(ReadOffer(GetParam()), kAllSources);
  const SdpMedia& camera = answer.media[1];
  ASSERT_THAT(camera.rids, SizeIs(3));
  EXPECT_EQ(camera.rids[0].id, "q");
  EXPECT_EQ(camera.rids[2].direction, wire::SdpRidDirection::kRecv);
  ASSERT_TRUE(camera.simulcast.has_value());
  EXPECT_THAT(camera.simulcast->send, IsEmpty());
  EXPECT_EQ(camera.simulcast->recv[1][0].rid, "h");
  EXPECT_THAT(camera.ssrcs, IsEmpty());
  EXPECT_EQ(camera.formats[0].name, "VP8");
  EXPECT_EQ(camera.formats[1].name, "rtx");
  EXPECT_THAT(camera.formats, Contains(::testing::Field(&wire::SdpFormat::name, "VP9")))
      << "it may go over to it";
  EXPECT_THAT(camera.formats[0].feedback,
              ElementsAre("nack", "nack pli", "ccm fir", "transport-cc"));

  const router::TrackConfig& track = last_.new_tracks.at(1);
  EXPECT_THAT(track.rids, ElementsAre("q", "h", "f"));
  EXPECT_EQ(track.ssrc, 0u);
  EXPECT_NE(track.extensions.rid, 0);
  EXPECT_NE(track.extensions.repaired_rid, 0);
  EXPECT_NE(track.extensions.dependency_descriptor, 0);
  EXPECT_EQ(track.codecs.at(0).payload_type, camera.formats[0].payload_type);
  EXPECT_EQ(track.codecs.at(0).rtx_payload_type, camera.formats[1].payload_type);
  EXPECT_TRUE(last_.new_tracks.at(2).muted);
  EXPECT_THAT(last_.new_tracks.at(2).rids, IsEmpty());
}

TEST_P(RealOffers, SlotsHaveTheirOwnStreamsAndSsrcs) {
  const auto answer = Answer(ReadOffer(GetParam()), kAllSources);
  std::set<std::string> streams;
  std::set<uint32_t> ssrcs;
  for (size_t i = 4; i < 16; ++i) {
    const SdpMedia& section = answer.media[i];
    const router::SlotConfig& slot = last_.new_slots.at(i - 4);
    ASSERT_THAT(section.msids, SizeIs(1));
    streams.insert(section.msids[0].stream);
    EXPECT_THAT(section.rids, IsEmpty());
    EXPECT_EQ(section.ssrcs.at(0).ssrc, slot.ssrc);
    EXPECT_FALSE(section.ssrcs[0].cname.empty());
    ssrcs.insert(slot.ssrc);
    EXPECT_EQ(slot.extensions.rid, 0);
    if (slot.kind == router::MediaKind::kAudio) {
      EXPECT_EQ(slot.rtx_ssrc, 0u);
      EXPECT_NE(slot.extensions.audio_level, 0);
      continue;
    }
    ssrcs.insert(slot.rtx_ssrc);
    ASSERT_THAT(section.ssrc_groups, SizeIs(1));
    EXPECT_EQ(section.ssrc_groups[0].semantics, "FID");
    EXPECT_THAT(section.ssrc_groups[0].ssrcs, ElementsAre(slot.ssrc, slot.rtx_ssrc));
    EXPECT_EQ(slot.codecs.at(0).name, router::CodecName::kVp8);
    EXPECT_NE(slot.codecs.at(0).rtx_payload_type, 0);
  }
  EXPECT_THAT(streams, SizeIs(12));
  EXPECT_THAT(ssrcs, SizeIs(4 + 2 * 8));
}

TEST_P(RealOffers, TheDependencyDescriptorIsNeverSentToFirefox) {
  Answer(ReadOffer(GetParam()), kAllSources);
  const bool chromium = std::string(GetParam()) == "chromium";
  for (const router::SlotConfig& slot : last_.new_slots) {
    const bool video = slot.kind == router::MediaKind::kVideo;
    EXPECT_EQ(slot.extensions.dependency_descriptor != 0, chromium && video);
  }
}

TEST_P(RealOffers, TheSameOfferAgainChangesNothing) {
  const std::string offer = ReadOffer(GetParam());
  auto first = Answer(offer, kAllSources);
  const auto second = Answer(offer, kAllSources);
  EXPECT_THAT(last_.new_slots, IsEmpty());
  EXPECT_THAT(last_.new_tracks, IsEmpty());
  EXPECT_FALSE(last_.ice_restarted);
  EXPECT_EQ(second.origin.session_version, first.origin.session_version + 1);
  first.origin.session_version = second.origin.session_version;
  EXPECT_EQ(first, second);
}

TEST_F(NegotiationTest, FirefoxAnnouncesTheSsrcsOfAPlainSender) {
  Answer(ReadOffer("firefox"), kAllSources);
  EXPECT_NE(last_.new_tracks.at(0).ssrc, 0u);
  EXPECT_EQ(last_.new_tracks.at(1).ssrc, 0u);
}

TEST_F(NegotiationTest, DirectionsOfExtensionsAreReversed) {
  const auto answer = Answer(ReadOffer("firefox"), kAllSources);
  const wire::SdpExtmap* rid = answer.media[1].FindExtmap(wire::kRidUri);
  ASSERT_NE(rid, nullptr);
  EXPECT_EQ(rid->direction, SdpDirection::kRecvOnly);
  EXPECT_EQ(answer.media[1].FindExtmap(wire::kMidUri)->direction, std::nullopt);
}

TEST_F(NegotiationTest, MoreSlotsLeaveTheFirstAsTheyAre) {
  OfferShape shape;
  const auto before = Answer(TestOffer(shape), kMicrophoneAndCamera);
  shape.video_slots = 4;
  const auto after = Answer(TestOffer(shape), kMicrophoneAndCamera);
  ASSERT_THAT(after.media, SizeIs(10));
  for (size_t i = 0; i < before.media.size(); ++i) EXPECT_EQ(after.media[i], before.media[i]);
  EXPECT_THAT(last_.new_slots, SizeIs(2));
  EXPECT_EQ(last_.new_slots[0].slot, SlotId(7));
  EXPECT_THAT(negotiation_.slots(), SizeIs(8));
  EXPECT_FALSE(last_.ice_restarted);
}

TEST_F(NegotiationTest, AnIceRestartChangesCredentialsAndNothingElse) {
  OfferShape shape;
  auto before = Answer(TestOffer(shape), kMicrophoneAndCamera);
  const router::IceCredentials local = negotiation_.local();
  EXPECT_EQ(local.ufrag.size(), 16u);
  EXPECT_EQ(local.password.size(), 32u);
  shape.ufrag = "other";
  shape.password = "another-password-of-24-c";
  EXPECT_THAT(ErrorOf(TestOffer(shape)), HasSubstr("ice-pwd"));
  shape.password = "anotherPasswordOf24chars";
  const auto after = Answer(TestOffer(shape), kMicrophoneAndCamera);
  EXPECT_TRUE(last_.ice_restarted);
  EXPECT_NE(negotiation_.local().ufrag, local.ufrag);
  EXPECT_NE(negotiation_.local().password, local.password);
  EXPECT_EQ(negotiation_.remote().ufrag, "other");
  for (size_t i = 0; i < before.media.size(); ++i) {
    before.media[i].ice_ufrag = after.media[i].ice_ufrag;
    before.media[i].ice_pwd = after.media[i].ice_pwd;
  }
  EXPECT_EQ(after.media, before.media);
}

TEST_F(NegotiationTest, WhatCannotBeUsedIsRejectedWithoutHarm) {
  std::string offer = TestOffer();
  offer = Replaced(offer, "BUNDLE 0", "BUNDLE 90 0 91");
  offer +=
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:90\r\n"
      "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijklmn\r\na=setup:actpass\r\n"
      "a=fingerprint:sha-256 ";
  for (int i = 0; i < 32; ++i) offer += i == 0 ? "AB" : ":AB";
  // A codec that nobody has.
  offer +=
      "\r\nm=video 9 UDP/TLS/RTP/SAVPF 99\r\nc=IN IP4 0.0.0.0\r\na=mid:91\r\na=recvonly\r\n"
      "a=rtcp-mux\r\na=rtpmap:99 H265/90000\r\n";
  const auto answer = Answer(offer, kMicrophoneAndCamera);
  ASSERT_THAT(answer.media, SizeIs(10));
  EXPECT_EQ(answer.media[8].port, 0);
  EXPECT_EQ(answer.media[8].kind, "application");
  EXPECT_EQ(answer.media[9].port, 0);
  EXPECT_THAT(last_.new_slots, SizeIs(6));
  // The bundle's first section is rejected, so the first that is not brings the candidates.
  EXPECT_EQ(answer.groups[0].mids.front(), "0");
  EXPECT_THAT(answer.media[0].candidates, SizeIs(2));
}

TEST_F(NegotiationTest, ASenderThatNobodyNamesStaysInactive) {
  const auto answer = Answer(TestOffer(), std::span(kMicrophoneAndCamera).first(1));
  EXPECT_EQ(answer.media[1].direction, SdpDirection::kInactive);
  EXPECT_NE(answer.media[1].port, 0);
  EXPECT_THAT(last_.new_tracks, SizeIs(1));
  // It may be named later.
  Answer(TestOffer(), kMicrophoneAndCamera);
  EXPECT_THAT(last_.new_tracks, SizeIs(1));
  EXPECT_EQ(last_.new_tracks[0].source, router::SourceKind::kCamera);
}

TEST_F(NegotiationTest, SimulcastNeedsTheRidExtension) {
  const std::string offer =
      Replaced(TestOffer(), "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n", "");
  const auto answer = Answer(offer, kMicrophoneAndCamera);
  EXPECT_FALSE(answer.media[1].simulcast.has_value());
  EXPECT_THAT(last_.new_tracks[1].rids, IsEmpty());
}

TEST_F(NegotiationTest, SsrcsGoBackWhenAParticipantGoes) {
  std::set<uint32_t> all;
  for (int i = 0; i < 20; ++i) {
    // The same random numbers each time: only what is in use is avoided.
    SeededRandom random(3);
    MediaIds ids(random);
    std::vector<std::unique_ptr<Negotiation>> people;
    for (int k = 0; k < 3; ++k) {
      people.push_back(std::make_unique<Negotiation>(Identity(), random, ids));
      ASSERT_TRUE(people.back()->Apply(TestOffer(), kMicrophoneAndCamera).has_value());
      for (const auto& slot : people.back()->slots()) all.insert(slot.ssrc);
    }
  }
  EXPECT_THAT(all, SizeIs(3 * 6));
}

TEST_F(NegotiationTest, OffersThatCannotBeAnsweredSayWhy) {
  const std::string offer = TestOffer();
  EXPECT_THAT(ErrorOf(""), HasSubstr("sdp"));
  EXPECT_EQ(ErrorOf(Replaced(offer, "a=group:BUNDLE", "a=group:LS")), "offer: no a=group:BUNDLE");
  EXPECT_EQ(ErrorOf(Replaced(offer, "BUNDLE 0", "BUNDLE zz 0")),
            "offer: the BUNDLE group names an unknown mid");
  EXPECT_THAT(ErrorOf(Replaced(offer, "a=mid:1\r\n", "a=mid:0\r\n")), HasSubstr("a=mid"));
  EXPECT_EQ(ErrorOf(Replaced(offer, "a=mid:1\r\n", "")), "offer: a media section without a=mid");
  EXPECT_EQ(ErrorOf(Replaced(offer, "a=ice-ufrag:abcd\r\n", "")),
            "offer: a=ice-ufrag missing or malformed");
  EXPECT_EQ(ErrorOf(Replaced(offer, "setup:actpass", "setup:passive")),
            "offer: a=setup must be actpass or active");
  EXPECT_EQ(ErrorOf(Replaced(offer, "sha-256", "sha-1")), "offer: no a=fingerprint:sha-256");
  const auto with_track = [&](const char* mid, router::SourceKind source) {
    const std::vector<NamedTrack> tracks = {{mid, source, false}};
    return ErrorOf(offer, tracks);
  };
  EXPECT_EQ(with_track("0", router::SourceKind::kCamera),
            "offer: mid 0 is of another kind than its source");
  EXPECT_EQ(with_track("2", router::SourceKind::kMicrophone), "offer: mid 2 does not send");
  const std::vector<NamedTrack> nine(9, kMicrophoneAndCamera[0]);
  EXPECT_EQ(ErrorOf(offer, nine), "offer: 9 tracks of at most 8");
  EXPECT_EQ(ErrorOf(offer, std::span(nine).first(2)), "offer: two tracks for mid 0");
  OfferShape many;
  many.video_slots = 120;
  EXPECT_EQ(ErrorOf(TestOffer(many)), "offer: 126 media sections of at most 100");
}

TEST_F(NegotiationTest, ALaterOfferMustContinueTheEarlier) {
  OfferShape shape;
  Answer(TestOffer(shape), kMicrophoneAndCamera);
  const router::IceCredentials local = negotiation_.local();
  OfferShape fewer = shape;
  fewer.video_slots = 1;
  EXPECT_EQ(ErrorOf(TestOffer(fewer)), "offer: fewer media sections than before");
  EXPECT_EQ(ErrorOf(Replaced(TestOffer(shape), "sha-256 AB", "sha-256 CD")),
            "offer: another fingerprint");
  std::string renamed = Replaced(TestOffer(shape), "a=mid:3\r\n", "a=mid:x\r\n");
  renamed = Replaced(renamed, " 3 ", " x ");
  EXPECT_EQ(ErrorOf(renamed), "offer: section 3 is no longer mid 3");
  EXPECT_EQ(negotiation_.local().ufrag, local.ufrag);
  EXPECT_THAT(negotiation_.slots(), SizeIs(6));
}

TEST_F(NegotiationTest, SlotsAreBounded) {
  OfferShape many;
  many.audio_slots = 8;
  many.video_slots = 85;
  const auto answer = Answer(TestOffer(many), {});
  EXPECT_THAT(negotiation_.slots(), SizeIs(kSlotsPerParticipantMax));
  EXPECT_EQ(answer.media.back().direction, SdpDirection::kInactive);
}

}  // namespace
}  // namespace conclave::signal
