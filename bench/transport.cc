// transport: CPU ns of what every packet pays in transport/, our two SRTP backends and libsrtp2 by
// turns in one run, so that their ratio holds on a machine that others use too.
//
//   transport [ROUNDS]
#include <srtp2/srtp.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "transport/ice_lite.h"
#include "transport/ice_message.h"
#include "transport/srtp.h"

namespace conclave::bench {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr size_t kPayloadBytes = 1180;
constexpr size_t kHeaderBytes = 20;
constexpr int kPacketsPerRound = 4000;
constexpr transport::SrtpProfile kProfile = transport::SrtpProfile::kAeadAes128Gcm;

int64_t ThreadCpuNs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

transport::SrtpMasterKey Key() {
  transport::SrtpMasterKey key;
  key.profile = kProfile;
  SeededRandom random(1);
  random.Fill(std::span(key.key).first(transport::SizesOf(kProfile).key));
  random.Fill(std::span(key.salt).first(transport::SizesOf(kProfile).salt));
  return key;
}

// With one extension, as media has.
void SetHeader(uint16_t sequence, uint8_t* header) {
  const uint8_t fixed[kHeaderBytes] = {0x90,
                                       96,
                                       static_cast<uint8_t>(sequence >> 8),
                                       static_cast<uint8_t>(sequence),
                                       0,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0,
                                       0,
                                       1,
                                       0xBE,
                                       0xDE,
                                       0,
                                       1,
                                       0x30,
                                       1,
                                       2,
                                       3};
  std::copy(std::begin(fixed), std::end(fixed), header);
}

// What is measured: a packet each call.
struct Case {
  std::string name;
  std::function<void()> packet;
  std::vector<double> ns;
};

class Ours {
 public:
  explicit Ours(transport::SrtpBackend backend)
      : engine_(backend), sender_(engine_, Key()), packet_(kHeaderBytes + kPayloadBytes + 16) {
    CHECK(engine_.backend() == backend);
  }
  // The payload is shared by all receivers, so it is not encrypted in place.
  void Protect() {
    SetHeader(++sequence_, packet_.data());
    const auto size = sender_.ProtectRtp(std::span(packet_).first(kHeaderBytes), payload_, packet_);
    CHECK(size == packet_.size());
  }
  const Bytes& packet() const { return packet_; }

 private:
  transport::SrtpEngine engine_;
  transport::SrtpSender sender_;
  const Bytes payload_ = Bytes(kPayloadBytes, 7);
  Bytes packet_;
  uint16_t sequence_ = 0;
};

class Libsrtp {
 public:
  Libsrtp() : packet_(kHeaderBytes + kPayloadBytes + SRTP_MAX_TRAILER_LEN) {
    CHECK(srtp_init() == srtp_err_status_ok);
    srtp_policy_t policy{};
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, srtp_profile_aead_aes_128_gcm);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, srtp_profile_aead_aes_128_gcm);
    policy.ssrc.type = ssrc_any_outbound;
    policy.window_size = 1024;
    const transport::SrtpMasterKey key = Key();
    Bytes both(key.key.begin(), key.key.begin() + transport::SizesOf(kProfile).key);
    both.insert(both.end(), key.salt.begin(), key.salt.begin() + transport::SizesOf(kProfile).salt);
    policy.key = both.data();
    CHECK(srtp_create(&session_, &policy) == srtp_err_status_ok);
  }
  ~Libsrtp() { srtp_dealloc(session_); }
  Libsrtp(const Libsrtp&) = delete;
  Libsrtp& operator=(const Libsrtp&) = delete;

  // It only encrypts in place, so a shared payload has to be copied first.
  void Protect() {
    SetHeader(++sequence_, packet_.data());
    std::copy(payload_.begin(), payload_.end(), packet_.begin() + kHeaderBytes);
    int size = kHeaderBytes + kPayloadBytes;
    CHECK(srtp_protect(session_, packet_.data(), &size) == srtp_err_status_ok);
  }

 private:
  srtp_t session_ = nullptr;
  const Bytes payload_ = Bytes(kPayloadBytes, 7);
  Bytes packet_;
  uint16_t sequence_ = 0;
};

