#include "transport/dtls.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <vector>

#include "transport/test_network.h"

namespace conclave::transport {
namespace {

// The tests enter DTLS without ICE.
class TestAgent : public IceAgent {
 public:
  using IceAgent::MakeValidated;
};

const Certificate& ServerCertificate() {
  static const Certificate certificate = Certificate::Generate().value();
  return certificate;
}
const Certificate& ClientCertificate() {
  static const Certificate certificate = Certificate::Generate().value();
  return certificate;
}
const DtlsContext& ServerContext() {
  static const DtlsContext context(ServerCertificate());
  return context;
}
const DtlsContext& ClientContext() {
  static const DtlsContext context(ClientCertificate());
  return context;
}

const Path kPath{0, {IpAddress::V4(192, 0, 2, 1), 4000}};

class Pair {
 public:
  Pair(uint64_t seed, const TestImpairment& impairment,
       const Fingerprint& client_expects = ServerCertificate().fingerprint(),
       const Fingerprint& server_expects = ClientCertificate().fingerprint())
      : server(ServerContext(), DtlsRole::kServer, server_expects, Duration::Seconds(30)),
        client(ClientContext(), DtlsRole::kClient, client_expects, Duration::Seconds(30)),
        network_(seed, impairment) {}

  void Start() {
    server.Start(now, path_, out_);
    client.Start(now, path_, out_);
    network_.Send(now, TestEnd::kClient, out_);
  }

  // One event of the virtual world. False when nothing will ever happen again.
  bool Step() {
    const Instant next =
        std::min({network_.NextDelivery(), server.NextDeadline(), client.NextDeadline()});
    if (next == Instant::Never()) return false;
    now = std::max(now, next);
    if (const auto delivery = network_.Pop(now)) {
      Deliver(delivery->to, delivery->bytes);
      return true;
    }
    Deadline(TestEnd::kServer);
    Deadline(TestEnd::kClient);
    return true;
  }
  void Deliver(TestEnd to, std::span<const uint8_t> bytes) {
    End(to).OnDatagram(now, path_, bytes, out_);
    network_.Send(now, to, out_);
  }
  void Deadline(TestEnd end) {
    if (End(end).NextDeadline() > now) return;
    End(end).OnDeadline(now, path_, out_);
    network_.Send(now, end, out_);
  }
  void Run() {
    while (Step()) {
    }
  }
  void Settle(TestEnd end) { End(end).Settle(); }
  void Close(TestEnd end) {
    End(end).Close(path_, out_);
    network_.Send(now, end, out_);
  }
  Dtls& End(TestEnd end) { return end == TestEnd::kServer ? server : client; }
  bool BothConnected() const {
    return server.state() == DtlsState::kConnected && client.state() == DtlsState::kConnected;
  }
  TestNetwork& network() { return network_; }

  Dtls server;
  Dtls client;
  Instant now = Instant::FromMicros(1'000'000);

