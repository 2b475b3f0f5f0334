#include "transport/srtp_keys.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "transport/test_hex.h"

namespace conclave::transport {
namespace {

// RFC 3711 appendix B.3.
TEST(SrtpKeyDerivation, Rfc3711) {
  SrtpMasterKey master;
  master.profile = SrtpProfile::kAes128CmSha1_80;
  const auto key = FromHex("E1F97A0D3E018BE0D64FA32C06DE4139");
  const auto salt = FromHex("0EC675AD498AFEEBB6960B3AABE6");
  std::copy(key.begin(), key.end(), master.key.begin());
  std::copy(salt.begin(), salt.end(), master.salt.begin());
  const SrtpSessionKey session = DeriveSessionKey(master, SrtpStream::kRtp);
  const auto expected_key = FromHex("C61E7A93744F39EE10734AFE3FF7A087");
  const auto expected_salt = FromHex("30CBBC08863D8C85D49DB34A9AE1");
  const auto expected_auth = FromHex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4");
  EXPECT_TRUE(std::equal(expected_key.begin(), expected_key.end(), session.key.begin()));
  EXPECT_TRUE(std::equal(expected_salt.begin(), expected_salt.end(), session.salt.begin()));
  EXPECT_TRUE(std::equal(expected_auth.begin(), expected_auth.end(), session.auth_key.begin()));
}

}  // namespace
}  // namespace conclave::transport
