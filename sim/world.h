// A shard, its clients' media and the network between them, on a virtual clock. What goes over
// signaling is the business of whoever owns the world.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/datagram.h"
#include "base/random.h"
#include "base/socket_address.h"
#include "base/time.h"
#include "router/deadline_queue.h"
#include "router/shard.h"
#include "sim/hash.h"
#include "sim/media_client.h"
#include "sim/virtual_network.h"
#include "transport/certificate.h"
#include "transport/transport_context.h"

namespace conclave::sim {

struct WorldConfig {
  uint64_t seed = 1;
  router::ShardConfig shard;
  // What happens within one step happens at its end.
  Duration step = Duration::Millis(1);
  // The shard takes in what came between two batches that it sends, as one that is busy does.
  bool one_batch_at_a_time = false;
};

// One address, one client.
using ClientIndex = uint32_t;

class World {
 public:
  explicit World(const WorldConfig& config);

  static SocketAddress ServerAddress() { return {IpAddress::V4(192, 0, 2, 1), 3478}; }
  const router::Fingerprint& server_fingerprint() const {
    return server_certificate_.fingerprint();
  }
  const router::Fingerprint& client_fingerprint() const {
    return client_certificate_.fingerprint();
  }

  Instant now() const { return now_; }
  router::Shard& shard() { return *shard_; }
  VirtualNetwork& network() { return network_; }
  // Of every byte that server and clients have sent, in order: equal for equal runs.
  uint64_t sent_hash() const { return sent_.value(); }
  void Command(const router::Command& command);
  // Another shard says this.
  void Relay(ShardId from, router::RelayMessage message);

  ClientIndex AddClient(MediaClientConfig config, const LinkQuality& uplink,
                        const LinkQuality& downlink);
  void SetDownlink(ClientIndex index, const LinkQuality& link) {
    clients_.at(index)->downlink = link;
  }
  // The client vanishes; what it closes with is still sent.
  void RemoveClient(ClientIndex index);
  bool has_client(ClientIndex index) const { return clients_.at(index) != nullptr; }
  MediaClient& client(ClientIndex index) { return *clients_.at(index)->media; }
  // The client's packets come from another port from now on.
  void MoveClient(ClientIndex index);
  // A datagram from an address of which the server knows nothing, or from a client's.
  void Inject(const SocketAddress& from, std::span<const uint8_t> bytes);
  SocketAddress AddressOf(ClientIndex index) const { return clients_.at(index)->address; }
  // A client was told to do something: look at its deadlines and datagrams.
  void Touch(ClientIndex index);

  // One step. Returns the time it ended at.
  Instant Step();
  void RunUntil(Instant until);
  void RunFor(Duration duration) { RunUntil(now_ + duration); }

  // Called when everything that one call of the shard caused has been sent and told.
  std::function<void()> on_flushed;
  // Called for each command that the shard is about to get.
  std::function<void(const router::Command&)> on_command;
  // Called for each event of the shard.
  std::function<void(const router::Event&)> on_event;
  // Called for what the shard has to say to another.
  std::function<void(router::RelayOut)> on_relay;
  // Called around each call of the shard's packet path: OnDatagrams and PollSend.
  std::function<void(bool begins)> on_shard_call;
  // Called for each datagram that the server sends.
  std::function<void(const SocketAddress& to, std::span<const uint8_t>)> on_server_datagram;

 private:
  struct Client {
    SocketAddress address;
    LinkQuality uplink;
    LinkQuality downlink;
    std::unique_ptr<MediaClient> media;
  };

  void Deliver();
  void RunClients();
  void FlushClient(ClientIndex index);
  void FlushShard();

  SeededRandom random_;
  transport::Certificate server_certificate_;
  transport::Certificate client_certificate_;
  std::unique_ptr<transport::TransportContext> client_context_;
  VirtualNetwork network_;
  Duration step_;
  bool one_batch_at_a_time_;
  Instant now_ = Instant::FromMicros(1'000'000);
  // Before the shard, which holds on to what it shares with nobody.
  std::unique_ptr<router::Shard> shard_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::unordered_map<SocketAddress, ClientIndex, SocketAddressHash> by_address_;
  router::DeadlineQueue client_deadlines_;
  SendBatch batch_;
  std::vector<router::RelayOut> relays_;
  Hash sent_;
  uint32_t addresses_ = 0;
};

}  // namespace conclave::sim
