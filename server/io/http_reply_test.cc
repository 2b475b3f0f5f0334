#include "io/http_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "io/temporary_directory.h"

namespace conclave::io {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

std::optional<std::string> Header(const HttpReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return std::nullopt;
}

class HttpReplyTest : public ::testing::Test {
 protected:
  HttpReplyTest() {
    root_.Write("index.html",
                R"(<script type="importmap">{"imports":{}}</script><title>app</title>)");
    root_.Write("index.html.br", "index in brotli");
    root_.Write("assets/main-Ab12Cd34.js", "script");
    root_.Write("assets/main-Ab12Cd34.js.br", "script in brotli");
    root_.Write("assets/main-Ab12Cd34.js.gz", "script in gzip");
    root_.Write("logo.svg", "<svg/>");
    site_ = std::move(StaticSite::Load(root_.path())).value();
    request_.method = "GET";
    request_.target = "/";
    request_.host = "meet.example:8443";
    request_.tls = true;
  }

  HttpReply Get(std::string_view target) {
    request_.target = target;
    return Ask();
  }
  HttpReply Ask() {
    return Respond(request_, *site_, policy_, [this](bool loopback) {
      return Health{serving_, loopback ? R"({"status":"ok","extra":1})" : R"({"status":"ok"})"};
    });
  }

