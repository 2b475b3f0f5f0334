#include "io/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/local_addresses.h"
#include "io/test_client.h"
#include "io/test_server.h"

namespace conclave::io {
namespace {

using ::testing::HasSubstr;

class HttpServerTest : public ::testing::TestWithParam<Transport> {};

TEST_P(HttpServerTest, ServesPagesAndKeepsTheConnection) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  ASSERT_TRUE(client.connected());
  for (int i = 0; i < 3; ++i) {
    const TestResponse page = client.Request("GET", "/r/abc");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body, "<title>app</title>");
    EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("default-src 'none'"));
    EXPECT_EQ(page.headers.count("server"), 0u);
  }
  EXPECT_EQ(client.Request("GET", "/health").body, "{\"status\":\"ok\"}");
  EXPECT_EQ(client.Request("GET", "/no/such").status, 404);
}

TEST_P(HttpServerTest, SendsALargeFileWholeAndItsEncodingWhenAskedFor) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  EXPECT_EQ(client.Request("GET", "/assets/main-Ab12Cd34.js").body, std::string(3'000'000, 'x'));
  const TestResponse encoded =
      client.Request("GET", "/assets/main-Ab12Cd34.js", "Accept-Encoding: gzip, br\r\n");
  EXPECT_EQ(encoded.headers.at("content-encoding"), "br");
  EXPECT_EQ(encoded.body, "brotli");
}

TEST_P(HttpServerTest, HeadTellsTheLengthAndSendsNoBody) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  const TestResponse head = client.Request("HEAD", "/assets/main-Ab12Cd34.js");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "3000000");
  // A body would be taken for the next answer's beginning.
  EXPECT_EQ(client.Request("GET", "/").body, "<title>app</title>");
}

TEST_P(HttpServerTest, RevalidatesPages) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  const std::string tag = client.Request("GET", "/").headers.at("etag");
  EXPECT_EQ(client.Request("GET", "/", "If-None-Match: " + tag + "\r\n").status, 304);
  EXPECT_EQ(client.Request("GET", "/").status, 200);
}

