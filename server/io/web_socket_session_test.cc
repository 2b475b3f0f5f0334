#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/http_server.h"
#include "io/test_client.h"
#include "io/test_server.h"

namespace conclave::io {
namespace {

using ::testing::HasSubstr;

class WebSocketTest : public ::testing::TestWithParam<Transport> {};

// Reads to the close frame and then does its part of the closing, as a browser would.
uint16_t CloseCode(TestClient& client) {
  while (const auto frame = client.ReadFrame()) {
    if (frame->opcode != TestClient::kClose) continue;
    client.SendFrame(TestClient::kClose, frame->payload);
    client.Disconnect();
    return frame->close_code();
  }
  return 0;
}

TEST_P(WebSocketTest, CarriesBinaryMessagesBothWays) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  for (const std::string& text :
       {std::string("hello"), std::string("x"), std::string(65536, 'm')}) {
    client.SendFrame(TestClient::kBinary, text);
    const auto frame = client.ReadFrame();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->opcode, TestClient::kBinary);
    EXPECT_TRUE(frame->payload == text) << frame->payload.size();
  }
  EXPECT_TRUE(server.WaitForOpened(1));
}

TEST_P(WebSocketTest, NamesTheSubprotocolAndNoCompression) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  const TestResponse response =
      client.Request("GET", "/signal",
                     "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                     "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                     "Sec-WebSocket-Protocol: other, conclave.v1\r\n");
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.headers.at("sec-websocket-protocol"), "conclave.v1");
  // The example of RFC 6455 section 1.3.
  EXPECT_EQ(response.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(response.headers.count("sec-websocket-extensions"), 0u);
  EXPECT_EQ(response.headers.at("server"), "conclave");
}

TEST_P(WebSocketTest, RefusesStrangers) {
  TestServer server;
  TestClient origin(server.port(), GetParam());
  EXPECT_EQ(
      origin.Upgrade("Sec-WebSocket-Protocol: conclave.v1\r\nOrigin: https://evil.example\r\n"),
      403);
  TestClient own(server.port(), GetParam());
  EXPECT_EQ(own.Upgrade("Sec-WebSocket-Protocol: conclave.v1\r\nOrigin: https://localhost\r\n"),
            101);
  TestClient protocol(server.port(), GetParam());
  EXPECT_EQ(protocol.Upgrade("Sec-WebSocket-Protocol: conclave.v9\r\n"), 400);
  TestClient none(server.port(), GetParam());
  EXPECT_EQ(none.Upgrade(""), 400);
  TestClient elsewhere(server.port(), GetParam());
  EXPECT_EQ(elsewhere.Upgrade("Sec-WebSocket-Protocol: conclave.v1\r\n", "/other"), 404);
}

TEST_P(WebSocketTest, ClosesOnATextFrame) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(TestClient::kText, "hello");
  EXPECT_EQ(CloseCode(client), 1003);
  EXPECT_TRUE(server.WaitForClosed(1));
}

TEST_P(WebSocketTest, ClosesOnAMessageThatIsTooLarge) {
  HttpServerConfig config;
  // Little enough to be in the sockets' buffers when the server closes.
  config.limits.message_bytes_max = 65536;
  TestServer server(std::move(config));
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(TestClient::kBinary, std::string(65537, 'm'));
  EXPECT_EQ(CloseCode(client), 1009);
  EXPECT_TRUE(server.WaitForClosed(1));
}

TEST_P(WebSocketTest, ClosesWithoutAFirstMessage) {
  HttpServerConfig config;
  config.limits.first_message = Duration::Millis(50);
  TestServer server(std::move(config));
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  EXPECT_EQ(CloseCode(client), 1008);
  EXPECT_TRUE(server.WaitForClosed(1));
}

TEST_P(WebSocketTest, PingsASilentClientAndThenDropsIt) {
  HttpServerConfig config;
  config.limits.idle = Duration::Millis(200);
  TestServer server(std::move(config));
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(TestClient::kBinary, "hello");
  ASSERT_TRUE(client.ReadFrame());
  const auto ping = client.ReadFrame();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, TestClient::kPing);
  EXPECT_TRUE(server.WaitForClosed(1));
}

TEST_P(WebSocketTest, AnswersAPing) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(TestClient::kPing, "are you there");
  const auto pong = client.ReadFrame();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, TestClient::kPong);
  EXPECT_EQ(pong->payload, "are you there");
}

TEST_P(WebSocketTest, SendsWhatWasQueuedBeforeItCloses) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  client.SendFrame(TestClient::kBinary, "close me");
  const auto last = client.ReadFrame();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->payload, "last words");
  EXPECT_EQ(CloseCode(client), 4000);
  EXPECT_TRUE(server.WaitForClosed(1));
}

TEST_P(WebSocketTest, NoticesThatTheClientIsGone) {
  TestServer server;
  {
    TestClient client(server.port(), GetParam());
    ASSERT_EQ(client.Upgrade(), 101);
    ASSERT_TRUE(server.WaitForOpened(1));
  }
  EXPECT_TRUE(server.WaitForClosed(1));
  server.Do([](HttpServer& http) { EXPECT_EQ(http.open_web_sockets(), 0u); });
}

TEST_P(WebSocketTest, ClosesASlowReader) {
  HttpServerConfig config;
  config.limits.queue_bytes_max = 1 << 20;
  config.limits.closing = Duration::Millis(50);
  TestServer server(std::move(config));
  TestClient client(server.port(), GetParam());
  client.ShrinkReceiveBuffer();
  ASSERT_EQ(client.Upgrade(), 101);
  ASSERT_TRUE(server.WaitForOpened(1));
  // Far more than the queue and the kernel's buffers hold, and nothing is read.
  server.Do([&](HttpServer& http) {
    for (int i = 0; i < 300; ++i) http.Send(server.opened(0), std::string(65536, 'm'));
  });
  EXPECT_TRUE(server.WaitForClosed(1));
  server.Do([](HttpServer& http) { EXPECT_EQ(http.open_web_sockets(), 0u); });
}

TEST_P(WebSocketTest, TellsASlowReaderWhyWhenItCatchesUp) {
  HttpServerConfig config;
  config.limits.queue_messages_max = 8;
  TestServer server(std::move(config));
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  ASSERT_TRUE(server.WaitForOpened(1));
  server.Do([&](HttpServer& http) {
    for (int i = 0; i < 9; ++i) http.Send(server.opened(0), "message");
  });
  EXPECT_EQ(CloseCode(client), 1013);
}

TEST_P(WebSocketTest, SaysGoodbyeWhenTheServerStops) {
  TestServer server;
  TestClient client(server.port(), GetParam());
  ASSERT_EQ(client.Upgrade(), 101);
  ASSERT_TRUE(server.WaitForOpened(1));
  server.Do([](HttpServer& http) { http.Stop(); });
  EXPECT_EQ(CloseCode(client), 1001);
  TestClient late(server.port(), Transport::kPlain);
  EXPECT_FALSE(late.connected());
}

TEST_P(WebSocketTest, UnknownConnectionsAreIgnored) {
  TestServer server;
  server.Do([](HttpServer& http) {
    http.Send(ConnectionId(99), "nobody");
    http.Close(ConnectionId(99), 1000);
    EXPECT_EQ(http.open_web_sockets(), 0u);
  });
}

INSTANTIATE_TEST_SUITE_P(Transports, WebSocketTest,
                         ::testing::Values(Transport::kPlain, Transport::kTls),
                         [](const auto& transport) {
                           return transport.param == Transport::kTls ? "Tls" : "Plain";
                         });

}  // namespace
}  // namespace conclave::io
