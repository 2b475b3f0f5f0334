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

}  // namespace
}  // namespace conclave::load
