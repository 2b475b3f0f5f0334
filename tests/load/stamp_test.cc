#include "tests/load/stamp.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::load {
namespace {

TEST(StampTest, LiesInTheLastBytesAlone) {
  const Stamp stamp = {123456, 1, 2, true, 4'000'000'000, Instant::FromMicros(987654321)};
  std::vector<uint8_t> payload(100, 0xaa);
  WriteStamp(stamp, payload);
  EXPECT_EQ(ReadStamp(payload), stamp);
  EXPECT_EQ(payload[100 - kStampBytes - 1], 0xaa);
}

TEST(StampTest, OtherBytesAreNoStamp) {
  EXPECT_FALSE(ReadStamp(std::vector<uint8_t>(100, 0)));
  EXPECT_FALSE(ReadStamp(std::vector<uint8_t>(kStampBytes - 1, 0)));
}

}  // namespace
}  // namespace conclave::load
