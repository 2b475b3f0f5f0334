#include "app/branding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/temporary_directory.h"

namespace conclave::app {
namespace {

using ::testing::HasSubstr;

class BrandingTest : public ::testing::Test {
 protected:
  BrandingTest() {
    root_.Write("index.html", "<p>hello");
    auto loaded = io::StaticSite::Load(root_.path());
    if (loaded) site_ = std::move(*loaded);
  }

  std::string Json() const {
    const io::SiteFile* file = site_.Find("/branding.json");
    return file == nullptr ? "" : file->identity;
  }
  Result<void> Apply(std::string_view toml) { return ApplyToml(toml, "conclave.toml", config_); }

  io::TemporaryDirectory root_;
  io::StaticSite site_;
  Config config_;
};

TEST_F(BrandingTest, SaysNothingWithoutConfiguration) {
  ASSERT_TRUE(AddBranding(config_, site_));
  EXPECT_EQ(Json(), "{}");
  EXPECT_EQ(site_.Find("/branding.json")->content_type.substr(0, 16), "application/json");
}

TEST_F(BrandingTest, SaysWhatIsConfigured) {
  root_.Write("mine.svg", "<svg/>");
  ASSERT_TRUE(Apply("name = 'The \"Meeting\" House'\nprivacy = 'https://a.example/p?x=1'\n"));
  config_.logo = root_.path() + "/mine.svg";
  const auto added = AddBranding(config_, site_);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(Json(), R"({"name":"The \"Meeting\" House","privacy":"https://a.example/p?x=1",)"
                    R"("logo":"/branding/logo.svg"})");
  const io::SiteFile* logo = site_.Find("/branding/logo.svg");
  ASSERT_NE(logo, nullptr);
  EXPECT_EQ(logo->identity, "<svg/>");
  EXPECT_THAT(logo->content_type, HasSubstr("image/svg+xml"));
}

TEST_F(BrandingTest, SaysWhereMeetingsTakePlace) {
  ASSERT_TRUE(Apply("meetings-at = 'https://meet.example'\n"));
  ASSERT_TRUE(AddBranding(config_, site_));
  EXPECT_EQ(Json(), R"({"meetings":"https://meet.example"})");
  for (const char* odd : {"meet.example", "https://meet.example/", "wss://meet.example", ""}) {
    EXPECT_FALSE(Apply("meetings-at = '" + std::string(odd) + "'\n")) << odd;
  }
}

TEST_F(BrandingTest, RefusesLinksThatAreNone) {
  for (const char* link : {"javascript:alert(1)", "example.org", "https://a.example/\\\"x",
                           "https://a.example/ x", "https://a.example/<b>", ""}) {
    const auto applied = Apply("imprint = '" + std::string(link) + "'\n");
    ASSERT_FALSE(applied) << link;
    EXPECT_THAT(applied.error().message, HasSubstr("conclave.toml:1"));
  }
}

TEST_F(BrandingTest, RefusesNamesThatDoNotFitOnALine) {
  EXPECT_FALSE(Apply("name = \"a\\nb\"\n"));
  EXPECT_FALSE(Apply("name = '" + std::string(81, 'x') + "'\n"));
  EXPECT_TRUE(Apply("name = '" + std::string(80, 'x') + "'\n"));
}

TEST_F(BrandingTest, RefusesLogosThatBrowsersCannotShowOrThatAreTooLarge) {
  root_.Write("mine.bmp", "BM");
  root_.Write("empty.png", "");
  root_.Write("large.png", std::string(kLogoBytesMax + 1, 'x'));
  for (const char* name : {"mine.bmp", "empty.png", "large.png", "none.svg"}) {
    config_.logo = root_.path() + "/" + name;
    const auto added = AddBranding(config_, site_);
    ASSERT_FALSE(added) << name;
    EXPECT_THAT(added.error().message, HasSubstr(name));
  }
}

}  // namespace
}  // namespace conclave::app