// Both directions: what a receiver costs can only be fed by a sender.
class Pair {
 public:
  explicit Pair(transport::SrtpBackend backend)
      : sender_(backend), engine_(backend), receiver_(engine_, Key()) {}
  void ProtectAndUnprotect() {
    sender_.Protect();
    CHECK(receiver_.UnprotectRtp(sender_.packet(), plain_).has_value());
  }

 private:
  Ours sender_;
  transport::SrtpEngine engine_;
  transport::SrtpReceiver receiver_;
  Bytes plain_ = Bytes(2000);
};

// A consent check, authenticated and answered.
class Checks {
 public:
  Checks() : agent_(Instant(), Duration::Seconds(30), kServer, kClient) {}
  void Answer() {
    wire::StunTransactionId transaction{};
    random_.Fill(transaction);
    const auto check = transport::IceMessage::CheckOf({.transaction = transaction,
                                                       .username = kUsername,
                                                       .password = kServer.password,
                                                       .tie_breaker = 1,
                                                       .priority = 1,
                                                       .use_candidate = true});
    CHECK(agent_.OnStun(Instant(), kPath, check.bytes(), out_));
    out_.Clear();
  }

 private:
  const transport::IceCredentials kServer{"serverfragment00", "server password of 32 characters"};
  const transport::IceCredentials kClient{"clientfragment00", "client password of 32 characters"};
  const std::string kUsername = kServer.ufrag + ":" + kClient.ufrag;
  const Path kPath{0, {IpAddress::V4(192, 0, 2, 1), 50000}};
  SeededRandom random_{3};
  transport::IceLite agent_;
  transport::Outbox out_;
};

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void Measure(std::vector<Case>& cases, int rounds) {
  for (int round = 0; round <= rounds; ++round) {
    for (Case& each : cases) {
      const int64_t before = ThreadCpuNs();
      for (int i = 0; i < kPacketsPerRound; ++i) each.packet();
      const auto ns = static_cast<double>(ThreadCpuNs() - before) / kPacketsPerRound;
      // The first round warms up.
      if (round > 0) each.ns.push_back(ns);
    }
  }
}

int Run(int rounds) {
  using transport::SrtpBackend;
  const bool have_ipsec_mb =
      transport::SrtpEngine(SrtpBackend::kFastest).backend() == SrtpBackend::kIpsecMb;
  const SrtpBackend fastest = have_ipsec_mb ? SrtpBackend::kIpsecMb : SrtpBackend::kOpenSsl;
  Ours ours(fastest);
  Ours openssl(SrtpBackend::kOpenSsl);
  Libsrtp libsrtp;
  Pair pair(fastest);
  Pair openssl_pair(SrtpBackend::kOpenSsl);
  Checks checks;
  std::vector<Case> cases = {
      {have_ipsec_mb ? "protect, ipsec-mb" : "protect, fastest", [&] { ours.Protect(); }, {}},
      {"protect, OpenSSL", [&] { openssl.Protect(); }, {}},
      {"protect, libsrtp2", [&] { libsrtp.Protect(); }, {}},
      {have_ipsec_mb ? "both ways, ipsec-mb" : "both ways, fastest",
       [&] { pair.ProtectAndUnprotect(); },
       {}},
      {"both ways, OpenSSL", [&] { openssl_pair.ProtectAndUnprotect(); }, {}},
      {"STUN check made and answered", [&] { checks.Answer(); }, {}}};
  Measure(cases, rounds);
  for (const Case& each : cases)
    std::printf("%-30s %7.0f ns\n", each.name.c_str(), Median(each.ns));
  const auto ratio = [&](size_t slow, size_t fast) {
    return Median(cases[slow].ns) / Median(cases[fast].ns);
  };
  std::printf(
      "transport: protect_ns=%.0f openssl_ratio=%.2f libsrtp2_ratio=%.2f both_ways_ns=%.0f "
      "both_ways_openssl_ratio=%.2f stun_ns=%.0f\n",
      Median(cases[0].ns), ratio(1, 0), ratio(2, 0), Median(cases[3].ns), ratio(4, 3),
      Median(cases[5].ns));
  return 0;
}

}  // namespace
}  // namespace conclave::bench

int main(int argc, char** argv) {
  return conclave::bench::Run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 31);
}
