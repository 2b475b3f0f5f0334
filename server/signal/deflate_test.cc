#include "signal/deflate.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace conclave::signal {
namespace {

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(Deflate, ComesBackAsItWas) {
  std::string text = "v=0\r\n";
  for (int i = 0; i < 5000; ++i) text += "a=rtpmap:96 VP8/90000\r\n";
  const std::string deflated = Deflate(text);
  EXPECT_LT(deflated.size(), text.size() / 50);
  EXPECT_EQ(Inflate(Bytes(deflated), text.size()).value(), text);
  EXPECT_EQ(Inflate(Bytes(Deflate("")), 0).value(), "");
}

TEST(Deflate, ReadsWhatABrowserWrites) {
  // CompressionStream("deflate-raw") of "hello hello".
  const std::vector<uint8_t> bytes = {0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x00, 0x91, 0x00};
  EXPECT_EQ(Inflate(bytes, 100).value(), "hello hello");
}

TEST(Deflate, ABombStopsAtTheLimit) {
  const std::string bomb = Deflate(std::string(10'000'000, 'a'));
  EXPECT_LT(bomb.size(), 16u * 1024);
  EXPECT_EQ(Inflate(Bytes(bomb), 512 * 1024).error().message, "inflated size is over 524288 bytes");
}

TEST(Deflate, DamageIsAnError) {
  std::string deflated = Deflate("some text that is long enough to be worth it, worth it");
  EXPECT_FALSE(Inflate(Bytes(deflated + "x"), 1000).has_value());
  EXPECT_FALSE(Inflate({}, 1000).has_value());
  for (size_t size = 0; size < deflated.size(); ++size) {
    EXPECT_FALSE(Inflate(Bytes(deflated).first(size), 1000).has_value()) << size;
  }
  // A zlib header is not raw deflate.
  EXPECT_FALSE(Inflate(std::vector<uint8_t>{0x78, 0x9c, 0xcb, 0x48, 0x05, 0x00}, 100).has_value());
}

TEST(Deflate, NoiseNeverWritesMoreThanTheLimit) {
  SeededRandom random(1);
  for (int i = 0; i < 2000; ++i) {
    std::vector<uint8_t> noise(1 + random.Next32() % 200);
    random.Fill(noise);
    const auto out = Inflate(noise, 300);
    EXPECT_TRUE(!out || out->size() <= 300);
  }
}

}  // namespace
}  // namespace conclave::signal
