#include "transport/peer_transport.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "transport/test_network.h"
#include "wire/demux.h"

namespace conclave::transport {
namespace {

using Bytes = std::vector<uint8_t>;

const IceCredentials kServerIce{"serverfragment00", "server password of 32 characters"};
const IceCredentials kClientIce{"clientfragment00", "client password of 32 characters"};
const SocketAddress kServerAddress{IpAddress::V4(203, 0, 113, 5), 10000};
const SocketAddress kClientAddress{IpAddress::V4(192, 0, 2, 1), 50000};

// One server and one client whose datagrams pass a bad network and, for the client, a NAT that may
// give its sockets other addresses at any time.
class World {
 public:
  struct Options {
    TestImpairment impairment;
    bool right_fingerprints = true;
    SrtpBackend backend = SrtpBackend::kFastest;
    Duration consent_timeout = Duration::Seconds(30);
  };

  World(uint64_t seed, const Options& options)
      : server_random_(seed),
        client_random_(seed + 1),
        server_context_(ServerCertificate(), server_random_, options.backend),
        client_context_(ClientCertificate(), client_random_, options.backend),
        network_(seed + 2, options.impairment) {
    PeerTransportConfig config;
    config.local = kServerIce;
    config.remote = kClientIce;
    config.remote_fingerprint = ClientCertificate().fingerprint();
    config.consent_timeout = options.consent_timeout;
    if (!options.right_fingerprints) config.remote_fingerprint[5] ^= 1;
    server.emplace(now, server_context_, config);
    PeerTransportConfig client_config;
    client_config.ice_role = IceRole::kControlling;
    client_config.dtls_role = DtlsRole::kClient;
    client_config.local = kClientIce;
    client_config.remote = kServerIce;
    client_config.remote_fingerprint = ServerCertificate().fingerprint();
    client_config.consent_timeout = options.consent_timeout;
    client_config.remote_candidates = {Path{0, kServerAddress}};
    client.emplace(now, client_context_, client_config);
  }

  void Run(Duration time) {
    const Instant end = now + time;
    while (true) {
      const Instant next =
          std::min({network_.NextDelivery(), server->NextDeadline(), client->NextDeadline()});
      if (next > end) break;
      now = std::max(now, next);
      if (const auto delivery = network_.Pop(now)) {
        Deliver(*delivery);
        continue;
      }
      if (server->NextDeadline() <= now) server->OnDeadline(now, out_);
      Flush(TestEnd::kServer);
      if (client->NextDeadline() <= now) client->OnDeadline(now, out_);
      Flush(TestEnd::kClient);
    }
    now = end;
  }

  // An RTP packet from one end to the other; its payload tells its number.
  void SendRtp(TestEnd from, uint16_t sequence) {
    const Bytes header = {0x80,
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
                          1};
    const Bytes payload(800, static_cast<uint8_t>(sequence));
    Bytes packet(header.size() + payload.size() + PeerTransport::kMaxRtpOverhead);
    PeerTransport& end = End(from);
    packet.resize(end.ProtectRtp(header, payload, packet).value());
    Transmit(from, *end.selected_path(), packet);
  }
  void SendRtcp(TestEnd from, uint32_t ssrc = 1) {
    const Bytes report = {
        0x80, 201, 0, 1, 0, 0, static_cast<uint8_t>(ssrc >> 8), static_cast<uint8_t>(ssrc)};
    Bytes packet(report.size() + PeerTransport::kMaxRtcpOverhead);
    PeerTransport& end = End(from);
    packet.resize(end.ProtectRtcp(report, packet).value());
    Transmit(from, *end.selected_path(), packet);
  }
  // As an attacker would: straight to the server, from an address of its own.
  void Inject(const SocketAddress& source, const Bytes& datagram) {
    Deliver({now, 0, TestEnd::kServer, Path{0, source}, datagram});
  }

  static const Certificate& ServerCertificate() {
    static const Certificate certificate = Certificate::Generate().value();
    return certificate;
  }
  static const Certificate& ClientCertificate() {
    static const Certificate certificate = Certificate::Generate().value();
    return certificate;
  }
  PeerTransport& End(TestEnd end) { return end == TestEnd::kServer ? *server : *client; }
  bool BothConnected() const { return server->connected() && client->connected(); }
  uint64_t sent() const { return network_.sent(); }
  void Flush(TestEnd from) {
    for (size_t i = 0; i < out_.size(); ++i) Transmit(from, out_[i].path, out_[i].bytes);
    out_.Clear();
  }
  Outbox& out() { return out_; }

