#include "signal/codec_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace conclave::signal {
namespace {

using router::CodecName;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

wire::SdpFormat Format(uint8_t payload_type, const std::string& name, const std::string& fmtp = "",
                       std::vector<std::string> feedback = {}) {
  wire::SdpFormat out;
  out.payload_type = payload_type;
  out.name = name;
  out.clock_rate = name == "opus" || name == "red" || name == "telephone-event" ? 48000 : 90000;
  out.fmtp = fmtp;
  out.feedback = std::move(feedback);
  return out;
}

wire::SdpMedia Section(const std::string& kind, std::vector<wire::SdpFormat> formats) {
  wire::SdpMedia out;
  out.kind = kind;
  out.formats = std::move(formats);
  return out;
}

std::vector<int> PayloadTypes(const SelectedCodecs& selected) {
  std::vector<int> out;
  for (const auto& format : selected.formats) out.push_back(format.payload_type);
  return out;
}
std::vector<CodecName> Names(const SelectedCodecs& selected) {
  std::vector<CodecName> out;
  for (const auto& codec : selected.codecs) out.push_back(codec.name);
  return out;
}

const std::string kBaseline =
    "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f";
const std::string kConstrained = "packetization-mode=1;profile-level-id=42e01f";

TEST(CodecSelection, AudioIsOpusAlone) {
  const auto section = Section(
      "audio",
      {Format(63, "red", "111/111"),
       Format(111, "opus", "minptime=10;useinbandfec=1;stereo=1;x=y", {"transport-cc", "nack"}),
       Format(126, "telephone-event")});
  const auto selected = SelectCodecs(section, SectionRole::kTrack);
  EXPECT_THAT(PayloadTypes(selected), ElementsAre(111));
  EXPECT_EQ(selected.formats[0].fmtp, "minptime=10;useinbandfec=1");
  EXPECT_THAT(selected.formats[0].feedback, ElementsAre("transport-cc"));
  EXPECT_THAT(SelectCodecs(Section("audio", {Format(0, "PCMU")}), SectionRole::kSlot).codecs,
              IsEmpty());
}

TEST(CodecSelection, SlotsTakeRedOfTheSelectedCodec) {
  const auto opus = Format(111, "opus", "useinbandfec=1");
  const auto in_slot = [&](wire::SdpFormat red) {
    return SelectCodecs(Section("audio", {std::move(red), opus}), SectionRole::kSlot);
  };
  const auto selected = in_slot(Format(63, "red", "111/111"));
  EXPECT_THAT(PayloadTypes(selected), ElementsAre(111, 63)) << "opus is what is sent by default";
  EXPECT_EQ(selected.formats[1].fmtp, "111/111");
  EXPECT_EQ(selected.red_payload_type, 63);
  EXPECT_THAT(Names(selected), ElementsAre(CodecName::kOpus));
  for (const char* fmtp : {"", "111", "111/0", "96/96", "111/111/111"}) {
    EXPECT_EQ(in_slot(Format(63, "red", fmtp)).red_payload_type, 0) << fmtp;
  }
}

TEST(CodecSelection, DtxStaysAsTheClientAsks) {
  const auto section = Section("audio", {Format(111, "opus", "useinbandfec=1; usedtx=1")});
  EXPECT_EQ(SelectCodecs(section, SectionRole::kTrack).formats[0].fmtp, "useinbandfec=1;usedtx=1");
}

TEST(CodecSelection, ATrackMaySendAllThatItOffersInItsOrder) {
  const auto vp8_first =
      Section("video", {Format(96, "VP8"), Format(97, "rtx", "apt=96"),
                        Format(98, "VP9", "profile-id=0"), Format(100, "VP9", "profile-id=2")});
  EXPECT_THAT(PayloadTypes(SelectCodecs(vp8_first, SectionRole::kTrack)), ElementsAre(96, 97, 98));
  const auto vp9_first =
      Section("video", {Format(98, "VP9", "profile-id=0"), Format(45, "AV1"), Format(96, "VP8"),
                        Format(97, "rtx", "apt=96"), Format(99, "rtx", "apt=98")});
  const auto selected = SelectCodecs(vp9_first, SectionRole::kTrack);
  EXPECT_THAT(PayloadTypes(selected), ElementsAre(98, 99, 45, 96, 97));
  EXPECT_EQ(selected.codecs[0].rtx_payload_type, 99);
}

TEST(CodecSelection, ASlotTakesAllThatCanBeDecodedVp8First) {
  const auto section =
      Section("video", {Format(45, "AV1", "profile=0"), Format(102, "H264", kConstrained),
                        Format(96, "VP8"), Format(120, "ulpfec"), Format(118, "red")});
  EXPECT_THAT(Names(SelectCodecs(section, SectionRole::kSlot)),
              ElementsAre(CodecName::kVp8, CodecName::kAv1, CodecName::kH264));
}

TEST(CodecSelection, OfSeveralProfilesThePlainest) {
  const auto section =
      Section("video", {Format(104, "H264", "packetization-mode=0;profile-level-id=42e01f"),
                        Format(102, "H264", kBaseline), Format(108, "H264", kConstrained),
                        Format(116, "H264", "packetization-mode=1;profile-level-id=4d001f"),
                        Format(100, "VP9", "profile-id=2"), Format(98, "VP9", "profile-id=0"),
                        Format(47, "AV1", "profile=1")});
  const auto selected = SelectCodecs(section, SectionRole::kSlot);
  EXPECT_THAT(PayloadTypes(selected), ElementsAre(108, 98));
  EXPECT_EQ(selected.codecs[0].fmtp, kConstrained);
}

TEST(CodecSelection, FeedbackIsWhatBothKnow) {
  const auto section = Section(
      "video", {Format(96, "VP8", "max-fs=12288;max-fr=60",
                       {"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli", "x-y"})});
  const auto selected = SelectCodecs(section, SectionRole::kTrack);
  EXPECT_THAT(selected.formats[0].feedback,
              ElementsAre("nack", "nack pli", "ccm fir", "transport-cc"));
  EXPECT_EQ(selected.formats[0].fmtp, "");
  const auto old = Section("video", {Format(96, "VP8", "", {"goog-remb", "nack"})});
  EXPECT_THAT(SelectCodecs(old, SectionRole::kSlot).formats[0].feedback,
              ElementsAre("nack", "goog-remb"));
}

TEST(CodecSelection, ThePathIsToldOfInOneWayOnly) {
  const auto all =
      Section("video", {Format(96, "VP8", "", {"goog-remb", "transport-cc", "ack ccfb"})});
  const auto best = SelectCodecs(all, SectionRole::kSlot);
  EXPECT_THAT(best.formats[0].feedback, ElementsAre("transport-cc"));
  EXPECT_FALSE(best.ccfb);
  const auto without = Section("video", {Format(96, "VP8", "", {"goog-remb", "ack ccfb"})});
  const auto second = SelectCodecs(without, SectionRole::kSlot);
  EXPECT_THAT(second.formats[0].feedback, ElementsAre("ack ccfb"));
  EXPECT_TRUE(second.ccfb);
  const auto sender = SelectCodecs(without, SectionRole::kTrack);
  EXPECT_THAT(sender.formats[0].feedback, ElementsAre("goog-remb")) << "we do not send RFC 8888";
  EXPECT_TRUE(sender.remb);
  EXPECT_FALSE(SelectCodecs(all, SectionRole::kTrack).remb) << "the poorer of the two";
  const auto audio = Section("audio", {Format(111, "opus", "", {"ack ccfb"})});
  EXPECT_TRUE(SelectCodecs(audio, SectionRole::kSlot).ccfb);
}

TEST(CodecSelection, OtherKindsHaveNone) {
  EXPECT_THAT(SelectCodecs(Section("application", {}), SectionRole::kSlot).formats, IsEmpty());
}

}  // namespace
}  // namespace conclave::signal
