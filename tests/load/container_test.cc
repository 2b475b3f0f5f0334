#include "tests/load/container.h"

#include <gtest/gtest.h>

#include <string>

namespace conclave::load {
namespace {

void Append32(std::vector<uint8_t>& out, uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

std::vector<uint8_t> Text(const std::string& text) { return {text.begin(), text.end()}; }

std::vector<uint8_t> Ivf(const std::string& fourcc, size_t frames) {
  std::vector<uint8_t> file = Text("DKIF");
  file.resize(8);
  for (const char c : fourcc) file.push_back(static_cast<uint8_t>(c));
  file.resize(16);
  Append32(file, 15);
  Append32(file, 1);
  file.resize(32);
  for (size_t i = 0; i < frames; ++i) {
    Append32(file, 100);
    file.resize(file.size() + 8);
    file.push_back(i == 0 ? 0x10 : 0x11);
    file.resize(file.size() + 99);
  }
  return file;
}

std::vector<uint8_t> OggPage(const std::vector<std::vector<uint8_t>>& packets) {
  std::vector<uint8_t> page = Text("OggS");
  page.resize(26);
  page.push_back(static_cast<uint8_t>(packets.size()));
  for (const auto& packet : packets) page.push_back(static_cast<uint8_t>(packet.size()));
  for (const auto& packet : packets) page.insert(page.end(), packet.begin(), packet.end());
  return page;
}

TEST(ContainerTest, ReadsIvf) {
  const auto clip = ReadIvf(Ivf("VP80", 3), 1);
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->frames.size(), 3U);
  EXPECT_EQ(clip->frame_interval, Duration::Micros(66'666));
  EXPECT_EQ(clip->NextKey(1), 0U);
}

TEST(ContainerTest, RefusesWhatIsNoIvf) {
  auto truncated = Ivf("VP80", 2);
  truncated.pop_back();
  EXPECT_FALSE(ReadIvf(truncated, 1));
  EXPECT_FALSE(ReadIvf(Ivf("H264", 2), 1));
  EXPECT_FALSE(ReadIvf(Ivf("VP80", 0), 1));
  EXPECT_FALSE(ReadIvf(Text("DKIF"), 1));
}

TEST(ContainerTest, ReadsOpusOverPages) {
  // 0x78: SILK and CELT, 20 ms; 0xf8: CELT, 20 ms.
  std::vector<uint8_t> file = OggPage({Text("OpusHead........")});
  for (const auto& page : {OggPage({Text("OpusTags")}), OggPage({{0xf8, 1, 2}, {0x78, 3}})}) {
    file.insert(file.end(), page.begin(), page.end());
  }
  const auto clip = ReadOggOpus(file);
  ASSERT_TRUE(clip);
  ASSERT_EQ(clip->frames.size(), 2U);
  EXPECT_EQ(clip->payload(clip->packets[1])[0], 0x78);
}

TEST(ContainerTest, RefusesOtherPacketDurations) {
  std::vector<uint8_t> file;
  // 0xf0: CELT, 10 ms.
  for (const auto& page :
       {OggPage({Text("OpusHead........")}), OggPage({Text("OpusTags")}), OggPage({{0xf0, 1}})}) {
    file.insert(file.end(), page.begin(), page.end());
  }
  EXPECT_FALSE(ReadOggOpus(file));
  file.pop_back();
  EXPECT_FALSE(ReadOggOpus(file));
}

}  // namespace
}  // namespace conclave::load
