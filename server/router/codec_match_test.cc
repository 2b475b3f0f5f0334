#include "router/codec_match.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::router {
namespace {

CodecConfig Codec(CodecName name, uint8_t payload_type, std::string fmtp = "") {
  return {name, payload_type, 0, std::move(fmtp)};
}

TEST(CodecMatch, FindsTheReceiversNumberOfTheSameCodec) {
  const std::vector<CodecConfig> receiver = {Codec(CodecName::kVp9, 98),
                                             Codec(CodecName::kVp8, 96)};
  const CodecConfig* match = MatchCodec(Codec(CodecName::kVp8, 120), receiver);
  ASSERT_NE(match, nullptr);
  EXPECT_EQ(match->payload_type, 96);
  EXPECT_EQ(MatchCodec(Codec(CodecName::kAv1, 45), receiver), nullptr);
}

TEST(CodecMatch, H264ProfilesAndPacketizationModesAreDifferentCodecs) {
  const std::vector<CodecConfig> receiver = {
      Codec(CodecName::kH264, 102, "packetization-mode=0;profile-level-id=42e01f"),
      Codec(CodecName::kH264, 104, "profile-level-id=640c1f; packetization-mode=1"),
      Codec(CodecName::kH264, 106,
            "level-asymmetry-allowed=1;packetization-mode=1;"
            "profile-level-id=42e01f"),
  };
  const auto number = [&](std::string fmtp) {
    const CodecConfig* match = MatchCodec(Codec(CodecName::kH264, 1, std::move(fmtp)), receiver);
    return match == nullptr ? 0 : match->payload_type;
  };
  EXPECT_EQ(number("packetization-mode=1;profile-level-id=42e034"), 106) << "the level is free";
  EXPECT_EQ(number("packetization-mode=0;profile-level-id=42e01f"), 102);
  EXPECT_EQ(number("packetization-mode=1;profile-level-id=640c34"), 104);
  EXPECT_EQ(number("packetization-mode=1;profile-level-id=64001f"), 0) << "high is not constrained";
  EXPECT_EQ(number("packetization-mode=1;profile-level-id=4d001f"), 0);
}

TEST(CodecMatch, ConstrainedBaselineFitsIntoWhateverContainsIt) {
  const std::vector<CodecConfig> receiver = {
      Codec(CodecName::kH264, 108, "packetization-mode=1;profile-level-id=4d001f")};
  EXPECT_NE(MatchCodec(Codec(CodecName::kH264, 1, "packetization-mode=1;profile-level-id=42e01f"),
                       receiver),
            nullptr);
  EXPECT_EQ(MatchCodec(Codec(CodecName::kH264, 1, "packetization-mode=1;profile-level-id=42001f"),
                       receiver),
            nullptr);
}

TEST(CodecMatch, Vp9ProfilesAreNotMixedAndAbsentMeansZero) {
  const std::vector<CodecConfig> receiver = {Codec(CodecName::kVp9, 100, "profile-id=2"),
                                             Codec(CodecName::kVp9, 98)};
  EXPECT_EQ(MatchCodec(Codec(CodecName::kVp9, 1, "profile-id=0"), receiver)->payload_type, 98);
  EXPECT_EQ(MatchCodec(Codec(CodecName::kVp9, 1, "profile-id=2"), receiver)->payload_type, 100);
}

TEST(CodecMatch, FmtpValueReadsListsAsBrowsersWriteThem) {
  EXPECT_EQ(FmtpValue("minptime=10;useinbandfec=1", "useinbandfec"), "1");
  EXPECT_EQ(FmtpValue("a=1; b=2 ;c", "b"), "2");
  EXPECT_EQ(FmtpValue("a=1; b=2 ;c", "c"), "");
  EXPECT_EQ(FmtpValue("", "a"), "");
}

}  // namespace
}  // namespace conclave::router
