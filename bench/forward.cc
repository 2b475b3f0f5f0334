// forward: CPU of the shard's thread per forwarded 1200-byte packet, one publisher, N receivers,
// frames of eight packets, AES-128-GCM, through real UDP sockets on loopback. The receivers'
// sockets are full and unread, so what is measured ends where the kernel drops at the receiver.
//
//   forward [ROUNDS]   (1 to 10)
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "bench/bench_client.h"
#include "io/udp_socket.h"
#include "router/shard.h"

namespace conclave::bench {
namespace {

constexpr size_t kPacketBytes = 1200;
constexpr size_t kPacketsPerFrame = 8;
constexpr int kFramesPerRound = 200;
// The clients renew their consent once, when they connect (RFC 7675: it lasts 30 s): ten rounds and
// the one that warms up take 22 s.
constexpr int kRoundsMax = 10;

int64_t ThreadCpuNs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

class Scene {
 public:
  explicit Scene(size_t receivers)
      : certificate_(transport::Certificate::Generate().value()),
        client_certificate_(transport::Certificate::Generate().value()),
        context_(client_certificate_, random_),
        shard_(router::ShardConfig{}, certificate_, random_),
        socket_(io::UdpSocket::Bind({IpAddress::V4(127, 0, 0, 1), 0}, 0).value()) {
    for (size_t i = 0; i <= receivers; ++i) {
      clients_.push_back(std::make_unique<BenchClient>(
          static_cast<uint32_t>(i + 1), i == 0 ? Role::kPublisher : Role::kReceiver,
          socket_.local(), certificate_.fingerprint(), context_, client_certificate_, random_));
      shard_.OnCommand(now_, clients_.back()->command());
      Connect(*clients_.back());
    }
    for (size_t i = 1; i < clients_.size(); ++i) {
      router::SetLayout layout;
      layout.participant = clients_[i]->id();
      layout.wishes = {{clients_[0]->track(), 720, false, true}};
      shard_.OnCommand(now_, layout);
    }
    Discard();
  }

  // CPU ns per packet that went out, over one round of frames.
  double Round() {
    int64_t cpu = 0;
    const uint64_t before = socket_.stats().sent + socket_.stats().dropped_buffer_full;
    for (int frame = 0; frame < kFramesPerRound; ++frame) {
      // A frame each 10 ms: about 7.7 Mbps.
      now_ = now_ + Duration::Millis(10);
      PublishFrame();
      const int64_t start = ThreadCpuNs();
      shard_.OnDatagrams(now_, socket_.Receive(now_, buffer_));
      if (shard_.NextDeadline() <= now_) shard_.OnDeadline(now_);
      Flush();
      cpu += ThreadCpuNs() - start;
      shard_.TakeEvents();
    }
    sent_ = socket_.stats().sent + socket_.stats().dropped_buffer_full - before;
    const uint64_t media = (clients_.size() - 1) * kPacketsPerFrame * kFramesPerRound;
    CHECK(sent_ >= media);
    return static_cast<double>(cpu) / static_cast<double>(media);
  }

  // The first frame reaches the first receiver as what was sent: the measured path is the real one.
  void Verify() {
    PublishFrame();
    shard_.OnDatagrams(now_, socket_.Receive(now_, buffer_));
    size_t whole = 0;
    for (bool more = true; more;) {
      batch_.Clear();
      more = shard_.PollSend(now_, batch_);
      for (const SendRun& run : batch_.runs()) {
        if (run.path != clients_[1]->path()) continue;
        for (size_t at = 0; at < run.size_bytes; at += run.segment_bytes) {
          const size_t size = std::min<size_t>(run.segment_bytes, run.size_bytes - at);
          const auto plain = clients_[1]->Decrypt(batch_.bytes(run).subspan(at, size));
          if (plain && plain->size() > 1100) ++whole;
        }
      }
    }
    CHECK(whole == kPacketsPerFrame);
  }

 private:
  void Connect(BenchClient& client) {
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

  void Exchange(BenchClient& client) {
    for (bool more = true; more;) {
      batch_.Clear();
      more = shard_.PollSend(now_, batch_);
      for (const SendRun& run : batch_.runs()) {
        if (run.path != client.path()) continue;
        for (size_t at = 0; at < run.size_bytes; at += run.segment_bytes) {
          const size_t size = std::min<size_t>(run.segment_bytes, run.size_bytes - at);
          client.Receive(now_, batch_.bytes(run).subspan(at, size));
        }
      }
    }
  }

  void PublishFrame() {
    for (size_t i = 0; i < kPacketsPerFrame; ++i) {
      const auto packet = clients_[0]->NextPacket(kPacketBytes, i + 1 == kPacketsPerFrame);
      SendBatch one;
      std::copy(packet.begin(), packet.end(), one.Prepare(packet.size()).begin());
      one.Commit({0, socket_.local()}, packet.size());
      clients_[0]->socket().Send(one);
    }
  }

  void Flush() {
    for (bool more = true; more;) {
      batch_.Clear();
      more = shard_.PollSend(now_, batch_);
      if (!batch_.empty()) socket_.Send(batch_);
    }
  }

  void Discard() {
    for (bool more = true; more;) {
      batch_.Clear();
      more = shard_.PollSend(now_, batch_);
    }
    shard_.TakeEvents();
  }

  SeededRandom random_{1};
  Instant now_ = Instant::FromMicros(1'000'000);
  transport::Certificate certificate_;
  transport::Certificate client_certificate_;
  transport::TransportContext context_;
  router::Shard shard_;
  io::UdpSocket socket_;
  io::ReceiveBuffer buffer_;
  SendBatch batch_;
  std::vector<std::unique_ptr<BenchClient>> clients_;
  uint64_t sent_ = 0;
};

double MedianNs(size_t receivers, int rounds) {
  Scene scene(receivers);
  scene.Verify();
  scene.Round();
  std::vector<double> samples;
  for (int i = 0; i < rounds; ++i) samples.push_back(scene.Round());
  std::sort(samples.begin(), samples.end());
  std::printf("N=%zu: min %.0f, median %.0f, max %.0f CPU ns per forwarded packet\n", receivers,
              samples.front(), samples[samples.size() / 2], samples.back());
  return samples[samples.size() / 2];
}

}  // namespace
}  // namespace conclave::bench

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::clamp(std::atoi(argv[1]), 1, conclave::bench::kRoundsMax) : 7;
  const double n10 = conclave::bench::MedianNs(10, rounds);
  const double n100 = conclave::bench::MedianNs(100, rounds);
  std::printf("forward: ours_n10_ns=%.0f ours_n100_ns=%.0f\n", n10, n100);
  return 0;
}