 private:
  TestNetwork network_;
  Outbox out_;
  ValidatedPath path_ = TestAgent::MakeValidated(kPath);
};

void ExpectSameKey(const SrtpMasterKey& a, const SrtpMasterKey& b) {
  EXPECT_EQ(a.profile, b.profile);
  EXPECT_EQ(a.key, b.key);
  EXPECT_EQ(a.salt, b.salt);
}

void ExpectKeysAgree(const Pair& pair) {
  ASSERT_TRUE(pair.server.keys() && pair.client.keys());
  ExpectSameKey(pair.server.keys()->local, pair.client.keys()->remote);
  ExpectSameKey(pair.server.keys()->remote, pair.client.keys()->local);
  EXPECT_NE(pair.server.keys()->local.key, pair.server.keys()->remote.key);
}

TEST(Dtls, TwoRoundTripsOnAGoodNetwork) {
  Pair pair(1, {.delay = Duration::Millis(20)});
  const Instant begin = pair.now;
  pair.Start();
  pair.Run();
  ASSERT_TRUE(pair.BothConnected());
  ExpectKeysAgree(pair);
  EXPECT_EQ(pair.server.keys()->local.profile, SrtpProfile::kAeadAes128Gcm);
  EXPECT_EQ(pair.now - begin, Duration::Millis(80));
  EXPECT_LE(pair.network().sent(), 8u) << "nothing was retransmitted";
}

TEST(Dtls, CompletesUnderLossDuplicationAndReordering) {
  for (uint64_t seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    Pair pair(seed, {.loss_percent = static_cast<uint32_t>(seed % 31),
                     .duplicate_percent = static_cast<uint32_t>(seed % 7 * 5),
                     .delay = Duration::Millis(static_cast<int64_t>(5 + seed % 60)),
                     .jitter = Duration::Millis(static_cast<int64_t>(seed % 40))});
    pair.Start();
    pair.Run();
    ASSERT_TRUE(pair.BothConnected());
    ExpectKeysAgree(pair);
    EXPECT_LT(pair.network().sent(), 250u);
  }
}

TEST(Dtls, SilentPeerIsGivenUpAndAskedEverMoreRarely) {
  Pair pair(1, {.loss_percent = 100});
  const Instant begin = pair.now;
  pair.Start();
  pair.Run();
  EXPECT_EQ(pair.client.state(), DtlsState::kFailed);
  EXPECT_EQ(pair.server.state(), DtlsState::kFailed);
  EXPECT_LE(pair.now - begin, Duration::Seconds(30));
  EXPECT_GE(pair.now - begin, Duration::Seconds(10));
  EXPECT_LE(pair.network().sent(), 13u);
}

TEST(Dtls, WrongServerFingerprintGivesTheClientNoKeys) {
  Fingerprint wrong = ServerCertificate().fingerprint();
  wrong[31] ^= 1;
  Pair pair(1, {}, wrong);
  pair.Start();
  pair.Run();
  EXPECT_EQ(pair.client.state(), DtlsState::kFingerprintMismatch);
  EXPECT_NE(pair.server.state(), DtlsState::kConnected);
  EXPECT_FALSE(pair.client.keys());
  EXPECT_FALSE(pair.server.keys());
}

TEST(Dtls, WrongClientFingerprintGivesTheServerNoKeys) {
  Fingerprint wrong = ClientCertificate().fingerprint();
  wrong[0] ^= 0x80;
  Pair pair(1, {}, ServerCertificate().fingerprint(), wrong);
  pair.Start();
  pair.Run();
  EXPECT_EQ(pair.server.state(), DtlsState::kFingerprintMismatch);
  EXPECT_NE(pair.client.state(), DtlsState::kConnected);
  EXPECT_FALSE(pair.client.keys());
  EXPECT_FALSE(pair.server.keys());
}

std::vector<uint8_t> Alert(uint16_t epoch, uint8_t level, uint8_t description) {
  return {21, 0xfe, 0xfd,  0,          static_cast<uint8_t>(epoch), 0, 0, 0, 0, 0, 99,
          0,  2,    level, description};
}

TEST(Dtls, ForgedAlertsAreIgnoredAtEveryStep) {
  constexpr uint8_t kFatal = 2;
  constexpr uint8_t kHandshakeFailure = 40;
  constexpr uint8_t kWarning = 1;
  constexpr uint8_t kCloseNotify = 0;
  Pair pair(1, {});
  pair.Start();
  do {
    for (const TestEnd end : {TestEnd::kServer, TestEnd::kClient}) {
      pair.Deliver(end, Alert(0, kFatal, kHandshakeFailure));
      pair.Deliver(end, Alert(0, kWarning, kCloseNotify));
      // Claims to be encrypted, but is not.
      pair.Deliver(end, Alert(1, kFatal, kHandshakeFailure));
    }
  } while (pair.Step());
  EXPECT_TRUE(pair.BothConnected());
  ExpectKeysAgree(pair);
}

TEST(Dtls, GarbageAfterTheHandshakeChangesNothing) {
  Pair pair(1, {});
  pair.Start();
  pair.Run();
  ASSERT_TRUE(pair.BothConnected());
  SeededRandom random(5);
  const uint64_t sent = pair.network().sent();
  for (int i = 0; i < 3000; ++i) {
    std::vector<uint8_t> bytes(random.Next32() % 300 + 15);
    random.Fill(bytes);
    bytes[0] = static_cast<uint8_t>(20 + random.Next32() % 4);
    bytes[1] = 0xfe;
    bytes[2] = 0xfd;
    bytes[3] = 0;
    bytes[4] = static_cast<uint8_t>(random.Next32() % 2);
    bytes[11] = 0;
    bytes[12] = static_cast<uint8_t>(bytes.size() - 13);
    bytes.resize(13 + bytes[12]);
    pair.Deliver(TestEnd::kServer, bytes);
    pair.Deliver(TestEnd::kClient, bytes);
  }
  EXPECT_TRUE(pair.BothConnected());
  EXPECT_EQ(pair.network().sent(), sent);
}

TEST(Dtls, CloseNotifyReachesThePeer) {
  Pair pair(1, {});
  pair.Start();
  pair.Run();
  ASSERT_TRUE(pair.BothConnected());
  pair.Close(TestEnd::kClient);
  pair.Run();
  EXPECT_EQ(pair.client.state(), DtlsState::kClosed);
  EXPECT_EQ(pair.server.state(), DtlsState::kClosed);
  EXPECT_FALSE(pair.server.keys());
}

// Either end may have let go of OpenSSL before the other.
constexpr std::array<std::array<bool, 2>, 4> kSettled = {
    {{false, false}, {true, false}, {false, true}, {true, true}}};

TEST(Dtls, CloseNotifyReachesThePeerWhicheverHasSettled) {
  for (const auto& [server, client] : kSettled) {
    for (const TestEnd closing : {TestEnd::kServer, TestEnd::kClient}) {
      SCOPED_TRACE(testing::Message() << server << client << static_cast<int>(closing));
      Pair pair(1, {});
      pair.Start();
      pair.Run();
      if (server) pair.Settle(TestEnd::kServer);
      if (client) pair.Settle(TestEnd::kClient);
      ASSERT_TRUE(pair.BothConnected());
      ExpectKeysAgree(pair);
      pair.Close(closing);
      pair.Run();
      EXPECT_EQ(pair.client.state(), DtlsState::kClosed);
      EXPECT_EQ(pair.server.state(), DtlsState::kClosed);
    }
  }
}

TEST(Dtls, SettlingBeforeTheHandshakeIsOverDoesNothing) {
  Pair pair(1, {});
  pair.Start();
  do {
    pair.Settle(TestEnd::kServer);
    pair.Settle(TestEnd::kClient);
  } while (!pair.BothConnected() && pair.Step());
  EXPECT_TRUE(pair.BothConnected());
}

TEST(Dtls, WhatIsForgedOrLateDoesNotReachASettledEnd) {
  Pair pair(1, {});
  std::vector<std::vector<uint8_t>> handshake;
  pair.Start();
  while (const auto delivery = pair.network().Pop(Instant::Never())) {
    handshake.push_back(delivery->bytes);
    pair.Deliver(delivery->to, delivery->bytes);
  }
  pair.Settle(TestEnd::kServer);
  pair.Settle(TestEnd::kClient);
  for (const TestEnd end : {TestEnd::kServer, TestEnd::kClient}) {
    for (const auto& datagram : handshake) pair.Deliver(end, datagram);
    pair.Deliver(end, Alert(0, 2, 40));
    pair.Deliver(end, Alert(1, 2, 40));
  }
  EXPECT_TRUE(pair.BothConnected());
  pair.Close(TestEnd::kClient);
  const auto notify = pair.network().Pop(Instant::Never())->bytes;
  for (size_t i = 0; i < notify.size(); ++i) {
    auto changed = notify;
    changed[i] ^= 1;
    pair.Deliver(TestEnd::kServer, changed);
    pair.Deliver(TestEnd::kServer, {notify.begin(), notify.begin() + static_cast<ptrdiff_t>(i)});
  }
  EXPECT_EQ(pair.server.state(), DtlsState::kConnected);
  // Behind other records, as a peer may send it.
  auto several = handshake.back();
  several.insert(several.end(), notify.begin(), notify.end());
  pair.Deliver(TestEnd::kServer, several);
  EXPECT_EQ(pair.server.state(), DtlsState::kClosed);
}

void Put(std::vector<uint8_t>& bytes, size_t at, size_t count, size_t value) {
  for (size_t i = 0; i < count; ++i) {
    bytes[at + count - 1 - i] = static_cast<uint8_t>(value >> (8 * i));
  }
}

// Cuts every unencrypted handshake message into records of at most `size` bytes each (RFC 6347
// section 4.2.3), one per datagram, as Chromium's post-quantum ClientHello arrives. Records are
// renumbered so that there is room for the new ones.
std::vector<std::vector<uint8_t>> Fragment(std::span<const uint8_t> datagram, size_t size) {
  constexpr size_t kRecord = 13;
  constexpr size_t kHandshake = 12;
  constexpr size_t kRoom = 1000;
  std::vector<std::vector<uint8_t>> fragments;
  while (datagram.size() > kRecord) {
    const size_t record_size = kRecord + (size_t{datagram[11]} << 8 | datagram[12]);
    const auto record = datagram.first(record_size);
    datagram = datagram.subspan(record_size);
    const bool encrypted = record[4] != 0;
    const size_t number = (size_t{record[9]} << 8 | record[10]) * kRoom;
    fragments.emplace_back(record.begin(), record.end());
    if (!encrypted) Put(fragments.back(), 5, 6, number);
    if (encrypted || record[0] != 22) continue;
    fragments.pop_back();
    const auto body = record.subspan(kRecord + kHandshake);
    for (size_t offset = 0; offset < std::max<size_t>(body.size(), 1); offset += size) {
      const auto part = body.subspan(offset, std::min(size, body.size() - offset));
      std::vector<uint8_t> bytes(record.begin(), record.begin() + kRecord + kHandshake);
      bytes.insert(bytes.end(), part.begin(), part.end());
      Put(bytes, 5, 6, number + offset / size);
      Put(bytes, 11, 2, kHandshake + part.size());
      Put(bytes, kRecord + 6, 3, record[kRecord + 6] * 65536u + offset);
      Put(bytes, kRecord + 9, 3, part.size());
      fragments.push_back(bytes);
    }
  }
  return fragments;
}

void RunFragmented(Pair& pair, size_t size, bool hello_reversed) {
  pair.Start();
  while (const auto next = pair.network().Pop(Instant::Never())) {
    auto fragments = next->to == TestEnd::kServer ? Fragment(next->bytes, size)
                                                  : std::vector<std::vector<uint8_t>>{next->bytes};
    const bool client_hello = next->bytes[13] == 1;
    if (hello_reversed && client_hello) std::ranges::reverse(fragments);
    for (const auto& fragment : fragments) pair.Deliver(next->to, fragment);
  }
}

TEST(Dtls, FragmentedClientFlights) {
  for (const size_t size : {1u, 7u, 50u, 100u}) {
    SCOPED_TRACE(size);
    Pair pair(1, {});
    RunFragmented(pair, size, false);
    EXPECT_TRUE(pair.BothConnected());
    ExpectKeysAgree(pair);
  }
}

TEST(Dtls, FragmentedClientHelloBackwards) {
  for (const size_t size : {20u, 50u, 100u}) {
    SCOPED_TRACE(size);
    Pair pair(1, {});
    RunFragmented(pair, size, true);
    EXPECT_TRUE(pair.BothConnected());
    ExpectKeysAgree(pair);
  }
}

TEST(Dtls, NoDatagramExceedsTheMtu) {
  Pair pair(1, {});
  pair.Start();
  size_t largest = 0;
  for (auto next = pair.network().Pop(Instant::Never()); next;
       next = pair.network().Pop(Instant::Never())) {
    largest = std::max(largest, next->bytes.size());
    pair.Deliver(next->to, next->bytes);
  }
  EXPECT_TRUE(pair.BothConnected());
  EXPECT_LE(largest, 1200u - 28u);
  EXPECT_GT(largest, 500u) << "the server's flight goes in few datagrams";
}

}  // namespace
}  // namespace conclave::transport
