#include "tests/load/web_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace conclave::load {
namespace {

using testing::ElementsAre;

constexpr std::string_view kAccepted = "HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\n";

class WebSocketTest : public testing::Test {
 protected:
  void Feed(std::string_view bytes) { socket_.OnBytes(bytes, random_, messages_, out_); }
  SeededRandom random_{1};
  WebSocket socket_;
  std::vector<std::string> messages_;
  std::string out_;
};

TEST_F(WebSocketTest, OpensAndReadsMessagesByteByByte) {
  std::string bytes(kAccepted);
  bytes += std::string("\x82\x03", 2) + "one";
  // In two frames.
  bytes += std::string("\x02\x02", 2) + "tw" + std::string("\x80\x01", 2) + "o";
  for (const char byte : bytes) Feed(std::string(1, byte));
  EXPECT_EQ(socket_.state(), WebSocket::State::kOpen);
  EXPECT_THAT(messages_, ElementsAre("one", "two"));
  EXPECT_TRUE(out_.empty());
}

TEST_F(WebSocketTest, ReadsLongMessages) {
  Feed(kAccepted);
  Feed(std::string("\x82\x7e\x01\x00", 4) + std::string(256, 'x'));
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_EQ(messages_[0].size(), 256U);
}

TEST_F(WebSocketTest, AnswersPings) {
  Feed(kAccepted);
  Feed(std::string("\x89\x02", 2) + "hi");
  ASSERT_EQ(out_.size(), 8U);
  EXPECT_EQ(static_cast<uint8_t>(out_[0]), 0x8a);
  EXPECT_EQ(static_cast<uint8_t>(out_[1]), 0x82);
  EXPECT_EQ(static_cast<char>(out_[6] ^ out_[2]), 'h');
}

TEST_F(WebSocketTest, SaysWhyItIsClosed) {
  Feed(kAccepted);
  Feed(std::string("\x88\x02\x03\xf5", 4));
  EXPECT_EQ(socket_.state(), WebSocket::State::kClosed);
  EXPECT_EQ(socket_.close_code(), 1013);
}

TEST_F(WebSocketTest, IsClosedByARefusalOrAMaskedFrame) {
  Feed("HTTP/1.1 503 Service Unavailable\r\n\r\n");
  EXPECT_EQ(socket_.state(), WebSocket::State::kClosed);
  EXPECT_EQ(socket_.http_status(), 503);
  socket_ = WebSocket();
  Feed(kAccepted);
  Feed(std::string("\x82\x81", 2));
  EXPECT_EQ(socket_.state(), WebSocket::State::kClosed);
}

}  // namespace
}  // namespace conclave::load
