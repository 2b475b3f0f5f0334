#include "bench/forward_scene.h"

#include <algorithm>

#include "base/check.h"
#include "bench/cpu_clock.h"

namespace conclave::bench {
namespace {

// What a packet has beside its payload, at the most.
constexpr size_t kOverheadBytes = 100;

// Calls `datagram` for each of a run.
template <typename Datagram>
void ForEach(const SendBatch& batch, const SendRun& run, const Datagram& datagram) {
  for (size_t at = 0; at < run.size_bytes; at += run.segment_bytes) {
    datagram(
        batch.bytes(run).subspan(at, std::min<size_t>(run.segment_bytes, run.size_bytes - at)));
  }
}

}  // namespace

ForwardScene::ForwardScene(const Network& network, const FrameShape& shape, size_t receivers,
                           Estimation estimation)
    : shape_(shape),
      certificate_(transport::Certificate::Generate().value()),
      client_certificate_(transport::Certificate::Generate().value()),
      context_(client_certificate_, random_),
      shard_(router::ShardConfig{}, certificate_, random_),
      socket_(network.BindSender()) {
  for (size_t i = 0; i <= receivers; ++i) {
    BenchClientConfig config;
    config.id = static_cast<uint32_t>(i + 1);
    config.role = i == 0 ? Role::kPublisher : Role::kReceiver;
    config.kind = shape.kind;
    config.estimation = estimation;
    config.server = socket_.local();
    config.server_fingerprint = certificate_.fingerprint();
    clients_.push_back(std::make_unique<BenchClient>(config, network.BindReceiver(), context_,
                                                     client_certificate_, random_));
    by_path_[clients_.back()->path()] = clients_.back().get();
    shard_.OnCommand(now_, clients_.back()->command());
    Connect(*clients_.back());
  }
  for (size_t i = 1; i < clients_.size() && shape.kind == router::MediaKind::kVideo; ++i) {
    router::SetLayout layout;
    layout.participant = clients_[i]->id();
    layout.wishes = {{clients_[0]->track(), 720, false, true}};
    shard_.OnCommand(now_, layout);
  }
  Discard();
}

double ForwardScene::Round(int frames) {
  cpu_ = 0;
  messages_ = 0;
  const uint64_t before = Sent();
  for (int frame = 0; frame < frames; ++frame) {
    RunUntil(now_ + shape_.interval);
    PublishFrame();
    for (const auto& client : clients_) {
      client->OnDeadline(now_);
      client->Deliver(now_, shard_);
      client->SendFeedback(now_);
    }
    ReceiveAll();
    shard_.TakeEvents();
  }
  sent_ = Sent() - before;
  expected_ = (clients_.size() - 1) * shape_.packets * static_cast<size_t>(frames);
  return static_cast<double>(cpu_) / static_cast<double>(expected_);
}

bool ForwardScene::whole() const {
  return sent_ + (clients_.size() - 1) * shape_.packets >= expected_;
}

void ForwardScene::Verify() {
  PublishFrame();
  shard_.OnDatagrams(now_, socket_.Receive(now_, buffer_));
  size_t whole = CountWhole();
  for (const Instant end = now_ + shape_.interval; shard_.NextDeadline() < end;) {
    now_ = std::max(now_, shard_.NextDeadline());
    shard_.OnDeadline(now_);
    whole += CountWhole();
  }
  CHECK(whole == shape_.packets);
}

// What the first receiver is sent now and can decrypt.
size_t ForwardScene::CountWhole() {
  size_t whole = 0;
  for (bool more = true; more;) {
    batch_.Clear();
    more = shard_.PollSend(now_, batch_);
    for (const SendRun& run : batch_.runs()) {
      if (run.path != clients_[1]->path()) continue;
      ForEach(batch_, run, [&](std::span<const uint8_t> datagram) {
        const auto plain = clients_[1]->Decrypt(datagram);
        if (plain && plain->size() + kOverheadBytes > shape_.packet_bytes) ++whole;
      });
    }
  }
  return whole;
}

void ForwardScene::RunUntil(Instant end) {
  while (shard_.NextDeadline() < end) {
    now_ = std::max(now_, shard_.NextDeadline());
    const int64_t start = ThreadCpuNs();
    shard_.OnDeadline(now_);
    cpu_ += ThreadCpuNs() - start;
    Flush();
  }
  now_ = end;
}

void ForwardScene::ReceiveAll() {
  while (true) {
    const int64_t start = ThreadCpuNs();
    const auto batch = socket_.Receive(now_, buffer_);
    if (!batch.empty()) shard_.OnDatagrams(now_, batch);
    cpu_ += ThreadCpuNs() - start;
    if (batch.empty()) return;
    Flush();
  }
}

void ForwardScene::Connect(BenchClient& client) {
  for (int step = 0; step < 2000 && !client.connected(); ++step) {
    now_ = now_ + Duration::Millis(5);
    client.OnDeadline(now_);
    client.Deliver(now_, shard_);
    if (shard_.NextDeadline() <= now_) shard_.OnDeadline(now_);
    Exchange(client);
    client.Deliver(now_, shard_);
  }
  CHECK(client.connected());
}

void ForwardScene::Exchange(BenchClient& client) {
  for (bool more = true; more;) {
    batch_.Clear();
    more = shard_.PollSend(now_, batch_);
    for (const SendRun& run : batch_.runs()) {
      if (run.path != client.path()) continue;
      ForEach(batch_, run, [&](auto datagram) { client.Receive(now_, datagram); });
    }
  }
}

void ForwardScene::PublishFrame() {
  for (size_t i = 0; i < shape_.packets; ++i) {
    const size_t shorter = shape_.uneven && i < shape_.packets / 2 ? 1 : 0;
    const auto packet =
        clients_[0]->NextPacket(shape_.packet_bytes - shorter, i + 1 == shape_.packets);
    published_.Clear();
    std::copy(packet.begin(), packet.end(), published_.Prepare(packet.size()).begin());
    published_.Commit({0, socket_.local()}, packet.size());
    clients_[0]->socket().Send(published_);
  }
}

void ForwardScene::Flush() {
  for (bool more = true; more;) {
    const int64_t start = ThreadCpuNs();
    batch_.Clear();
    more = shard_.PollSend(now_, batch_);
    if (!batch_.empty()) socket_.Send(batch_);
    cpu_ += ThreadCpuNs() - start;
    messages_ += batch_.runs().size();
    Tell();
  }
}

// The clients get to know what their sockets do not hold.
void ForwardScene::Tell() {
  for (const SendRun& run : batch_.runs()) {
    BenchClient& client = *by_path_.at(run.path);
    ForEach(batch_, run, [&](auto datagram) { client.Receive(now_, datagram); });
  }
}

void ForwardScene::Discard() {
  for (bool more = true; more;) {
    batch_.Clear();
    more = shard_.PollSend(now_, batch_);
  }
  shard_.TakeEvents();
}

}  // namespace conclave::bench
