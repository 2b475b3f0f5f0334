#include "sim/world.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "sim/seeded_openssl.h"

namespace conclave::sim {
namespace {

transport::Certificate MakeCertificate() {
  auto certificate = transport::Certificate::Generate();
  CHECK(certificate.has_value());
  return std::move(certificate).value();
}

// Before the first certificate is made.
uint64_t Seeded(uint64_t seed) {
  SeedOpenSsl(seed ^ 0x6f70656e73736c);
  return seed;
}

}  // namespace

World::World(const WorldConfig& config)
    : random_(Seeded(config.seed)),
      server_certificate_(MakeCertificate()),
      client_certificate_(MakeCertificate()),
      client_context_(std::make_unique<transport::TransportContext>(client_certificate_, random_)),
      network_(config.seed ^ 0x6e6574776f726b),
      step_(config.step),
      one_batch_at_a_time_(config.one_batch_at_a_time),
      shard_(std::make_unique<router::Shard>(config.shard, server_certificate_, random_)) {}

void World::Command(const router::Command& command) {
  if (on_command) on_command(command);
  shard_->OnCommand(now_, command);
  FlushShard();
}

void World::Relay(ShardId from, router::RelayMessage message) {
  shard_->OnRelay(now_, from, std::move(message));
  FlushShard();
}

ClientIndex World::AddClient(MediaClientConfig config, const LinkQuality& uplink,
                             const LinkQuality& downlink) {
  config.server = ServerAddress();
  config.server_fingerprint = server_fingerprint();
  const auto index = static_cast<ClientIndex>(clients_.size());
  ++addresses_;
  const SocketAddress address = {IpAddress::V4(198, 51, static_cast<uint8_t>(addresses_ >> 8),
                                               static_cast<uint8_t>(addresses_)),
                                 50000};
  auto client = std::make_unique<Client>();
  client->address = address;
  client->uplink = uplink;
  client->downlink = downlink;
  client->media =
      std::make_unique<MediaClient>(now_, *client_context_, std::move(config), random_.Next64());
  clients_.push_back(std::move(client));
  by_address_[address] = index;
  Touch(index);
  return index;
}

void World::RemoveClient(ClientIndex index) {
  clients_[index]->media->Close();
  FlushClient(index);
  by_address_.erase(clients_[index]->address);
  client_deadlines_.Set(index, Instant::Never());
  clients_[index].reset();
}

void World::MoveClient(ClientIndex index) {
  by_address_.erase(clients_[index]->address);
  ++clients_[index]->address.port;
  by_address_[clients_[index]->address] = index;
}

void World::Inject(const SocketAddress& from, std::span<const uint8_t> bytes) {
  network_.Send(now_, from, ServerAddress(), bytes, LinkQuality{.delay = Duration()});
}

void World::Touch(ClientIndex index) {
  FlushClient(index);
  client_deadlines_.Set(index, clients_[index]->media->NextDeadline());
}

void World::FlushClient(ClientIndex index) {
  Client& client = *clients_[index];
  for (const std::vector<uint8_t>& datagram : client.media->TakeDatagrams()) {
    sent_.Add(datagram);
    network_.Send(now_, client.address, ServerAddress(), datagram, client.uplink);
  }
}

void World::FlushShard() {
  bool more = true;
  while (more) {
    batch_.Clear();
    if (on_shard_call) on_shard_call(true);
    more = shard_->PollSend(now_, batch_) && !one_batch_at_a_time_;
    if (on_shard_call) on_shard_call(false);
    for (const SendRun& run : batch_.runs()) {
      const auto found = by_address_.find(run.path.remote);
      const LinkQuality link =
          found == by_address_.end() ? LinkQuality{} : clients_[found->second]->downlink;
      auto bytes = batch_.bytes(run);
      while (!bytes.empty()) {
        const auto segment = bytes.first(std::min<size_t>(bytes.size(), run.segment_bytes));
        sent_.Add(segment);
        if (on_server_datagram) on_server_datagram(run.path.remote, segment);
        network_.Send(now_, ServerAddress(), run.path.remote, segment, link);
        bytes = bytes.subspan(segment.size());
      }
    }
  }
  for (const router::Event& event : shard_->TakeEvents()) {
    if (on_event) on_event(event);
  }
  shard_->TakeRelays(relays_);
  for (router::RelayOut& relay : relays_) {
    if (on_relay) on_relay(std::move(relay));
  }
  relays_.clear();
  if (on_flushed) on_flushed();
}

void World::Deliver() {
  std::vector<Delivery> to_server;
  while (auto delivery = network_.Receive(now_)) {
    if (delivery->to == ServerAddress()) {
      to_server.push_back(std::move(*delivery));
      continue;
    }
    const auto found = by_address_.find(delivery->to);
    if (found == by_address_.end()) continue;
    const ClientIndex index = found->second;
    clients_[index]->media->OnDatagram(now_, delivery->bytes);
    Touch(index);
  }
  if (to_server.empty()) return;
  std::vector<ReceivedDatagram> batch;
  for (Delivery& delivery : to_server) {
    batch.push_back({now_, {0, delivery.from}, delivery.bytes});
  }
  if (on_shard_call) on_shard_call(true);
  shard_->OnDatagrams(now_, batch);
  if (on_shard_call) on_shard_call(false);
  FlushShard();
}

void World::RunClients() {
  while (const auto index = client_deadlines_.PopDue(now_)) {
    clients_[*index]->media->OnDeadline(now_);
    FlushClient(*index);
    // A client's next deadline may be due at once; it waits for the next step.
    client_deadlines_.Set(*index, std::max(clients_[*index]->media->NextDeadline(), now_ + step_));
  }
}

Instant World::Step() {
  now_ = now_ + step_;
  RunClients();
  Deliver();
  // A shard may want to be called again at once; it must not want that for ever.
  for (int calls = 0; shard_->NextDeadline() <= now_; ++calls) {
    CHECK(calls < 10'000);
    shard_->OnDeadline(now_);
    FlushShard();
  }
  while (one_batch_at_a_time_ && shard_->SendAt() <= now_) FlushShard();
  return now_;
}

void World::RunUntil(Instant until) {
  while (now_ < until) Step();
}

}  // namespace conclave::sim
