// Every backend against the published vectors of RFC 3711 appendix B.2 and RFC 7714 sections 16
// and 17.
#include "transport/srtp_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "transport/srtp.h"
#include "transport/srtp_keys.h"
#include "transport/test_hex.h"

namespace conclave::transport {
namespace {

class CounterModeVectors : public testing::TestWithParam<SrtpBackend> {
 protected:
  void SetUp() override {
    if (engine_.backend() != GetParam()) GTEST_SKIP() << "this build has no ipsec-mb";
  }
  SrtpEngine engine_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Backends, CounterModeVectors,
                         testing::Values(SrtpBackend::kIpsecMb, SrtpBackend::kOpenSsl));

// RFC 3711 appendix B.2.
TEST_P(CounterModeVectors, AesCounterModeKeystream) {
  const auto key = FromHex("2B7E151628AED2A6ABF7158809CF4F3C");
  const auto counter = FromHex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000");
  const std::vector<uint8_t> auth_key(20, 0);
  const auto cipher = engine_.MakeCipher(SrtpProfile::kAes128CmSha1_80, key, auth_key);
  SrtpIv iv;
  std::copy(counter.begin(), counter.end(), iv.begin());
  const std::vector<uint8_t> header(12, 0x80);
  const std::vector<uint8_t> zeros(48, 0);
  std::vector<uint8_t> stream(48);
  std::array<uint8_t, 10> tag;
  cipher->Seal({iv, header, zeros, {}}, stream.data(), tag.data());
  EXPECT_EQ(stream, FromHex("E03EAD0935C95E80E166B16DD92B4EB4"
                            "D23513162B02D0F72A43A2FE4A5F97AB"
                            "41E95B3BB0A2E8DD477901E4FCA894C0"));
}

// RFC 7714 gives session keys, so these go below the key derivation: cipher, IV and layout.
struct AeadVector {
  SrtpProfile profile;
  const char* key;
  const char* rtp;
  const char* rtcp;
};
constexpr char kRtpHeader[] = "8040f17b 8041f8d3 5501a0b2";
constexpr char kRtpPayload[] =
    "47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465 73207472 6573";
constexpr char kRtcpPacket[] =
    "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61 deadbeef deadbeef "
    "deadbeef deadbeef deadbeef";
constexpr char kSalt[] = "517569642070726f2071756f";
constexpr AeadVector kAead128 = {
    SrtpProfile::kAeadAes128Gcm, "000102030405060708090a0b0c0d0e0f",
    "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb1"
    "6a9152cf765ee4390cce",
    "63e94885dcdab67ca727d7662f6b7e99 7ff5c0f76c06f32dc676a5f1730d6fda 4ce09b4686303ded0bb9275b"
    "c84aa45896cf4d2fc5abf87245d9eade 800005d4"};
constexpr AeadVector kAead256 = {
    SrtpProfile::kAeadAes256Gcm, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfff"
    "d6b0f9bb7878d7a76c13",
    "d50ae4d1f5ce5d304ba297e47d470c28 2c3ece5dbffe0a50a2eaa5c1110555be 8415f658c61de0476f1b6fad"
    "1d1eb30c4446839f57ff6f6cb26ac3be 800005d4"};

class AeadVectors : public testing::TestWithParam<std::tuple<SrtpBackend, const AeadVector*>> {
 protected:
  void SetUp() override {
    if (engine_.backend() != std::get<0>(GetParam())) GTEST_SKIP() << "this build has no ipsec-mb";
  }
  SrtpDirection Direction(SrtpStream stream) {
    SrtpMasterKey unused;
    unused.profile = vector_.profile;
    SrtpDirection direction(engine_, unused, stream);
    const auto salt = FromHex(kSalt);
    direction.salt = {};
    std::copy(salt.begin(), salt.end(), direction.salt.begin());
    direction.cipher = engine_.MakeCipher(vector_.profile, FromHex(vector_.key), {});
    return direction;
  }
  SrtpEngine engine_{std::get<0>(GetParam())};
  const AeadVector& vector_ = *std::get<1>(GetParam());
};

INSTANTIATE_TEST_SUITE_P(Backends, AeadVectors,
                         testing::Combine(testing::Values(SrtpBackend::kIpsecMb,
                                                          SrtpBackend::kOpenSsl),
                                          testing::Values(&kAead128, &kAead256)));

// RFC 7714 section 16: SSRC 5501a0b2, rollover counter 0, sequence number f17b.
TEST_P(AeadVectors, Rtp) {
  SrtpDirection direction = Direction(SrtpStream::kRtp);
  const SrtpIv iv = direction.Iv(0x5501a0b2, 0xf17b);
  const auto header = FromHex(kRtpHeader);
  const auto payload = FromHex(kRtpPayload);
  std::vector<uint8_t> sealed(payload.size() + 16);
  direction.cipher->Seal({iv, header, payload, {}}, sealed.data(), sealed.data() + payload.size());
  EXPECT_EQ(sealed, FromHex(vector_.rtp));
  std::vector<uint8_t> opened(payload.size());
  const auto bytes = std::span<const uint8_t>(sealed);
  EXPECT_TRUE(direction.cipher->Open({iv, header, bytes.first(payload.size()), {}, bytes.last(16)},
                                     opened.data()));
  EXPECT_EQ(opened, payload);
}

// RFC 7714 section 17: SSRC 4d617273, SRTCP index 5d4, encrypted.
TEST_P(AeadVectors, Rtcp) {
  SrtpDirection direction = Direction(SrtpStream::kRtcp);
  const SrtpIv iv = direction.Iv(0x4d617273, 0x5d4);
  const auto packet = FromHex(kRtcpPacket);
  const auto bytes = std::span<const uint8_t>(packet);
  const auto payload = bytes.subspan(8);
  auto aad = FromHex("81c8000d 4d617273 800005d4");
  std::vector<uint8_t> sealed(payload.size() + 16);
  direction.cipher->Seal({iv, aad, payload, {}}, sealed.data(), sealed.data() + payload.size());
  const auto index = FromHex("800005d4");
  sealed.insert(sealed.end(), index.begin(), index.end());
  EXPECT_EQ(sealed, FromHex(vector_.rtcp));
}

}  // namespace
}  // namespace conclave::transport
