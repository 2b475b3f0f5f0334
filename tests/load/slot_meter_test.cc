#include "tests/load/slot_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/byte_writer.h"

namespace conclave::load {
namespace {

class SlotMeterTest : public testing::Test {
 protected:
  void Receive(uint16_t sequence, uint32_t source = 5) {
    const std::array<uint32_t, 1> csrcs = {source};
    std::array<uint8_t, 64> bytes;
    ByteWriter writer(bytes);
    wire::WriteRtpHeader({.sequence = sequence, .ssrc = 1, .csrcs = csrcs}, writer);
    const auto packet = wire::ParseRtpHeader(writer.written());
    ASSERT_TRUE(packet);
    meter_.OnPacket(Instant::FromMicros(sequence), *packet, 100);
  }
  void ReceiveAll(std::initializer_list<uint16_t> sequences) {
    for (const uint16_t sequence : sequences) Receive(sequence);
  }
  SlotMeter meter_{router::SlotConfig{.ssrc = 1, .rtx_ssrc = 2}};
};

TEST_F(SlotMeterTest, CountsGapsOverTheWrap) {
  ReceiveAll({65533, 65534, 1, 2});
  EXPECT_EQ(meter_.expected(), 6U);
  EXPECT_EQ(meter_.lost(), 2U);
  std::vector<uint16_t> asked;
  meter_.CollectNacks(asked);
  EXPECT_THAT(asked, testing::ElementsAre(65535, 0));
  asked.clear();
  meter_.CollectNacks(asked);
  EXPECT_TRUE(asked.empty());
}

TEST_F(SlotMeterTest, TellsLateFromDoubleFromLost) {
  ReceiveAll({10, 12, 11, 11, 9, 14});
  EXPECT_EQ(meter_.stats().reordered, 1U);
  // What is older than the first packet is not expected.
  EXPECT_EQ(meter_.stats().duplicates, 2U);
  EXPECT_EQ(meter_.lost(), 1U);
}

TEST_F(SlotMeterTest, RepairIsNoLossOnlyOnce) {
  ReceiveAll({10, 12, 14});
  meter_.OnRtx(11);
  meter_.OnRtx(11);
  meter_.OnRtx(std::nullopt);
  EXPECT_EQ(meter_.stats().rtx_packets, 3U);
  EXPECT_EQ(meter_.lost(), 2U);
  EXPECT_EQ(meter_.lost_after_repair(), 1U);
}

TEST_F(SlotMeterTest, CountsSwitches) {
  Receive(1, 5);
  Receive(2, 6);
  Receive(3, 6);
  EXPECT_EQ(meter_.stats().switches, 1U);
  EXPECT_EQ(meter_.source(), 6U);
}

TEST(SlotMeterGapTest, AreMissingNumbersAndWhatComesLaterThanItWasSpoken) {
  struct Packet {
    const char* what;
    int64_t at_ms;
    uint16_t sequence;
    uint32_t spoken_ms;
    uint32_t source;
    uint64_t gaps;
  };
  constexpr std::array<Packet, 8> kPackets = {{
      {"the first", 1000, 1, 0, 5, 0},
      {"on time", 1020, 2, 20, 5, 0},
      {"late by what a jitter buffer has", 1130, 3, 40, 5, 0},
      {"after silence", 1530, 4, 440, 5, 0},
      {"late", 1660, 5, 460, 5, 1},
      {"early again", 1665, 6, 480, 5, 1},
      {"after a lost one", 1705, 8, 520, 5, 2},
      {"another voice, whenever", 3000, 9, 540, 6, 2},
  }};
  SlotMeter meter{router::SlotConfig{.kind = router::MediaKind::kAudio, .ssrc = 1}};
  for (const Packet& p : kPackets) {
    const std::array<uint32_t, 1> csrcs = {p.source};
    std::array<uint8_t, 64> bytes;
    ByteWriter writer(bytes);
    wire::WriteRtpHeader(
        {.sequence = p.sequence, .timestamp = p.spoken_ms * 48, .ssrc = 1, .csrcs = csrcs}, writer);
    const auto packet = wire::ParseRtpHeader(writer.written());
    ASSERT_TRUE(packet);
    meter.OnPacket(Instant::FromMicros(p.at_ms * 1000), *packet, 100);
    EXPECT_EQ(meter.stats().gaps, p.gaps) << p.what;
  }
}

}  // namespace
}  // namespace conclave::load
