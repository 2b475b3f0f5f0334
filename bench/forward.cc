// forward: CPU of the shard's thread per forwarded 1200-byte packet, one publisher, N receivers,
// frames of eight packets, AES-128-GCM, through real UDP sockets on loopback. The receivers'
// sockets are full and unread, so what is measured ends where the kernel drops at the receiver.
// With bandwidth estimation, pacing and history; feedback on what was sent comes each 50 ms through
// the sockets, and its cost is counted. Beside it, round by round, the same without estimation.
// Time is virtual: timers are served when they are due.
//
//   forward [ROUNDS]   (1 to 20)
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <unordered_map>
#include <vector>

#include "bench/bench_client.h"
#include "io/udp_socket.h"
#include "router/shard.h"

namespace conclave::bench {
namespace {

constexpr size_t kPacketBytes = 1200;
constexpr size_t kPacketsPerFrame = 8;
constexpr int kFramesPerRound = 200;
constexpr int kRoundsMax = 20;
// A path's estimate has grown to what is sent, and remembers three seconds, long before.
constexpr int kWarmUpRounds = 4;
constexpr Duration kFrameInterval = Duration::Millis(10);

int64_t ThreadCpuNs() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

class Scene {
 public:
  Scene(size_t receivers, Estimation estimation)
      : certificate_(transport::Certificate::Generate().value()),
        client_certificate_(transport::Certificate::Generate().value()),
        context_(client_certificate_, random_),
        shard_(router::ShardConfig{}, certificate_, random_),
        socket_(io::UdpSocket::Bind({IpAddress::V4(127, 0, 0, 1), 0}, 0).value()) {
    for (size_t i = 0; i <= receivers; ++i) {
      clients_.push_back(std::make_unique<BenchClient>(
          static_cast<uint32_t>(i + 1), i == 0 ? Role::kPublisher : Role::kReceiver, estimation,
          socket_.local(), certificate_.fingerprint(), context_, client_certificate_, random_));
      by_path_[clients_.back()->path()] = clients_.back().get();
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

  // CPU ns per packet that went out, over one round of frames: about 7.7 Mbps.
  double Round() {
    cpu_ = 0;
    const uint64_t before = Sent();
    for (int frame = 0; frame < kFramesPerRound; ++frame) {
      RunUntil(now_ + kFrameInterval);
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
    return static_cast<double>(cpu_) / static_cast<double>(Media());
  }
  // Whether all that was published in the last round went to all, but for a frame in the pacer.
  bool whole() const { return sent_ + (clients_.size() - 1) * kPacketsPerFrame >= Media(); }

  // The first frame reaches the first receiver as what was sent: the measured path is the real one.
  void Verify() {
    PublishFrame();
    shard_.OnDatagrams(now_, socket_.Receive(now_, buffer_));
    size_t whole = CountWhole();
    for (const Instant end = now_ + kFrameInterval; shard_.NextDeadline() < end;) {
      now_ = std::max(now_, shard_.NextDeadline());
      shard_.OnDeadline(now_);
      whole += CountWhole();
    }
    CHECK(whole == kPacketsPerFrame);
  }

 private:
  uint64_t Sent() const { return socket_.stats().sent + socket_.stats().dropped_buffer_full; }
  uint64_t Media() const { return (clients_.size() - 1) * kPacketsPerFrame * kFramesPerRound; }

  // What the first receiver is sent now and can decrypt.
  size_t CountWhole() {
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
    return whole;
  }

  void RunUntil(Instant end) {
    while (shard_.NextDeadline() < end) {
      now_ = std::max(now_, shard_.NextDeadline());
      const int64_t start = ThreadCpuNs();
      shard_.OnDeadline(now_);
      cpu_ += ThreadCpuNs() - start;
      Flush();
    }
    now_ = end;
  }

  void ReceiveAll() {
    while (true) {
      const int64_t start = ThreadCpuNs();
      const auto batch = socket_.Receive(now_, buffer_);
      if (!batch.empty()) shard_.OnDatagrams(now_, batch);
      cpu_ += ThreadCpuNs() - start;
      if (batch.empty()) return;
      Flush();
    }
  }

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
      const int64_t start = ThreadCpuNs();
      batch_.Clear();
      more = shard_.PollSend(now_, batch_);
      if (!batch_.empty()) socket_.Send(batch_);
      cpu_ += ThreadCpuNs() - start;
      Tell();
    }
  }

  // The clients get to know what their sockets do not hold.
  void Tell() {
    for (const SendRun& run : batch_.runs()) {
      BenchClient& client = *by_path_.at(run.path);
      for (size_t at = 0; at < run.size_bytes; at += run.segment_bytes) {
        const size_t size = std::min<size_t>(run.segment_bytes, run.size_bytes - at);
        client.Receive(now_, batch_.bytes(run).subspan(at, size));
      }
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
  std::unordered_map<Path, BenchClient*, PathHash> by_path_;
  int64_t cpu_ = 0;
  uint64_t sent_ = 0;
};

struct Figures {
  std::vector<double> samples;
  double median() const { return samples[samples.size() / 2]; }
  void Print(size_t receivers, const char* what) {
    std::sort(samples.begin(), samples.end());
    std::printf("N=%zu, %s: min %.0f, median %.0f, max %.0f CPU ns per forwarded packet\n",
                receivers, what, samples.front(), median(), samples.back());
  }
};

// With and without estimation by turns, so that both see the same machine.
void Measure(size_t receivers, int rounds, Figures& with, Figures& without) {
  Scene estimating(receivers, Estimation::kOn);
  Scene plain(receivers, Estimation::kOff);
  estimating.Verify();
  plain.Verify();
  for (int i = 0; i < kWarmUpRounds; ++i) estimating.Round();
  plain.Round();
  for (int i = 0; i < rounds; ++i) {
    with.samples.push_back(estimating.Round());
    CHECK(estimating.whole());
    without.samples.push_back(plain.Round());
    CHECK(plain.whole());
  }
  with.Print(receivers, "estimation, pacing and history");
  without.Print(receivers, "no estimation");
}

}  // namespace
}  // namespace conclave::bench

int main(int argc, char** argv) {
  using conclave::bench::Figures;
  const int rounds = argc > 1 ? std::clamp(std::atoi(argv[1]), 1, conclave::bench::kRoundsMax) : 7;
  Figures n10, n100, plain10, plain100;
  conclave::bench::Measure(10, rounds, n10, plain10);
  conclave::bench::Measure(100, rounds, n100, plain100);
  std::printf("forward: ours_n10_ns=%.0f ours_n100_ns=%.0f plain_n10_ns=%.0f plain_n100_ns=%.0f\n",
              n10.median(), n100.median(), plain10.median(), plain100.median());
  return 0;
}