  TemporaryDirectory root_;
  std::optional<StaticSite> site_;
  PagePolicy policy_;
  HttpRequest request_;
  bool serving_ = true;
};

TEST_F(HttpReplyTest, EveryRoomAddressIsTheApp) {
  for (const char* target :
       {"/", "/?x=1", "/check", "/r/4f2a", "/n/weekly", "/open/stand-up?lang=de"}) {
    const HttpReply reply = Get(target);
    EXPECT_EQ(reply.status, 200u) << target;
    EXPECT_THAT(reply.body(), HasSubstr("<title>app")) << target;
    EXPECT_THAT(Header(reply, "Content-Type"), Optional(HasSubstr("text/html"))) << target;
    EXPECT_THAT(Header(reply, "Cache-Control"), Optional(std::string("no-cache"))) << target;
  }
}

TEST_F(HttpReplyTest, WhatIsNotThereIsNotFound) {
  for (const char* target : {"/nothing",
                             "/r",
                             "/assets/",
                             "/assets",
                             "/../etc/passwd",
                             "/assets/../../../../etc/passwd",
                             "/%2e%2e/%2e%2e/etc/passwd",
                             "/assets/..%2f..%2fetc%2fpasswd",
                             "//etc/passwd",
                             "/assets\\..\\x",
                             "/index.html%00.js",
                             "/index.html.br",
                             "//evil.example/",
                             "/\\evil.example",
                             "/%2fevil.example",
                             "/%5cevil.example",
                             "/https://evil.example/",
                             "/%252e%252e/etc/passwd",
                             "/.git/config",
                             "/.well-known/x",
                             "/index.html/",
                             "/INDEX.HTML",
                             "/logo.svg/../index.html",
                             "/<script>alert(1)</script>",
                             "/%0d%0aSet-Cookie:%20x=1"}) {
    const HttpReply reply = Get(target);
    EXPECT_EQ(reply.status, 404u) << target;
    EXPECT_THAT(reply.body(), Not(HasSubstr("root:"))) << target;
    // Nothing of the request comes back, so nothing of it can be run or followed.
    EXPECT_EQ(reply.body(), "There is no such page. The way in: /\n") << target;
    EXPECT_EQ(Header(reply, "Location"), std::nullopt) << target;
    EXPECT_EQ(Header(reply, "Content-Type"), "text/plain; charset=utf-8") << target;
    EXPECT_EQ(Header(reply, "Cache-Control"), "no-store") << target;
  }
}

TEST_F(HttpReplyTest, ARoomsAddressIsTheAppWhateverItIsMadeOf) {
  for (const char* target : {"/r/../../etc/passwd", "/open//evil.example", "/n/%2e%2e/%00"}) {
    const HttpReply reply = Get(target);
    EXPECT_EQ(reply.status, 200u) << target;
    EXPECT_THAT(reply.body(), HasSubstr("<title>app")) << target;
  }
}

TEST_F(HttpReplyTest, AMissingPageMayHaveAPageOfItsOwn) {
  root_.Write("404.html", "<p>lost");
  site_ = std::move(StaticSite::Load(root_.path())).value();
  const HttpReply reply = Get("/nothing");
  EXPECT_EQ(reply.status, 404u);
  EXPECT_EQ(reply.body(), "<p>lost");
  EXPECT_EQ(Header(reply, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(Header(reply, "Cache-Control"), "no-cache");
  EXPECT_EQ(Header(reply, "ETag"), std::nullopt) << "a tag would make a page of the address";
  EXPECT_THAT(Header(reply, "Content-Security-Policy"), Optional(HasSubstr("default-src 'none'")));
}

TEST_F(HttpReplyTest, MalformedTargetsAreRefused) {
  for (const char* target : {"/%", "/%4", "/%zz", "http://elsewhere/", "*", ""}) {
    EXPECT_EQ(Get(target).status, 400u) << target;
  }
}

TEST_F(HttpReplyTest, OnlyGetAndHead) {
  request_.method = "POST";
  EXPECT_EQ(Ask().status, 405u);
  EXPECT_THAT(Header(Ask(), "Allow"), Optional(std::string("GET, HEAD")));
  request_.method = "HEAD";
  EXPECT_EQ(Ask().status, 200u);
}

TEST_F(HttpReplyTest, EncodingsAreNegotiated) {
  const std::pair<const char*, std::string> cases[] = {
      {"gzip, deflate, br, zstd", "script in brotli"},
      {"gzip", "script in gzip"},
      {"", "script"},
      {"br;q=0, gzip;q=0.5", "script in gzip"},
      {"*", "script in brotli"},
      {"*;q=0", "script"},
      {"br; q=0.000,gzip;q=0", "script"}};
  for (const auto& [accept, body] : cases) {
    request_.accept_encoding = accept;
    const HttpReply reply = Get("/assets/main-Ab12Cd34.js");
    EXPECT_EQ(reply.body(), body) << accept;
    EXPECT_EQ(Header(reply, "Content-Encoding").has_value(), body != "script") << accept;
    EXPECT_EQ(Header(reply, "Vary"), "Accept-Encoding");
    EXPECT_EQ(Header(reply, "Content-Type"), "text/javascript; charset=utf-8");
  }
}

TEST_F(HttpReplyTest, HashedNamesAreCachedForEverOthersAreRevalidated) {
  EXPECT_EQ(Header(Get("/assets/main-Ab12Cd34.js"), "Cache-Control"),
            "public, max-age=31536000, immutable");
  const HttpReply first = Get("/logo.svg");
  EXPECT_EQ(Header(first, "Cache-Control"), "no-cache");
  const std::string tag = Header(first, "ETag").value_or("");
  ASSERT_THAT(tag, HasSubstr("\""));

  const std::string list = "\"other\", W/" + tag;
  request_.if_none_match = list;
  const HttpReply again = Get("/logo.svg");
  EXPECT_EQ(again.status, 304u);
  EXPECT_EQ(again.body(), "");
  EXPECT_EQ(Header(again, "ETag"), tag);
  request_.if_none_match = "\"other\"";
  EXPECT_EQ(Get("/logo.svg").status, 200u);
}

TEST_F(HttpReplyTest, EachEncodingHasItsOwnTag) {
  const auto plain = Header(Get("/"), "ETag");
  request_.accept_encoding = "br";
  EXPECT_NE(Header(Get("/"), "ETag"), plain);
}

TEST_F(HttpReplyTest, PlainHttpFromElsewhereGoesToHttps) {
  request_.tls = false;
  const HttpReply reply = Get("/r/abc?x=1");
  EXPECT_EQ(reply.status, 308u);
  EXPECT_EQ(Header(reply, "Location"), "https://meet.example:8443/r/abc?x=1");
  EXPECT_EQ(Get("/health").status, 308u);
  // Always to this host, whatever the path looks like.
  EXPECT_EQ(Header(Get("//evil.example/"), "Location"), "https://meet.example:8443//evil.example/");
  EXPECT_EQ(Header(Get("/@evil.example"), "Location"), "https://meet.example:8443/@evil.example");
  EXPECT_EQ(Get("@evil.example").status, 400u);
  EXPECT_EQ(Get("https://evil.example/").status, 400u);
  for (const char* host : {"meet.example@evil.example", "evil.example/x", "evil.example#", "a b"}) {
    request_.host = host;
    EXPECT_EQ(Get("/").status, 400u) << host;
  }
  request_.host = "evil\"; script-src *";
  EXPECT_EQ(Get("/").status, 400u);
  request_.host = "localhost:8443";
  request_.loopback = true;
  EXPECT_EQ(Get("/").status, 200u);
}

TEST_F(HttpReplyTest, HealthTellsMoreToThisMachine) {
  const HttpReply reply = Get("/health");
  EXPECT_EQ(reply.body(), R"({"status":"ok"})");
  EXPECT_EQ(Header(reply, "Content-Type"), "application/json");
  EXPECT_EQ(Header(reply, "Cache-Control"), "no-store");
  request_.loopback = true;
  EXPECT_THAT(Get("/health").body(), HasSubstr("extra"));
  EXPECT_EQ(Get("/health?verbose").status, 200u);
  EXPECT_EQ(Get("/health/").status, 404u);
}

TEST_F(HttpReplyTest, HealthOfAServerThatServesNobodyIs503) {
  serving_ = false;
  const HttpReply reply = Get("/health");
  EXPECT_EQ(reply.status, 503u);
  EXPECT_EQ(Header(reply, "Content-Type"), "application/json");
  EXPECT_EQ(Get("/").status, 200u) << "a page that is open may still load what it needs";
}

TEST_F(HttpReplyTest, ThePolicyOfThePage) {
  const std::string csp = Header(Get("/"), "Content-Security-Policy").value_or("");
  EXPECT_THAT(csp, AllOf(HasSubstr("default-src 'none';"),
                         HasSubstr("script-src 'self' 'wasm-unsafe-eval' 'sha256-"),
                         HasSubstr("worker-src 'self' blob:;"),
                         HasSubstr("connect-src 'self' wss://meet.example:8443;"),
                         HasSubstr("frame-ancestors 'none';"),
                         HasSubstr("require-trusted-types-for 'script'; trusted-types app-url")));
  EXPECT_THAT(csp, Not(HasSubstr("unsafe-inline")));
  // The hash belongs to the page that has the import map, not to others.
  EXPECT_THAT(Header(Get("/logo.svg"), "Content-Security-Policy").value_or("sha256"),
              Not(HasSubstr("sha256")));
}

TEST_F(HttpReplyTest, TheOtherSecurityHeaders) {
  for (const char* target : {"/", "/nothing", "/health", "/%"}) {
    const HttpReply reply = Get(target);
    EXPECT_EQ(Header(reply, "Cross-Origin-Opener-Policy"), "same-origin") << target;
    EXPECT_EQ(Header(reply, "Cross-Origin-Resource-Policy"), "same-origin") << target;
    EXPECT_EQ(Header(reply, "X-Content-Type-Options"), "nosniff") << target;
    EXPECT_EQ(Header(reply, "Referrer-Policy"), "no-referrer") << target;
    EXPECT_THAT(Header(reply, "Permissions-Policy"), Optional(HasSubstr("camera=(self)")));
    EXPECT_EQ(Header(reply, "Integrity-Policy"), "blocked-destinations=(script)") << target;
    EXPECT_EQ(Header(reply, "Access-Control-Allow-Origin"), std::nullopt) << target;
    EXPECT_EQ(Header(reply, "Cross-Origin-Embedder-Policy"), std::nullopt) << target;
    EXPECT_EQ(Header(reply, "Strict-Transport-Security"), std::nullopt) << target;
  }
}

TEST_F(HttpReplyTest, OnlyWhatOtherSitesLoadIsTheirs) {
  root_.Write("external_api.js", "api");
  root_.Write("sdk/conclave.js", "sdk");
  site_ = std::move(StaticSite::Load(root_.path())).value();
  for (const char* target :
       {"/external_api.js", "/external_api.js?release=1", "/sdk/conclave.js"}) {
    const HttpReply reply = Get(target);
    EXPECT_EQ(reply.status, 200u) << target;
    EXPECT_EQ(Header(reply, "Cross-Origin-Resource-Policy"), "cross-origin") << target;
    EXPECT_EQ(Header(reply, "Access-Control-Allow-Origin"), "*") << target;
  }
  for (const char* target : {"/logo.svg", "/assets/main-Ab12Cd34.js", "/sdk/none", "/sdk"}) {
    EXPECT_EQ(Header(Get(target), "Cross-Origin-Resource-Policy"), "same-origin") << target;
    EXPECT_EQ(Header(Get(target), "Access-Control-Allow-Origin"), std::nullopt) << target;
  }
}

TEST_F(HttpReplyTest, EmbeddersAndStrictTransportComeFromTheConfiguration) {
  policy_.frame_ancestors = {"https://intranet.example", "https://wiki.example"};
  policy_.strict_transport = true;
  const HttpReply reply = Get("/");
  EXPECT_THAT(
      Header(reply, "Content-Security-Policy"),
      Optional(HasSubstr("frame-ancestors https://intranet.example https://wiki.example;")));
  EXPECT_THAT(Header(reply, "Strict-Transport-Security"), Optional(HasSubstr("max-age")));
  request_.tls = false;
  request_.loopback = true;
  EXPECT_EQ(Header(Get("/"), "Strict-Transport-Security"), std::nullopt);
}

TEST_F(HttpReplyTest, PagesOfMeetingsElsewhereMayGoThereOnly) {
  request_.host = "pages.example";
  policy_.meetings_at = "https://meet.example:8443";
  const std::string csp = Header(Get("/"), "Content-Security-Policy").value_or("");
  EXPECT_THAT(csp, HasSubstr("connect-src 'self' wss://meet.example:8443;"));
  EXPECT_THAT(csp, Not(HasSubstr("pages.example")));
}

TEST_F(HttpReplyTest, AHostileHostHeaderDoesNotReachThePolicy) {
  request_.host = "x; script-src *";
  EXPECT_THAT(Header(Get("/"), "Content-Security-Policy").value_or("script-src *"),
              Not(HasSubstr("script-src *")));
}

}  // namespace
}  // namespace conclave::io
