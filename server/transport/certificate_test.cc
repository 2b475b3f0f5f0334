#include "transport/certificate.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace conclave::transport {
namespace {

TEST(Certificate, EachIsAnother) {
  const auto a = Certificate::Generate();
  const auto b = Certificate::Generate();
  ASSERT_TRUE(a && b);
  EXPECT_NE(a->fingerprint(), b->fingerprint());
}

TEST(Fingerprint, TextRoundTrip) {
  Fingerprint fingerprint;
  for (size_t i = 0; i < fingerprint.size(); ++i) fingerprint[i] = static_cast<uint8_t>(i * 9 + 1);
  const std::string text = FormatFingerprint(fingerprint);
  EXPECT_EQ(text.substr(0, 11), "01:0A:13:1C");
  EXPECT_EQ(text.size(), 95u);
  EXPECT_EQ(ParseFingerprint(text), fingerprint);
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  });
  EXPECT_EQ(ParseFingerprint(lower), fingerprint);
}

TEST(Fingerprint, RefusesWhatIsNone) {
  const std::string text = FormatFingerprint(Fingerprint{});
  EXPECT_FALSE(ParseFingerprint(""));
  EXPECT_FALSE(ParseFingerprint(text + ":00"));
  EXPECT_FALSE(ParseFingerprint(text.substr(1)));
  std::string wrong = text;
  wrong[2] = '-';
  EXPECT_FALSE(ParseFingerprint(wrong));
  wrong = text;
  wrong[0] = 'G';
  EXPECT_FALSE(ParseFingerprint(wrong));
  EXPECT_FALSE(ParseFingerprint(text.substr(0, 59))) << "SHA-1 is too short";
}

}  // namespace
}  // namespace conclave::transport
