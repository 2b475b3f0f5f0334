#include "io/release_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/digest.h"
#include "io/temporary_directory.h"

namespace conclave::io {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kPage = "<p>hello";

class ReleaseListTest : public ::testing::Test {
 protected:
  ReleaseListTest() { root_.Write("index.html", kPage); }

  static std::string Line(std::string_view content, const std::string& path) {
    return Hex(Sha384(content)) + "  " + path + "\n";
  }
  std::optional<ReleaseReport> Check() const {
    auto site = StaticSite::Load(root_.path());
    EXPECT_TRUE(site);
    return CheckRelease(*site);
  }

  TemporaryDirectory root_;
};

TEST_F(ReleaseListTest, IsNothingWithoutAList) { EXPECT_FALSE(Check()); }

TEST_F(ReleaseListTest, StandsForAllFilesThatAreAsListed) {
  const std::string list = Line("", "assets/empty.js") + Line(kPage, "index.html");
  root_.Write("assets/empty.js", "");
  root_.Write("release.sha384", list);
  // What the build did not make, such as the operator's, is not its business.
  root_.Write("imprint.html", "<p>us");
  const auto report = Check();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->id, Hex(Sha256(list)));
  EXPECT_THAT(report->altered, IsEmpty());
}

TEST_F(ReleaseListTest, NamesWhatIsAlteredMissingOrNoLine) {
  root_.Write("release.sha384",
              Line("<p>Hello", "index.html") + "nonsense\n\n" + Line("x", "assets/gone.js"));
  const auto report = Check();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->altered, ElementsAre("/index.html", "nonsense", "", "/assets/gone.js"));
}

// The hash of the empty text: FIPS 180-4, as sha384sum prints it.
TEST(DigestTest, KnowsSha384) {
  EXPECT_EQ(Hex(Sha384("")),
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
            "274edebfe76f65fbd51ad2f14898b95b");
}

}  // namespace
}  // namespace conclave::io