  Instant now = Instant::FromMicros(1'000'000);
  std::optional<PeerTransport> server;
  std::optional<PeerTransport> client;
  // How the NAT shows each of the client's sockets to the server.
  std::vector<SocketAddress> client_mapping = {kClientAddress,
                                               {IpAddress::V4(198, 51, 100, 9), 40000}};
  std::vector<Bytes> server_received;
  std::vector<Bytes> client_received;
  std::vector<Bytes> server_wire;

 private:
  void Transmit(TestEnd from, const Path& path, std::span<const uint8_t> bytes) {
    if (from == TestEnd::kClient) {
      network_.Send(now, from, Path{0, client_mapping.at(path.socket)}, bytes);
      return;
    }
    // To an address that the NAT has forgotten, nothing arrives.
    const auto socket = std::ranges::find(client_mapping, path.remote);
    if (socket == client_mapping.end()) return;
    const auto index = static_cast<SocketIndex>(socket - client_mapping.begin());
    network_.Send(now, from, Path{index, kServerAddress}, bytes);
  }

  void Deliver(const TestNetwork::Delivery& delivery) {
    PeerTransport& end = End(delivery.to);
    const bool to_server = delivery.to == TestEnd::kServer;
    if (to_server) server_wire.push_back(delivery.bytes);
    std::vector<Bytes>& received = to_server ? server_received : client_received;
    Bytes plain(delivery.bytes.size());
    switch (wire::ClassifyDatagram(delivery.bytes)) {
      case wire::DatagramKind::kStun:
        end.OnStun(now, delivery.path, delivery.bytes, out_);
        break;
      case wire::DatagramKind::kDtls:
        end.OnDtls(now, delivery.path, delivery.bytes, out_);
        break;
      case wire::DatagramKind::kRtp:
        Keep(end.UnprotectRtp(delivery.path, delivery.bytes, plain), plain, received);
        break;
      case wire::DatagramKind::kRtcp:
        Keep(end.UnprotectRtcp(delivery.path, delivery.bytes, plain), plain, received);
        break;
      case wire::DatagramKind::kUnknown:
        break;
    }
    Flush(delivery.to);
  }
  static void Keep(std::optional<size_t> size, Bytes& plain, std::vector<Bytes>& received) {
    if (!size) return;
    plain.resize(*size);
    received.push_back(plain);
  }

  SeededRandom server_random_;
  SeededRandom client_random_;
  TransportContext server_context_;
  TransportContext client_context_;
  TestNetwork network_;
  Outbox out_;
};

using Events = std::vector<TransportEvent>;

TEST(PeerTransport, ConnectsInThreeRoundTrips) {
  World world(1, {.impairment = {.delay = Duration::Millis(20)}});
  world.Run(Duration::Millis(121));
  ASSERT_TRUE(world.BothConnected());
  EXPECT_EQ(world.server->TakeEvents(),
            (Events{TransportEvent::kPathSelected, TransportEvent::kConnected}));
  EXPECT_EQ(world.server->srtp_profile(), SrtpProfile::kAeadAes128Gcm);
  EXPECT_EQ(world.server->selected_path(), (Path{0, kClientAddress}));
  EXPECT_FALSE(world.server->has_events());
}

TEST(PeerTransport, ConnectsAndCarriesMediaUnderLossAndReordering) {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed, {.impairment = {.loss_percent = static_cast<uint32_t>(seed % 31),
                                      .duplicate_percent = static_cast<uint32_t>(seed % 5 * 5),
                                      .delay = Duration::Millis(20),
                                      .jitter = Duration::Millis(static_cast<int64_t>(seed % 50))},
                       .backend = seed % 2 == 0 ? SrtpBackend::kOpenSsl : SrtpBackend::kFastest});
    world.Run(Duration::Seconds(28));
    ASSERT_TRUE(world.BothConnected());
    for (uint16_t i = 0; i < 500; ++i) {
      world.SendRtp(TestEnd::kServer, static_cast<uint16_t>(65300 + i));
      world.SendRtp(TestEnd::kClient, i);
      world.Run(Duration::Millis(5));
    }
    world.Run(Duration::Seconds(1));
    const size_t least = 500 * (100 - seed % 31 - 8) / 100;
    EXPECT_GE(world.client_received.size(), least);
    EXPECT_GE(world.server_received.size(), least);
    EXPECT_LE(world.client_received.size(), 500u) << "duplicates are dropped";
    EXPECT_LE(world.server_received.size(), 500u);
    EXPECT_EQ(world.server->stats().dropped_authentication, 0u);
    EXPECT_EQ(world.client->stats().dropped_authentication, 0u);
  }
}

