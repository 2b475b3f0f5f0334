#include "sim/nonce_checker.h"

#include <gtest/gtest.h>

namespace conclave::sim {
namespace {

TEST(NonceChecker, TellsAReusedIndexFromARepeatedPacket) {
  const Instant now;
  Violations violations;
  NonceChecker checker(now, violations);
  const uint8_t header[] = {1, 2};
  const uint8_t other_header[] = {1, 3};
  const uint8_t payload[] = {5};
  checker.OnEncrypt(1, false, 10, 100, header, payload);
  checker.OnEncrypt(1, false, 10, 100, header, payload);
  checker.OnEncrypt(2, false, 10, 100, other_header, payload);
  checker.OnEncrypt(1, true, 10, 100, other_header, payload);
  checker.OnEncrypt(1, false, 11, 100, other_header, payload);
  checker.OnEncrypt(1, false, 10, 101, other_header, payload);
  EXPECT_EQ(violations.count(), 0u);
  checker.OnEncrypt(1, false, 10, 100, other_header, payload);
  EXPECT_EQ(violations.count(), 1u);
}

}  // namespace
}  // namespace conclave::sim
