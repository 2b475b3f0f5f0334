#include "io/static_site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "io/temporary_directory.h"

namespace conclave::io {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(StaticSiteTest, IndexesFilesWithTheirEncodings) {
  TemporaryDirectory root;
  root.Write("index.html", "<p>hello");
  root.Write("assets/main-Ab12_d34.js", "plain");
  root.Write("assets/main-Ab12_d34.js.br", "brotli");
  root.Write("assets/main-Ab12_d34.js.gz", "gzip");
  const auto site = StaticSite::Load(root.path());
  ASSERT_TRUE(site) << site.error().message;
  EXPECT_EQ(site->index().identity, "<p>hello");
  EXPECT_FALSE(site->index().immutable);
  const SiteFile* script = site->Find("/assets/main-Ab12_d34.js");
  ASSERT_NE(script, nullptr);
  EXPECT_EQ(script->Body(Encoding::kIdentity), "plain");
  EXPECT_EQ(script->Body(Encoding::kBrotli), "brotli");
  EXPECT_EQ(script->Body(Encoding::kGzip), "gzip");
  EXPECT_TRUE(script->immutable);
  EXPECT_EQ(script->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(site->Find("/assets/main-Ab12_d34.js.br"), nullptr);
}

TEST(StaticSiteTest, NeitherLinksNorHiddenFilesAreServed) {
  TemporaryDirectory root;
  TemporaryDirectory outside;
  root.Write("index.html", "x");
  root.Write(".git/config", "secret");
  root.Write(".well-known/security.txt", "Contact: mailto:x");
  std::filesystem::create_symlink(outside.Write("key.pem", "secret"), root.path() + "/key.pem");
  const auto site = StaticSite::Load(root.path());
  ASSERT_TRUE(site);
  EXPECT_EQ(site->Find("/.git/config"), nullptr);
  EXPECT_EQ(site->Find("/key.pem"), nullptr);
  EXPECT_NE(site->Find("/.well-known/security.txt"), nullptr);
}

TEST(StaticSiteTest, TheErrorNamesTheFolderAndTheRemedy) {
  TemporaryDirectory root;
  const auto empty = StaticSite::Load(root.path());
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, AllOf(HasSubstr(root.path()), HasSubstr("--web-root")));
  const auto missing = StaticSite::Load(root.path() + "/nowhere");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("/nowhere"));
}

TEST(StaticSiteTest, TagsFollowTheContent) {
  TemporaryDirectory root;
  root.Write("index.html", "one");
  root.Write("a.txt", "same");
  root.Write("b.txt", "same");
  const auto site = StaticSite::Load(root.path());
  ASSERT_TRUE(site);
  EXPECT_EQ(site->Find("/a.txt")->tag, site->Find("/b.txt")->tag);
  EXPECT_NE(site->Find("/a.txt")->tag, site->index().tag);
}

TEST(ContentNameTest, OnlyTheBuildsHashedNamesAreImmutable) {
  EXPECT_TRUE(IsContentNamed("/assets/main-DhK3x9a_.js"));
  EXPECT_TRUE(IsContentNamed("/assets/main-DhK-x9a_.js.map"));
  EXPECT_FALSE(IsContentNamed("/assets/main.js"));
  EXPECT_FALSE(IsContentNamed("/assets/-DhK3x9a_.js"));
  EXPECT_FALSE(IsContentNamed("/assets/external-api.js"));
  EXPECT_FALSE(IsContentNamed("/main-DhK3x9a_.js"));
}

TEST(ContentTypeTest, UnknownExtensionsAreBytes) {
  EXPECT_EQ(ContentType("/a/b.woff2"), "font/woff2");
  EXPECT_EQ(ContentType("/a/b.exe"), "application/octet-stream");
  EXPECT_EQ(ContentType("/a/b"), "application/octet-stream");
}

// The hash is that of the exact text between the tags: checked with
// printf '{"imports":{}}' | openssl dgst -sha256 -binary | base64.
TEST(ImportMapTest, HashesInlineImportMapsOnly) {
  EXPECT_THAT(
      ImportMapHashes(
          R"(<script src="/a.js"></script><script type="importmap">{"imports":{}}</script>)"),
      ElementsAre("'sha256-URrTy+Il/Nz0lHojVUx275hWqAWhkSF0VsHbUM4/6Hw='"));
  EXPECT_THAT(ImportMapHashes("<script>alert(1)</script>"), IsEmpty());
  EXPECT_THAT(ImportMapHashes("<script type=importmap>{"), IsEmpty());
}

}  // namespace
}  // namespace conclave::io