TEST(PeerTransport, RtcpPassesBothWays) {
  World world(1, {});
  world.Run(Duration::Seconds(1));
  world.SendRtcp(TestEnd::kServer);
  world.SendRtcp(TestEnd::kClient);
  world.Run(Duration::Seconds(1));
  const Bytes report = {0x80, 201, 0, 1, 0, 0, 0, 1};
  EXPECT_EQ(world.server_received, std::vector<Bytes>{report});
  EXPECT_EQ(world.client_received, std::vector<Bytes>{report});
}

TEST(PeerTransport, WrongFingerprintNeverCarriesMedia) {
  World world(1, {.right_fingerprints = false});
  world.Run(Duration::Seconds(5));
  EXPECT_FALSE(world.server->connected());
  EXPECT_FALSE(world.client->connected());
  EXPECT_TRUE(world.server->closed());
  EXPECT_EQ(world.server->TakeEvents(),
            (Events{TransportEvent::kPathSelected, TransportEvent::kFingerprintMismatch}));
  Bytes dst(200);
  EXPECT_FALSE(world.server->ProtectRtp(Bytes{0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}, {}, dst));
}

TEST(PeerTransport, NothingBehindIceIsReachedFromAnUnvalidatedPath) {
  World world(1, {});
  world.Run(Duration::Seconds(1));
  ASSERT_TRUE(world.BothConnected());
  world.SendRtp(TestEnd::kClient, 1);
  world.Run(Duration::Seconds(1));
  const SocketAddress attacker{IpAddress::V4(198, 51, 100, 66), 6666};
  const uint64_t sent = world.sent();
  const auto captured = world.server_wire;
  for (const Bytes& datagram : captured) world.Inject(attacker, datagram);
  EXPECT_EQ(world.sent(), sent) << "not a byte for the attacker";
  EXPECT_EQ(world.server_received.size(), 1u);
  EXPECT_EQ(world.server->selected_path(), (Path{0, kClientAddress}));
  EXPECT_TRUE(world.server->connected());
  EXPECT_GT(world.server->stats().dropped_unvalidated, 0u);
}

TEST(PeerTransport, GarbageChangesNothing) {
  World world(1, {});
  world.Run(Duration::Seconds(1));
  world.server->TakeEvents();
  SeededRandom random(9);
  const uint64_t sent = world.sent();
  for (int i = 0; i < 10000; ++i) {
    Bytes garbage(random.Next32() % 300);
    random.Fill(garbage);
    // Half of it from the client's own address, as somebody who forges that would.
    const SocketAddress other{IpAddress::V4(198, 51, 100, 66), 6666};
    world.Inject(i % 2 == 0 ? kClientAddress : other, garbage);
  }
  EXPECT_EQ(world.sent(), sent);
  EXPECT_TRUE(world.server->connected());
  EXPECT_FALSE(world.server->has_events());
  world.SendRtp(TestEnd::kClient, 1);
  world.Run(Duration::Seconds(1));
  EXPECT_EQ(world.server_received.size(), 1u);
}

TEST(PeerTransport, MediaFollowsANatRebinding) {
  World world(1, {});
  world.Run(Duration::Seconds(10));
  world.server->TakeEvents();
  world.client_mapping[0].port = 50001;
  // The next consent check comes from the new port and nominates.
  world.Run(Duration::Seconds(3));
  EXPECT_EQ(world.server->selected_path()->remote.port, 50001);
  EXPECT_EQ(world.server->TakeEvents(), Events{TransportEvent::kPathSelected});
  world.SendRtp(TestEnd::kServer, 1);
  world.SendRtp(TestEnd::kClient, 1);
  world.Run(Duration::Seconds(1));
  EXPECT_EQ(world.server_received.size(), 1u);
  EXPECT_EQ(world.client_received.size(), 1u);
}

