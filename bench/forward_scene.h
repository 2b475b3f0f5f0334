// One publisher and N receivers on a real shard with real UDP sockets; receivers that tell by
// transport-wide feedback what came, as browsers do. Time is virtual: timers are served when they
// are due.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "bench/bench_client.h"
#include "bench/network.h"
#include "io/udp_socket.h"
#include "router/shard.h"

namespace conclave::bench {

// What is published, each interval.
struct FrameShape {
  router::MediaKind kind = router::MediaKind::kVideo;
  size_t packets = 8;
  // On the wire, encryption included.
  size_t packet_bytes = 1200;
  Duration interval = Duration::Millis(10);
  // The first half of each frame's packets is a byte shorter: libwebrtc splits a frame so.
  bool uneven = false;
};

class ForwardScene {
 public:
  ForwardScene(const Network& network, const FrameShape& shape, size_t receivers,
               Estimation estimation);

  // The first frame reaches the first receiver as what was sent: the measured path is the real one.
  // Call it first.
  void Verify();
  // CPU ns of the server per packet that it forwards, over so many frames: of all calls into the
  // shard and its socket.
  double Round(int frames);
  // Whether all that was published in the last round went to all, but for a frame in the pacer.
  bool whole() const;
  // Datagrams in each message that went to the kernel, in the last round.
  double mean_run() const { return static_cast<double>(sent_) / static_cast<double>(messages_); }

 private:
  size_t CountWhole();
  void RunUntil(Instant end);
  void ReceiveAll();
  void Connect(BenchClient& client);
  void Exchange(BenchClient& client);
  void PublishFrame();
  void Flush();
  void Tell();
  void Discard();
  uint64_t Sent() const { return socket_.stats().sent + socket_.stats().dropped_buffer_full; }

  const FrameShape shape_;
  SeededRandom random_{1};
  Instant now_ = Instant::FromMicros(1'000'000);
  transport::Certificate certificate_;
  transport::Certificate client_certificate_;
  transport::TransportContext context_;
  router::Shard shard_;
  io::UdpSocket socket_;
  io::ReceiveBuffer buffer_;
  SendBatch batch_;
  SendBatch published_;
  std::vector<std::unique_ptr<BenchClient>> clients_;
  std::unordered_map<Path, BenchClient*, PathHash> by_path_;
  int64_t cpu_ = 0;
  uint64_t sent_ = 0;
  uint64_t messages_ = 0;
  uint64_t expected_ = 0;
};

}  // namespace conclave::bench
