#include "wire/sdp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "wire/rtp_extensions.h"

namespace conclave::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kStart = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

std::string ReadFixture(const std::string& name) {
  std::ifstream file(std::string(CONCLAVE_WIRE_TESTDATA) + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

SessionDescription Parsed(const std::string& text) {
  auto result = ParseSdp(text);
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return result ? *result : SessionDescription{};
}

SdpMedia ParsedMedia(const std::string& lines, std::string_view kind = "video 9") {
  const auto description = Parsed(std::string(kStart) + "m=" + std::string(kind) +
                                  " UDP/TLS/RTP/SAVPF 96 97\r\n" + lines);
  return description.media.empty() ? SdpMedia{} : description.media[0];
}

std::string ErrorOf(const std::string& text) {
  const auto result = ParseSdp(text);
  return result ? "no error" : result.error().message;
}

std::string ErrorOfMedia(const std::string& line) {
  return ErrorOf(std::string(kStart) + "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n" + line + "\r\n");
}

// What the same offer made in the two browsers has in common.
void ExpectOurOffer(const SessionDescription& offer) {
  ASSERT_EQ(offer.media.size(), 16u);
  ASSERT_EQ(offer.groups.size(), 1u);
  EXPECT_EQ(offer.groups[0].semantics, "BUNDLE");
  EXPECT_EQ(offer.groups[0].mids.size(), 16u);
  for (size_t i = 0; i < offer.media.size(); ++i) {
    const SdpMedia& media = offer.media[i];
    const bool audio = i == 0 || (i >= 3 && i < 8);
    EXPECT_EQ(media.kind, audio ? "audio" : "video");
    EXPECT_EQ(media.protocol, "UDP/TLS/RTP/SAVPF");
    EXPECT_EQ(media.mid, std::to_string(i));
    EXPECT_EQ(media.direction, i < 4 ? SdpDirection::kSendOnly : SdpDirection::kRecvOnly);
    EXPECT_TRUE(media.rtcp_mux);
    EXPECT_FALSE(offer.IceUfrag(media).empty());
    EXPECT_FALSE(offer.IcePwd(media).empty());
    EXPECT_EQ(offer.Setup(media), SdpSetup::kActpass);
    ASSERT_TRUE(offer.Fingerprint(media));
    EXPECT_EQ(offer.Fingerprint(media)->hash, "sha-256");
    EXPECT_EQ(offer.Fingerprint(media)->digest.size(), 32u);
    EXPECT_NE(media.FindExtmap(kMidUri), nullptr);
  }
  const SdpMedia& camera = offer.media[1];
  ASSERT_TRUE(camera.simulcast);
  ASSERT_EQ(camera.simulcast->send.size(), 3u);
  EXPECT_EQ(camera.simulcast->send[0][0].rid, "q");
  EXPECT_TRUE(camera.simulcast->recv.empty());
  ASSERT_EQ(camera.rids.size(), 3u);
  EXPECT_EQ(camera.rids[2].id, "f");
  EXPECT_NE(camera.FindExtmap(kRidUri), nullptr);
}

TEST(Sdp, ReadsChromiumsOffer) {
  const auto offer = Parsed(ReadFixture("chromium_offer.sdp"));
  ExpectOurOffer(offer);
  EXPECT_TRUE(offer.extmap_allow_mixed);
  const SdpFormat* vp8 = offer.media[1].FindFormat(96);
  ASSERT_NE(vp8, nullptr);
  EXPECT_EQ(vp8->name, "VP8");
  EXPECT_EQ(vp8->clock_rate, 90000u);
  EXPECT_THAT(vp8->feedback,
              ElementsAre("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"));
  EXPECT_EQ(offer.media[1].FindFormat(97)->fmtp, "apt=96");
  const SdpFormat* opus = offer.media[0].FindFormat(111);
  ASSERT_NE(opus, nullptr);
  EXPECT_EQ(opus->channels, 2);
  ASSERT_EQ(offer.media[0].candidates.size(), 2u);
  EXPECT_FALSE(offer.media[0].candidates[0].ip());
  EXPECT_THAT(offer.media[0].candidates[0].address, testing::EndsWith(".local"));
  ASSERT_EQ(offer.media[2].ssrc_groups.size(), 1u);
  EXPECT_EQ(offer.media[2].ssrc_groups[0].semantics, "FID");
  EXPECT_EQ(offer.media[2].ssrcs.size(), 2u);
}

TEST(Sdp, ReadsFirefoxsOfferWithItsDanglingFeedback) {
  const std::string text = ReadFixture("firefox_offer.sdp");
  const auto offer = Parsed(text);
  ExpectOurOffer(offer);
  EXPECT_TRUE(offer.media[1].bundle_only);
  EXPECT_EQ(offer.media[1].port, 0);
  EXPECT_EQ(offer.media[1].FindExtmap(kDependencyDescriptorUri)->direction,
            SdpDirection::kSendOnly);
  // The slots were trimmed to VP8 and its RTX, but every other codec's a=rtcp-fb is still there.
  EXPECT_THAT(text.substr(text.find("a=mid:15")), HasSubstr("a=rtcp-fb:121 nack"));
  ASSERT_EQ(offer.media[15].formats.size(), 2u);
  EXPECT_THAT(ToString(offer).substr(ToString(offer).find("a=mid:15")),
              testing::Not(HasSubstr("rtcp-fb:121")));
  EXPECT_EQ(offer.media[0].candidates[2].transport, "tcp");
  EXPECT_EQ(offer.media[0].candidates[2].rest, "tcptype active");
  EXPECT_TRUE(offer.media[0].end_of_candidates);
}

TEST(Sdp, PrintsWhatItParsesToTheSame) {
  for (const char* name : {"chromium_offer.sdp", "firefox_offer.sdp"}) {
    const auto offer = Parsed(ReadFixture(name));
    EXPECT_EQ(Parsed(ToString(offer)), offer) << name;
  }
}

SessionDescription Answer() {
  SessionDescription answer;
  answer.origin = {.username = "conclave", .session_id = 77, .session_version = 3};
  answer.ice_lite = true;
  answer.extmap_allow_mixed = true;
  answer.msid_semantic = "WMS *";
  answer.groups = {{"BUNDLE", {"0", "1"}}};
  answer.ice_ufrag = "sixteencharsufrg";
  answer.ice_pwd = "thirty-two-characters-of-a-secret";
  answer.ice_options = {"trickle", "ice2"};
  answer.fingerprint = SdpFingerprint{"sha-256", std::vector<uint8_t>(32, 0xab)};
  answer.setup = SdpSetup::kPassive;
  SdpMedia slot;
  slot.kind = "video";
  slot.mid = "0";
  slot.direction = SdpDirection::kSendOnly;
  slot.connection = IpAddress::Parse("2001:db8::7");
  slot.rtcp_mux = slot.rtcp_rsize = true;
  slot.formats.push_back({96, "VP8", 90000, 1, "", {"nack", "nack pli"}});
  slot.formats.push_back({97, "rtx", 90000, 1, "apt=96", {}});
  slot.extmaps = {{4, std::string(kMidUri), std::nullopt},
                  {12, std::string(kDependencyDescriptorUri), SdpDirection::kSendOnly}};
  slot.msids = {{"slot-0", "slot-0"}};
  slot.ssrcs = {{1000, "conclave", "slot-0 slot-0"}, {1001, "", ""}};
  slot.ssrc_groups = {{"FID", {1000, 1001}}};
  slot.candidates.push_back({"1", 1, "udp", 2130706431, "192.0.2.1", 5000, "host", ""});
  slot.end_of_candidates = true;
  SdpMedia camera = slot;
  camera.mid = "1";
  camera.direction = SdpDirection::kRecvOnly;
  camera.connection.reset();
  camera.ssrcs.clear();
  camera.ssrc_groups.clear();
  camera.msids.clear();
  camera.rids = {{"q", SdpRidDirection::kRecv, ""}, {"f", SdpRidDirection::kRecv, "pt=96"}};
  camera.simulcast = SdpSimulcast{{}, {{{"q", false}, {"h", true}}, {{"f", false}}}};
  camera.setup = SdpSetup::kActive;
  answer.media = {slot, camera};
  return answer;
}

TEST(Sdp, RoundTripsAnAnswer) {
  const SessionDescription answer = Answer();
  const std::string text = ToString(answer);
  EXPECT_EQ(Parsed(text), answer) << text;
  EXPECT_THAT(text, HasSubstr("a=simulcast:recv q,~h;f\r\n"));
  EXPECT_THAT(text, HasSubstr("a=candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host\r\n"));
  EXPECT_THAT(text, HasSubstr("c=IN IP6 2001:db8::7\r\n"));
  EXPECT_THAT(text, HasSubstr("a=extmap:12/sendonly "));
}

TEST(Sdp, AppliesTheSessionsValuesWhereASectionHasNone) {
  const SessionDescription answer = Answer();
  EXPECT_EQ(answer.Setup(answer.media[0]), SdpSetup::kPassive);
  EXPECT_EQ(answer.Setup(answer.media[1]), SdpSetup::kActive);
  EXPECT_EQ(answer.IceUfrag(answer.media[0]), "sixteencharsufrg");
}

TEST(Sdp, AcceptsLinesThatEndInLf) {
  const std::string text = ReadFixture("chromium_offer.sdp");
  std::string with_lf;
  for (const char c : text) {
    if (c != '\r') with_lf += c;
  }
  EXPECT_EQ(Parsed(with_lf), Parsed(text));
}

TEST(Sdp, SkipsWhatItDoesNotKnow) {
  const SdpMedia media = ParsedMedia(
      "i=title\r\nb=AS:100\r\na=x-unknown:1 2\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
      "a=rtpmap:99 VP8/90000\r\na=fmtp:99 x\r\na=rtcp-fb:99 nack\r\na=mid:a\r\n");
  EXPECT_EQ(media.mid, "a");
  EXPECT_EQ(media.formats.size(), 2u);
  EXPECT_THAT(media.formats[0].name, IsEmpty());
}

TEST(Sdp, SpreadsWildcardFeedbackOverTheFormats) {
  const SdpMedia media = ParsedMedia("a=rtcp-fb:* nack pli\r\na=rtcp-fb:96 nack pli\r\n");
  EXPECT_THAT(media.formats[0].feedback, ElementsAre("nack pli"));
  EXPECT_THAT(media.formats[1].feedback, ElementsAre("nack pli"));
}

TEST(Sdp, CongestionControlFeedbackIsOfTheWholeSection) {
  SessionDescription description;
  SdpMedia media = ParsedMedia("a=rtpmap:96 VP8/90000\r\na=rtcp-fb:* ack ccfb\r\n");
  EXPECT_THAT(media.formats[0].feedback, ElementsAre("ack ccfb"));
  media.formats[0].feedback.push_back("nack");
  description.media.push_back(media);
  const std::string text = ToString(description);
  EXPECT_THAT(text, HasSubstr("a=rtcp-fb:* ack ccfb\r\n"));
  EXPECT_THAT(text, HasSubstr("nack\r\n"));
  EXPECT_EQ(text.find("ack ccfb"), text.rfind("ack ccfb"));
}

TEST(Sdp, TakesTheSessionsDirectionAsTheDefault) {
  const auto description = Parsed(std::string(kStart) +
                                  "a=recvonly\r\nm=audio 9 RTP/AVP 0\r\nm=audio 9 RTP/AVP "
                                  "0\r\na=inactive\r\n");
  ASSERT_EQ(description.media.size(), 2u);
  EXPECT_EQ(description.media[0].direction, SdpDirection::kRecvOnly);
  EXPECT_EQ(description.media[1].direction, SdpDirection::kInactive);
}

TEST(Sdp, KeepsFormatsThatAreNoPayloadTypes) {
  const auto description =
      Parsed(std::string(kStart) + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n");
  ASSERT_EQ(description.media.size(), 1u);
  EXPECT_THAT(description.media[0].other_formats, ElementsAre("webrtc-datachannel"));
  EXPECT_EQ(Parsed(ToString(description)), description);
}

TEST(Sdp, ReadsSimulcastInBothDirections) {
  const SdpMedia media = ParsedMedia("a=simulcast:recv a,~b;c send d\r\n");
  ASSERT_TRUE(media.simulcast);
  EXPECT_EQ(media.simulcast->recv,
            (SdpSimulcastStreams{{{"a", false}, {"b", true}}, {{"c", false}}}));
  EXPECT_EQ(media.simulcast->send, (SdpSimulcastStreams{{{"d", false}}}));
}

TEST(Sdp, NamesTheLineAndTheAttributeOfAnError) {
  EXPECT_EQ(ErrorOfMedia("a=rid:q sideways"), "sdp line 6: a=rid: unknown direction");
  EXPECT_EQ(ErrorOf("v=0\no=- x 2 IN IP4 0.0.0.0\n"), "sdp line 2: o=: bad origin");
}

TEST(Sdp, RejectsMalformedAttributes) {
  for (const char* line : {"a=rtpmap:96 VP8",
                           "a=rtpmap:96 VP8/0",
                           "a=rtpmap:96 VP8/90000/0",
                           "a=rtpmap:96 /90000",
                           "a=extmap:0 urn:x",
                           "a=extmap:1",
                           "a=extmap:1/up urn:x",
                           "a=extmap:99999 urn:x",
                           "a=rid:",
                           "a=rid:q",
                           "a=rid:q/ send",
                           "a=simulcast:",
                           "a=simulcast:send",
                           "a=simulcast:send a;",
                           "a=simulcast:send a,,b",
                           "a=simulcast:send ~",
                           "a=ssrc:x cname:y",
                           "a=simulcast:send a send b",
                           "a=ssrc:4294967296 cname:y",
                           "a=ssrc-group:",
                           "a=msid:",
                           "a=ssrc-group:FID x",
                           "a=candidate:1 1 udp 1 1.2.3.4 70000 typ host",
                           "a=candidate:",
                           "a=candidate:1 1 udp 1 1.2.3.4 5 type host",
                           "a=fingerprint:sha-256",
                           "a=mid:",
                           "a=fingerprint:sha-256 A",
                           "a=fingerprint:sha-256 AB:GG",
                           "a=setup:maybe",
                           "a=ice-ufrag:abc",
                           "a=ice-pwd:short",
                           "m=video x UDP/TLS/RTP/SAVPF 96",
                           "m=video 9 UDP/TLS/RTP/SAVPF",
                           "m=video 9 UDP/TLS/RTP/SAVPF 128",
                           "m=video 9 UDP/TLS/RTP/SAVPF 96 96",
                           "novalue"}) {
    EXPECT_THAT(ErrorOfMedia(line), HasSubstr("sdp line 6: ")) << line;
  }
}

TEST(Sdp, RejectsWhatIsNoDescription) {
  EXPECT_EQ(ErrorOf(""), "sdp line 0: no v= line");
  EXPECT_EQ(ErrorOf("v=0\r\n"), "sdp line 1: no o= line");
  EXPECT_THAT(ErrorOf("o=- 1 2 IN IP4 0.0.0.0\r\nv=0\r\n"), HasSubstr("v=0 is not first"));
  EXPECT_THAT(ErrorOf("v=1\r\n"), HasSubstr("v=0 is not first"));
  EXPECT_THAT(ErrorOf(std::string(kStart) + "a=x:\x01\r\n"), HasSubstr("control character"));
  EXPECT_THAT(ErrorOf(std::string(kStart) + "a=x\ry\r\n"), HasSubstr("control character"));
  EXPECT_THAT(ErrorOf(std::string(kStart) + "m=audio 9 RTP/AVP 0\na=mid:a\nm=audio 9 RTP/AVP 0\n"
                                            "a=mid:a\n"),
              HasSubstr("the same as of another section"));
}

TEST(Sdp, HoldsItsLimits) {
  EXPECT_THAT(ErrorOf(std::string(kSdpBytesMax + 1, 'a')), HasSubstr("sdp too long: 524289 of"));
  std::string lines(kStart);
  for (size_t i = 0; i < kSdpLinesMax; ++i) lines += "a=\n";
  EXPECT_THAT(ErrorOf(lines), HasSubstr("too many lines"));
  std::string sections(kStart);
  for (size_t i = 0; i < kSdpMediaMax; ++i) sections += "m=audio 9 RTP/AVP 0\n";
  EXPECT_EQ(Parsed(sections).media.size(), kSdpMediaMax);
  EXPECT_THAT(ErrorOf(sections + "m=audio 9 RTP/AVP 0\n"), HasSubstr("too many media sections"));
  std::string candidates;
  for (size_t i = 0; i <= kSdpListMax; ++i) {
    candidates += "a=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\n";
  }
  EXPECT_THAT(ErrorOfMedia(candidates), HasSubstr("a=candidate: too many"));
}

}  // namespace
}  // namespace conclave::wire