TEST(PeerTransport, MediaFollowsTheClientToAnotherNetwork) {
  World world(1, {});
  world.Run(Duration::Seconds(10));
  world.client->AddRemoteCandidate(world.now, Path{1, kServerAddress});
  world.Run(Duration::Millis(200));
  EXPECT_EQ(world.server->selected_path(), (Path{0, world.client_mapping[1]}));
  world.SendRtp(TestEnd::kServer, 1);
  world.Run(Duration::Seconds(1));
  EXPECT_EQ(world.client_received.size(), 1u);
}

TEST(PeerTransport, IceRestartKeepsTheMedia) {
  World world(1, {});
  world.Run(Duration::Seconds(1));
  world.server->TakeEvents();
  const IceCredentials server{"serverfragment11", "another password of the server.."};
  const IceCredentials client{"clientfragment11", "another password of the client.."};
  world.server->RestartIce(world.now, server, client);
  world.SendRtp(TestEnd::kServer, 1);
  world.Run(Duration::Seconds(1));
  world.client->RestartIce(world.now, client, server);
  world.SendRtp(TestEnd::kServer, 2);
  world.Run(Duration::Seconds(60));
  // From the same address: what a relay hides may have changed.
  EXPECT_EQ(world.server->TakeEvents(), Events{TransportEvent::kPathSelected});
  world.SendRtp(TestEnd::kServer, 3);
  world.Run(Duration::Seconds(1));
  EXPECT_EQ(world.client_received.size(), 3u);
  EXPECT_TRUE(world.BothConnected());
}

TEST(PeerTransport, MoreStreamsThanKeysMayHaveEndTheTransport) {
  World world(15, {});
  world.Run(Duration::Seconds(1));
  world.server->TakeEvents();
  for (uint32_t ssrc = 1; ssrc <= 1024; ++ssrc) world.SendRtcp(TestEnd::kClient, ssrc);
  world.Run(Duration::Seconds(1));
  EXPECT_EQ(world.server_received.size(), 1024u);
  EXPECT_TRUE(world.server->TakeEvents().empty());
  world.SendRtcp(TestEnd::kClient, 1025);
  world.SendRtcp(TestEnd::kClient, 1);
  world.Run(Duration::Seconds(1));
  EXPECT_EQ(world.server->TakeEvents(), Events{TransportEvent::kKeysUsedUp});
  EXPECT_TRUE(world.server->closed());
  EXPECT_FALSE(world.server->connected());
  EXPECT_EQ(world.server->NextDeadline(), Instant::Never());
  EXPECT_EQ(world.server_received.size(), 1024u) << "nothing passes afterwards";
}

TEST(PeerTransport, SilenceEndsTheTransport) {
  World world(1, {.consent_timeout = Duration::Seconds(15)});
  world.Run(Duration::Seconds(1));
  world.server->TakeEvents();
  const Instant last = world.server->last_check();
  world.client->Close(world.out());
  world.out().Clear();
  world.Run(Duration::Seconds(20));
  EXPECT_EQ(world.server->TakeEvents(), Events{TransportEvent::kConsentLost});
  EXPECT_EQ(world.server->last_check(), last);
  EXPECT_TRUE(world.server->closed());
  EXPECT_FALSE(world.server->connected());
  EXPECT_EQ(world.server->NextDeadline(), Instant::Never());
}

TEST(PeerTransport, CloseTellsThePeer) {
  World world(1, {});
  world.Run(Duration::Seconds(1));
  world.server->TakeEvents();
  world.client->Close(world.out());
  world.Flush(TestEnd::kClient);
  world.Run(Duration::Seconds(1));
  EXPECT_EQ(world.server->TakeEvents(), Events{TransportEvent::kDtlsClosed});
}

TEST(PeerTransport, CloseTellsThePeerAfterMediaHasSettledBoth) {
  for (const TestEnd closing : {TestEnd::kServer, TestEnd::kClient}) {
    World world(1, {});
    world.Run(Duration::Seconds(1));
    world.SendRtp(TestEnd::kClient, 1);
    world.SendRtcp(TestEnd::kServer);
    // A check later.
    world.Run(Duration::Seconds(10));
    ASSERT_TRUE(world.BothConnected());
    world.server->TakeEvents();
    world.client->TakeEvents();
    world.End(closing).Close(world.out());
    world.Flush(closing);
    world.Run(Duration::Seconds(1));
    PeerTransport& other = closing == TestEnd::kServer ? *world.client : *world.server;
    EXPECT_EQ(other.TakeEvents(), Events{TransportEvent::kDtlsClosed});
  }
}

}  // namespace
}  // namespace conclave::transport
