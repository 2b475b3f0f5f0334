#include "wire/demux.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::wire {
namespace {

DatagramKind Classify(const std::vector<uint8_t>& bytes) { return ClassifyDatagram(bytes); }

TEST(Demux, FollowsTheRangesOfRfc7983) {
  EXPECT_EQ(Classify({}), DatagramKind::kUnknown);
  for (int first = 0; first < 256; ++first) {
    DatagramKind expected = DatagramKind::kUnknown;
    if (first <= 3) expected = DatagramKind::kStun;
    if (first >= 20 && first <= 63) expected = DatagramKind::kDtls;
    if (first >= 128 && first <= 191) expected = DatagramKind::kRtp;
    EXPECT_EQ(Classify({static_cast<uint8_t>(first), 96}), expected) << first;
  }
}

TEST(Demux, TellsRtcpFromRtpByThePacketType) {
  EXPECT_EQ(Classify({0x80, 191}), DatagramKind::kRtp);
  EXPECT_EQ(Classify({0x80, 192}), DatagramKind::kRtcp);
  EXPECT_EQ(Classify({0x80, 223}), DatagramKind::kRtcp);
  EXPECT_EQ(Classify({0x80, 224}), DatagramKind::kRtp);
  // Marker and payload type 96.
  EXPECT_EQ(Classify({0x80, 0x80 | 96}), DatagramKind::kRtp);
  EXPECT_EQ(Classify({0x80}), DatagramKind::kRtp);
}

}  // namespace
}  // namespace conclave::wire