TEST_P(HttpServerTest, HonoursConnectionClose) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  EXPECT_EQ(client.Request("GET", "/", "Connection: close\r\n").headers.at("connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST_P(HttpServerTest, RefusesBodiesAndNonsense) {
  TestServer server;
  TestClient body(server.port(), GetParam());
  EXPECT_EQ(body.Request("POST", "/", "Content-Length: 5\r\n").status, 413);
  TestClient chunked(server.port(), GetParam());
  EXPECT_EQ(chunked.Request("POST", "/", "Transfer-Encoding: chunked\r\n").status, 413);
  TestClient post(server.port(), GetParam());
  EXPECT_EQ(post.Request("POST", "/").status, 405);
  TestClient nonsense(server.port(), GetParam());
  nonsense.Write("hello there\r\n\r\n");
  EXPECT_EQ(nonsense.ReadResponse().value_or(TestResponse{}).status, 400);
  EXPECT_TRUE(nonsense.AtEnd());
  TestClient long_header(server.port(), GetParam());
  const std::string line = "X: " + std::string(9000, 'x') + "\r\n";
  EXPECT_EQ(long_header.Request("GET", "/", line).status, 431);
}

TEST_P(HttpServerTest, ServesNothingOutsideTheSite) {
  TestServer server;
  for (const char* target :
       {"/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc%2fpasswd",
        "//etc/passwd", "/assets/../../../../../../etc/passwd", "/....//etc/passwd"}) {
    TestClient client(server.port(), GetParam());
    EXPECT_EQ(client.Request("GET", target).status, 404) << target;
  }
}

TEST_P(HttpServerTest, ASlowHeaderIsCutOff) {
  HttpServerConfig config;
  config.limits.request_header = Duration::Millis(50);
  config.limits.tls_handshake = Duration::Seconds(5);
  TestServer server(std::move(config));
  TestClient client(server.port(), GetParam());
  client.Write("GET / HTTP/1.1\r\nHost: ");
  EXPECT_TRUE(client.AtEnd());
}

TEST_P(HttpServerTest, AnIdleConnectionIsClosed) {
  HttpServerConfig config;
  config.limits.keep_alive = Duration::Millis(50);
  TestServer server(std::move(config));
  TestClient client(server.port(), GetParam());
  EXPECT_EQ(client.Request("GET", "/").status, 200);
  EXPECT_TRUE(client.AtEnd());
}

INSTANTIATE_TEST_SUITE_P(Transports, HttpServerTest,
                         ::testing::Values(Transport::kPlain, Transport::kTls),
                         [](const auto& transport) {
                           return transport.param == Transport::kTls ? "Tls" : "Plain";
                         });

TEST(HttpServerTlsTest, NegotiatesVersionAndProtocol) {
  TestServer server;
  TestClient client(server.port(), Transport::kTls);
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(client.tls_version(), "TLSv1.3");
  EXPECT_EQ(client.alpn(), "http/1.1");
}

TEST(HttpServerTlsTest, ANewCertificateServesNewConnections) {
  TestServer server;
  TestClient before(server.port(), Transport::kTls);
  server.Do([](HttpServer& http) {
    EXPECT_TRUE(http.ReplaceCertificate(MakeSelfSigned({{"other"}, {}})));
    EXPECT_FALSE(http.ReplaceCertificate({"nonsense", "nonsense", false}));
  });
  TestClient after(server.port(), Transport::kTls);
  EXPECT_EQ(before.Request("GET", "/").status, 200);
  EXPECT_EQ(after.Request("GET", "/").status, 200);
}

TEST(HttpServerTlsTest, AHandshakeThatHangsIsCutOff) {
  HttpServerConfig config;
  config.limits.tls_handshake = Duration::Millis(50);
  TestServer server(std::move(config));
  TestClient client(server.port(), Transport::kPlain);
  client.Write("\x16\x03\x01");
  EXPECT_TRUE(client.AtEnd());
}

TEST(HttpServerAddressTest, SilenceIsCutOff) {
  HttpServerConfig config;
  config.limits.request_header = Duration::Millis(50);
  TestServer server(std::move(config));
  TestClient client(server.port(), Transport::kPlain);
  EXPECT_TRUE(client.AtEnd());
}

TEST(HttpServerAddressTest, ListensOnBothFamiliesByDefault) {
  TestServer server({}, {});
  TestClient v4(server.port(), Transport::kPlain);
  EXPECT_EQ(v4.Request("GET", "/").status, 200);
  TestClient v6(server.port(), Transport::kPlain, *IpAddress::Parse("::1"));
  if (!v6.connected()) GTEST_SKIP() << "no IPv6 on this machine";
  EXPECT_EQ(v6.Request("GET", "/").status, 200);
}

TEST(HttpServerAddressTest, PlainHttpFromAnotherAddressIsRedirected) {
  const IpAddress outside = LocalAddresses().front();
  if (outside.is_loopback()) GTEST_SKIP() << "no address besides loopback";
  TestServer server({}, {});
  TestClient client(server.port(), Transport::kPlain, outside);
  const TestResponse response = client.Request("GET", "/r/x?y", "", "meet.example:8443");
  EXPECT_EQ(response.status, 308);
  EXPECT_EQ(response.headers.at("location"), "https://meet.example:8443/r/x?y");
  TestClient socket(server.port(), Transport::kPlain, outside);
  EXPECT_EQ(socket.Upgrade(), 308);
}

TEST(HttpServerAddressTest, OneAddressCannotTakeAllConnections) {
  const IpAddress outside = LocalAddresses().front();
  if (outside.is_loopback()) GTEST_SKIP() << "no address besides loopback";
  HttpServerConfig config;
  config.limits.unauthenticated_per_address_max = 4;
  TestServer server(std::move(config), {});
  std::vector<std::unique_ptr<TestClient>> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(std::make_unique<TestClient>(server.port(), Transport::kTls, outside));
    EXPECT_TRUE(held.back()->connected());
  }
  TestClient refused(server.port(), Transport::kTls, outside);
  EXPECT_FALSE(refused.connected());
  // Loopback, where a reverse proxy would be, still gets in.
  TestClient local(server.port(), Transport::kTls);
  EXPECT_TRUE(local.connected());
  // While the address is crowded, its connections are not kept for later.
  EXPECT_EQ(held.front()->Request("GET", "/").headers.at("connection"), "close");
}

TEST(HttpServerAddressTest, ATakenPortIsNamedWithTheRemedy) {
  TestServer server;
  EventLoop loop;
  TemporaryDirectory root;
  root.Write("index.html", "x");
  HttpServerConfig config;
  config.listen = {IpAddress::V4(127, 0, 0, 1)};
  config.port = server.port();
  config.certificate = MakeSelfSigned({{"localhost"}, {}});
  const auto second = HttpServer::Start(
      loop, config, *StaticSite::Load(root.path()), [](bool) { return Health(); }, server);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message,
              AllOf(HasSubstr("127.0.0.1:" + std::to_string(server.port())), HasSubstr("--port")));
}

}  // namespace
}  // namespace conclave::io
