// One direction of a network path up to its propagation delay: a bottleneck with a queue, then
// loss, then jitter. What leaves it is handed to the packet's sink, which adds its own propagation.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "sim/bwe/capacity.h"
#include "sim/bwe/codel.h"
#include "sim/bwe/event_queue.h"
#include "sim/bwe/rng.h"

namespace conclave::sim {

struct Packet;

class PacketSink {
 public:
  virtual ~PacketSink() = default;
  // `packet` leaves the link at `at`, which is not before now.
  virtual void OnLinkExit(const Packet& packet, Micros at) = 0;
};

struct Packet {
  PacketSink* sink = nullptr;
  int64_t sequence = 0;
  int size_bytes = 0;
  // The sink's own word for what this is.
  int kind = 0;
  Micros sent = 0;
  Micros enqueued = 0;
  // Waiting and transmission on the link; filled in by it.
  Micros queue_delay = 0;
};

// Loss in bursts: a good and a bad state, with the chances per packet to change and to lose.
struct GilbertElliott {
  double to_bad = 0;
  double to_good = 0;
  double loss_bad = 0;
  double loss_good = 0;
};

struct LinkConfig {
  Capacity capacity{int64_t{1'000'000}};
  // A packet that would wait longer, or that would make the queue longer than so many bytes, is
  // dropped at the tail.
  Micros queue_max = 300 * kMilli;
  int64_t queue_bytes_max = INT64_MAX;
  bool codel = false;
  // A token bucket before the queue; zero: none.
  int64_t policer_bps = 0;
  int64_t policer_bytes = 0;
  double loss = 0;
  std::optional<GilbertElliott> bursts;
  // |N(0, sigma)|, at most 3 sigma.
  double jitter_sigma_us = 0;
  bool reorder = false;
};

class Link final : public Actor {
 public:
  Link(LinkConfig config, EventQueue& events, uint64_t seed);

  void Send(Packet packet, Micros now);
  void OnEvent(int what, int argument, Micros now) override;

  const LinkConfig& config() const { return config_; }

 private:
  bool Policed(const Packet& packet, Micros now);
  bool Overflows(const Packet& packet, Micros now) const;
  bool Lost();
  void Serve(Micros now);
  void Exit(Packet packet, Micros now);

  LinkConfig config_;
  EventQueue& events_;
  Rng rng_;
  Codel codel_;
  std::deque<Packet> queue_;
  int64_t queue_bits_ = 0;
  // The packet in transmission, and when it is through.
  std::optional<Packet> serving_;
  Micros serving_until_ = 0;
  double tokens_ = 0;
  Micros tokens_at_ = 0;
  bool bad_ = false;
  Micros last_exit_ = 0;
};

}  // namespace conclave::sim
