#include "transport/srtp.h"

#include <gtest/gtest.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.h"

namespace conclave::transport {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint32_t kSsrc = 0xCAFE1234;

SrtpMasterKey MakeKey(SrtpProfile profile, uint64_t seed) {
  SrtpMasterKey key;
  key.profile = profile;
  SeededRandom random(seed);
  random.Fill(std::span(key.key).first(SizesOf(profile).key));
  random.Fill(std::span(key.salt).first(SizesOf(profile).salt));
  return key;
}

Bytes RtpHeader(uint16_t sequence, uint32_t ssrc = kSsrc, bool extension = true) {
  Bytes header = {static_cast<uint8_t>(extension ? 0x91 : 0x81),
                  96,
                  static_cast<uint8_t>(sequence >> 8),
                  static_cast<uint8_t>(sequence),
                  1,
                  2,
                  3,
                  4,
                  static_cast<uint8_t>(ssrc >> 24),
                  static_cast<uint8_t>(ssrc >> 16),
                  static_cast<uint8_t>(ssrc >> 8),
                  static_cast<uint8_t>(ssrc),
                  0,
                  0,
                  0,
                  7};
  if (extension) header.insert(header.end(), {0xBE, 0xDE, 0, 1, 0x10, 0x55, 0, 0});
  return header;
}

Bytes Payload(size_t size, uint64_t seed) {
  Bytes payload(size);
  SeededRandom(seed).Fill(payload);
  return payload;
}

Bytes Concat(const Bytes& a, const Bytes& b) {
  Bytes both = a;
  both.insert(both.end(), b.begin(), b.end());
  return both;
}

Bytes Protect(SrtpSender& sender, uint16_t sequence, size_t size = 100, uint32_t ssrc = kSsrc) {
  const Bytes header = RtpHeader(sequence, ssrc);
  const Bytes payload = Payload(size, sequence);
  Bytes out(header.size() + payload.size() + kMaxSrtpOverhead);
  out.resize(sender.ProtectRtp(header, payload, out).value());
  return out;
}

std::optional<Bytes> Unprotect(SrtpReceiver& receiver, const Bytes& packet) {
  Bytes out(packet.size());
  const auto size = receiver.UnprotectRtp(packet, out);
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

Bytes Plain(uint16_t sequence, size_t size = 100, uint32_t ssrc = kSsrc) {
  return Concat(RtpHeader(sequence, ssrc), Payload(size, sequence));
}

Bytes RtcpPacket(size_t words, uint32_t ssrc = kSsrc) {
  Bytes packet = {0x81,
                  201,
                  0,
                  static_cast<uint8_t>(words + 1),
                  static_cast<uint8_t>(ssrc >> 24),
                  static_cast<uint8_t>(ssrc >> 16),
                  static_cast<uint8_t>(ssrc >> 8),
                  static_cast<uint8_t>(ssrc)};
  return Concat(packet, Payload(words * 4, words));
}

Bytes ProtectRtcp(SrtpSender& sender, const Bytes& packet) {
  Bytes out(packet.size() + kMaxSrtcpOverhead);
  out.resize(sender.ProtectRtcp(packet, out).value());
  return out;
}

std::optional<Bytes> UnprotectRtcp(SrtpReceiver& receiver, const Bytes& packet) {
  Bytes out(packet.size());
  const auto size = receiver.UnprotectRtcp(packet, out);
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

// The independent implementation that ours has to agree with.
class Oracle {
 public:
  explicit Oracle(const SrtpMasterKey& key, srtp_ssrc_type_t direction) {
    [[maybe_unused]] static const auto initialized = srtp_init();
    srtp_profile_t profile = srtp_profile_aead_aes_128_gcm;
    if (key.profile == SrtpProfile::kAeadAes256Gcm) profile = srtp_profile_aead_aes_256_gcm;
    if (key.profile == SrtpProfile::kAes128CmSha1_80) profile = srtp_profile_aes128_cm_sha1_80;
    srtp_policy_t policy{};
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile);
    policy.ssrc.type = direction;
    policy.window_size = 1024;
    const SrtpProfileSizes sizes = SizesOf(key.profile);
    Bytes key_and_salt(key.key.begin(), key.key.begin() + static_cast<ptrdiff_t>(sizes.key));
    key_and_salt.insert(key_and_salt.end(), key.salt.begin(),
                        key.salt.begin() + static_cast<ptrdiff_t>(sizes.salt));
    policy.key = key_and_salt.data();
    EXPECT_EQ(srtp_create(&session_, &policy), srtp_err_status_ok);
  }
  ~Oracle() { srtp_dealloc(session_); }

  std::optional<Bytes> ProtectRtp(const Bytes& packet) { return Call(srtp_protect, packet); }
  std::optional<Bytes> ProtectRtcp(const Bytes& packet) { return Call(srtp_protect_rtcp, packet); }
  std::optional<Bytes> UnprotectRtp(const Bytes& packet) { return Call(srtp_unprotect, packet); }
  std::optional<Bytes> UnprotectRtcp(const Bytes& packet) {
    return Call(srtp_unprotect_rtcp, packet);
  }

 private:
  using Function = srtp_err_status_t (*)(srtp_t, void*, int*);
  std::optional<Bytes> Call(Function function, const Bytes& packet) {
    Bytes bytes = packet;
    bytes.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    int size = static_cast<int>(packet.size());
    if (function(session_, bytes.data(), &size) != srtp_err_status_ok) return std::nullopt;
    bytes.resize(static_cast<size_t>(size));
    return bytes;
  }
  srtp_t session_ = nullptr;
};

using Parameters = std::tuple<SrtpBackend, SrtpProfile>;

class SrtpTest : public testing::TestWithParam<Parameters> {
 protected:
  void SetUp() override {
    if (engine_.backend() != std::get<0>(GetParam())) GTEST_SKIP() << "this build has no ipsec-mb";
  }
  SrtpEngine engine_{std::get<0>(GetParam())};
  SrtpProfile profile_ = std::get<1>(GetParam());
  SrtpMasterKey key_ = MakeKey(profile_, 1);
  SrtpSender sender_{engine_, key_};
  SrtpReceiver receiver_{engine_, key_};
};

std::string NameOf(const testing::TestParamInfo<Parameters>& info) {
  const std::string profiles[] = {"Gcm128", "Gcm256", "CmSha1"};
  return (std::get<0>(info.param) == SrtpBackend::kIpsecMb ? "IpsecMb" : "OpenSsl") +
         profiles[static_cast<size_t>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(
    All, SrtpTest,
    testing::Combine(testing::Values(SrtpBackend::kIpsecMb, SrtpBackend::kOpenSsl),
                     testing::Values(SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAeadAes256Gcm,
                                     SrtpProfile::kAes128CmSha1_80)),
    NameOf);

// Every length class of AES blocks and SHA-1 blocks, and the usual packet.
const size_t kSizes[] = {0, 1, 15, 16, 17, 31, 48, 63, 64, 65, 100, 255, 999, 1200, 1400};

TEST_P(SrtpTest, WritesWhatLibsrtpWrites) {
  Oracle oracle(key_, ssrc_any_outbound);
  uint16_t sequence = 100;
  for (const size_t size : kSizes) {
    ++sequence;
    EXPECT_EQ(Protect(sender_, sequence, size), oracle.ProtectRtp(Plain(sequence, size)));
  }
}

TEST_P(SrtpTest, ReadsWhatLibsrtpWrites) {
  Oracle oracle(key_, ssrc_any_outbound);
  uint16_t sequence = 100;
  for (const size_t size : kSizes) {
    const Bytes plain = Plain(++sequence, size);
    EXPECT_EQ(Unprotect(receiver_, oracle.ProtectRtp(plain).value()), plain);
  }
}

TEST_P(SrtpTest, WritesRtcpThatLibsrtpReads) {
  Oracle oracle(key_, ssrc_any_inbound);
  for (size_t words = 0; words < 40; ++words) {
    const Bytes packet = RtcpPacket(words);
    EXPECT_EQ(oracle.UnprotectRtcp(ProtectRtcp(sender_, packet)), packet);
  }
}

TEST_P(SrtpTest, ReadsRtcpThatLibsrtpWrites) {
  Oracle oracle(key_, ssrc_any_outbound);
  for (size_t words = 0; words < 40; ++words) {
    const Bytes packet = RtcpPacket(words);
    EXPECT_EQ(UnprotectRtcp(receiver_, oracle.ProtectRtcp(packet).value()), packet);
  }
}

TEST_P(SrtpTest, BackendsAgreeByteForByte) {
  SrtpEngine other_engine(SrtpBackend::kOpenSsl);
  SrtpSender other(other_engine, key_);
  for (uint16_t i = 0; i < 300; ++i) {
    EXPECT_EQ(Protect(sender_, i, i * 4u), Protect(other, i, i * 4u)) << i;
  }
  EXPECT_EQ(ProtectRtcp(sender_, RtcpPacket(9)), ProtectRtcp(other, RtcpPacket(9)));
}

TEST_P(SrtpTest, InPlaceIsTheSameAsOutOfPlace) {
  const Bytes header = RtpHeader(5);
  const Bytes payload = Payload(500, 5);
  Bytes in_place = Concat(header, payload);
  in_place.resize(in_place.size() + kMaxSrtpOverhead);
  const auto bytes = std::span(in_place);
  SrtpSender other(engine_, key_);
  in_place.resize(other
                      .ProtectRtp(bytes.first(header.size()),
                                  bytes.subspan(header.size(), payload.size()), bytes)
                      .value());
  EXPECT_EQ(in_place, Protect(sender_, 5, 500));
  const size_t size = receiver_.UnprotectRtp(in_place, in_place).value();
  in_place.resize(size);
  EXPECT_EQ(in_place, Concat(header, payload));

  Bytes rtcp = RtcpPacket(6);
  rtcp.resize(rtcp.size() + kMaxSrtcpOverhead);
  const Bytes plain = RtcpPacket(6);
  rtcp.resize(sender_.ProtectRtcp(std::span(rtcp).first(plain.size()), rtcp).value());
  EXPECT_NE(rtcp, plain);
  rtcp.resize(receiver_.UnprotectRtcp(rtcp, rtcp).value());
  EXPECT_EQ(rtcp, plain);
}

TEST_P(SrtpTest, RolloverCounterFollowsTheSequenceNumbers) {
  Oracle oracle(key_, ssrc_any_inbound);
  uint16_t sequence = 30000;
  // Three whole wraps in steps that no receiver could mistake for a step back.
  for (int i = 0; i < 20; ++i) {
    const Bytes packet = Protect(sender_, sequence);
    EXPECT_EQ(Unprotect(receiver_, packet), Plain(sequence)) << i;
    EXPECT_EQ(oracle.UnprotectRtp(packet), Plain(sequence)) << i;
    sequence = static_cast<uint16_t>(sequence + 10007);
  }
}

TEST_P(SrtpTest, ReorderingAcrossTheWrap) {
  std::vector<std::pair<uint16_t, Bytes>> packets;
  for (int i = 0; i < 400; ++i) {
    const auto sequence = static_cast<uint16_t>(65336 + i);
    packets.emplace_back(sequence, Protect(sender_, sequence));
  }
  ASSERT_TRUE(Unprotect(receiver_, packets[0].second));
  SeededRandom random(7);
  for (size_t i = packets.size() - 1; i > 1; --i) {
    std::swap(packets[i], packets[1 + random.Next32() % i]);
  }
  for (size_t i = 1; i < packets.size(); ++i) {
    EXPECT_EQ(Unprotect(receiver_, packets[i].second), Plain(packets[i].first)) << i;
  }
  EXPECT_EQ(receiver_.stats().replay + receiver_.stats().authentication, 0u);
}

TEST_P(SrtpTest, SenderMaySendOutOfOrderAcrossTheWrap) {
  Oracle oracle(key_, ssrc_any_inbound);
  for (const int sequence : {65534, 1, 65535, 0, 2}) {
    const auto number = static_cast<uint16_t>(sequence);
    EXPECT_EQ(oracle.UnprotectRtp(Protect(sender_, number)), Plain(number)) << number;
  }
}

TEST_P(SrtpTest, ReplayIsDroppedAndCounted) {
  const Bytes first = Protect(sender_, 10);
  EXPECT_TRUE(Unprotect(receiver_, first));
  EXPECT_FALSE(Unprotect(receiver_, first));
  for (uint16_t i = 11; i < 10 + 1024; ++i) {
    EXPECT_TRUE(Unprotect(receiver_, Protect(sender_, i)));
  }
  EXPECT_FALSE(Unprotect(receiver_, first)) << "the last that the window remembers";
  const Bytes late = Protect(sender_, 1034);
  EXPECT_TRUE(Unprotect(receiver_, Protect(sender_, 3000)));
  EXPECT_FALSE(Unprotect(receiver_, late)) << "older than the window, though never seen";
  EXPECT_EQ(receiver_.stats().replay, 3u);
  EXPECT_EQ(receiver_.stats().authentication, 0u);
}

TEST_P(SrtpTest, RtcpReplayIsDropped) {
  const Bytes one = ProtectRtcp(sender_, RtcpPacket(3));
  const Bytes two = ProtectRtcp(sender_, RtcpPacket(4));
  EXPECT_TRUE(UnprotectRtcp(receiver_, two));
  EXPECT_TRUE(UnprotectRtcp(receiver_, one)) << "reordered";
  EXPECT_FALSE(UnprotectRtcp(receiver_, one));
  EXPECT_FALSE(UnprotectRtcp(receiver_, two));
  EXPECT_EQ(receiver_.stats().replay, 2u);
}

TEST_P(SrtpTest, EveryFlippedBitIsRefusedAndChangesNothing) {
  const Bytes packet = Protect(sender_, 20, 40);
  for (size_t bit = 0; bit < packet.size() * 8; ++bit) {
    Bytes forged = packet;
    forged[bit / 8] = static_cast<uint8_t>(forged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Unprotect(receiver_, forged)) << bit;
  }
  EXPECT_EQ(Unprotect(receiver_, packet), Plain(20, 40));

  const Bytes rtcp = ProtectRtcp(sender_, RtcpPacket(3));
  for (size_t bit = 0; bit < rtcp.size() * 8; ++bit) {
    Bytes forged = rtcp;
    forged[bit / 8] = static_cast<uint8_t>(forged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(UnprotectRtcp(receiver_, forged)) << bit;
  }
  EXPECT_EQ(UnprotectRtcp(receiver_, rtcp), RtcpPacket(3));
}

TEST_P(SrtpTest, EveryTruncationIsRefused) {
  const Bytes packet = Protect(sender_, 20, 40);
  for (size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(
        Unprotect(receiver_, Bytes(packet.begin(), packet.begin() + static_cast<ptrdiff_t>(size))));
  }
  const Bytes rtcp = ProtectRtcp(sender_, RtcpPacket(3));
  for (size_t size = 0; size < rtcp.size(); ++size) {
    EXPECT_FALSE(
        UnprotectRtcp(receiver_, Bytes(rtcp.begin(), rtcp.begin() + static_cast<ptrdiff_t>(size))));
  }
}

TEST_P(SrtpTest, GarbageIsRefused) {
  SeededRandom random(3);
  for (int i = 0; i < 5000; ++i) {
    Bytes garbage(random.Next32() % 200);
    random.Fill(garbage);
    if (!garbage.empty()) garbage[0] = static_cast<uint8_t>(0x80 | (garbage[0] & 0x3f));
    EXPECT_FALSE(Unprotect(receiver_, garbage));
    EXPECT_FALSE(UnprotectRtcp(receiver_, garbage));
  }
}

TEST_P(SrtpTest, ForgedSsrcsTakeNoMemoryAndAuthenticOnesAreBounded) {
  SrtpSender stranger(engine_, MakeKey(profile_, 2));
  for (uint32_t ssrc = 1; ssrc <= 1000; ++ssrc) {
    EXPECT_FALSE(Unprotect(receiver_, Protect(stranger, 1, 20, ssrc)));
  }
  // Our sender remembers no more SSRCs than the receiver: the one too many is another's.
  SrtpSender second(engine_, key_);
  for (uint32_t ssrc = 1; ssrc <= SrtpReceiver::kMaxSsrcs; ++ssrc) {
    EXPECT_TRUE(Unprotect(receiver_, Protect(sender_, 1, 20, ssrc)));
  }
  EXPECT_FALSE(receiver_.exhausted());
  EXPECT_FALSE(Unprotect(receiver_, Protect(second, 1, 20, 5000)));
  EXPECT_EQ(receiver_.stats().table_full, 1u);
  EXPECT_TRUE(receiver_.exhausted());
  EXPECT_TRUE(Unprotect(receiver_, Protect(sender_, 2, 20, 7))) << "those that exist go on";
}

TEST_P(SrtpTest, APausedStreamGoesOnAfterManyOthersAndItsPacketsCannotBePlayedAgain) {
  std::vector<Bytes> recorded;
  for (uint16_t sequence = 65000; sequence != 65100; ++sequence) {
    recorded.push_back(Protect(sender_, sequence));
    ASSERT_TRUE(Unprotect(receiver_, recorded.back()));
  }
  for (uint32_t ssrc = 1; ssrc <= 300; ++ssrc) {
    ASSERT_TRUE(Unprotect(receiver_, Protect(sender_, 1, 20, ssrc))) << ssrc;
  }
  for (const Bytes& packet : recorded) EXPECT_FALSE(Unprotect(receiver_, packet));
  // Behind the wrap of the sequence number, so with the rollover counter that both have kept.
  for (const uint16_t sequence : std::vector<uint16_t>{65100, 65500, 100, 101}) {
    EXPECT_TRUE(Unprotect(receiver_, Protect(sender_, sequence))) << sequence;
  }
  for (const Bytes& packet : recorded) EXPECT_FALSE(Unprotect(receiver_, packet));
}

TEST_P(SrtpTest, RepeatIsByteIdentical) {
  const Bytes original = Protect(sender_, 65535);
  Protect(sender_, 0);
  Protect(sender_, 1);
  Bytes repeated(original.size() + kMaxSrtpOverhead);
  repeated.resize(sender_.RepeatRtp(RtpHeader(65535), Payload(100, 65535), repeated).value());
  EXPECT_EQ(repeated, original);
}

TEST_P(SrtpTest, SendingAnIndexTwiceDies) {
  Protect(sender_, 9);
  EXPECT_DEATH(Protect(sender_, 9), "Seen");
}

struct Recorder final : SrtpObserver {
  void OnEncrypt(uint64_t session, bool rtcp, uint32_t ssrc, uint64_t index,
                 std::span<const uint8_t>, std::span<const uint8_t> plaintext) override {
    seen.emplace_back(session, rtcp, ssrc, index, plaintext.size());
  }
  std::vector<std::tuple<uint64_t, bool, uint32_t, uint64_t, size_t>> seen;
};

TEST_P(SrtpTest, ObserverSeesEveryIndex) {
  Recorder recorder;
  engine_.set_observer(&recorder);
  SrtpSender other(engine_, key_);
  Protect(sender_, 65535, 10);
  Protect(sender_, 0, 11);
  Protect(other, 0, 12);
  ProtectRtcp(sender_, RtcpPacket(1));
  engine_.set_observer(nullptr);
  ASSERT_EQ(recorder.seen.size(), 4u);
  const uint64_t session = std::get<0>(recorder.seen[0]);
  EXPECT_EQ(recorder.seen[0], std::make_tuple(session, false, kSsrc, uint64_t{65535}, size_t{10}));
  EXPECT_EQ(recorder.seen[1], std::make_tuple(session, false, kSsrc, uint64_t{65536}, size_t{11}));
  EXPECT_NE(std::get<0>(recorder.seen[2]), session);
  EXPECT_EQ(recorder.seen[3], std::make_tuple(session, true, kSsrc, uint64_t{1}, size_t{4}));
}

TEST(RtpHeaderBytes, ChecksLengths) {
  const Bytes header = RtpHeader(1);
  EXPECT_EQ(RtpHeaderBytes(header), header.size());
  for (size_t size = 0; size < header.size(); ++size) {
    EXPECT_FALSE(RtpHeaderBytes(std::span(header).first(size)));
  }
  Bytes wrong_version = header;
  wrong_version[0] = static_cast<uint8_t>(wrong_version[0] ^ 0x80);
  EXPECT_FALSE(RtpHeaderBytes(wrong_version));
}

}  // namespace
}  // namespace conclave::transport
