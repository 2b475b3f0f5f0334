#include "sim/bwe/link.h"

#include <algorithm>
#include <cmath>

namespace conclave::sim {

Link::Link(LinkConfig config, EventQueue& events, uint64_t seed)
    : config_(std::move(config)),
      events_(events),
      rng_(seed),
      tokens_(static_cast<double>(config_.policer_bytes)) {}

void Link::Send(Packet packet, Micros now) {
  packet.enqueued = now;
  if (Policed(packet, now) || Overflows(packet, now)) return;
  queue_.push_back(packet);
  queue_bits_ += int64_t{packet.size_bytes} * 8;
  if (!serving_) Serve(now);
}

void Link::OnEvent(int, int, Micros now) {
  const Packet packet = *serving_;
  serving_.reset();
  Exit(packet, now);
  Serve(now);
}

bool Link::Policed(const Packet& packet, Micros now) {
  if (config_.policer_bps == 0) return false;
  const double gained = static_cast<double>(config_.policer_bps) / 8 *
                        static_cast<double>(now - tokens_at_) / kSecond;
  tokens_ = std::min(static_cast<double>(config_.policer_bytes), tokens_ + gained);
  tokens_at_ = now;
  if (tokens_ < packet.size_bytes) return true;
  tokens_ -= packet.size_bytes;
  return false;
}

bool Link::Overflows(const Packet& packet, Micros now) const {
  if (!serving_) return false;
  if (queue_bits_ / 8 + packet.size_bytes > config_.queue_bytes_max) return true;
  const Micros start = std::max(now, serving_until_);
  return config_.capacity.FinishTime(start, queue_bits_) - now > config_.queue_max;
}

bool Link::Lost() {
  if (config_.bursts) {
    const GilbertElliott& model = *config_.bursts;
    bad_ = bad_ ? !rng_.Chance(model.to_good) : rng_.Chance(model.to_bad);
    if (rng_.Chance(bad_ ? model.loss_bad : model.loss_good)) return true;
  }
  return rng_.Chance(config_.loss);
}

void Link::Serve(Micros now) {
  while (!queue_.empty()) {
    const Packet packet = queue_.front();
    queue_.pop_front();
    queue_bits_ -= int64_t{packet.size_bytes} * 8;
    if (config_.codel && codel_.Drop(now - packet.enqueued, queue_.empty(), now)) continue;
    serving_ = packet;
    serving_until_ = config_.capacity.FinishTime(now, int64_t{packet.size_bytes} * 8);
    events_.At(serving_until_, this, 0);
    return;
  }
}

void Link::Exit(Packet packet, Micros now) {
  packet.queue_delay = now - packet.enqueued;
  if (Lost()) return;
  Micros at = now;
  if (config_.jitter_sigma_us > 0) {
    const double jitter = std::min(3.0, std::abs(rng_.Gaussian())) * config_.jitter_sigma_us;
    at += static_cast<Micros>(jitter);
  }
  if (!config_.reorder) at = std::max(at, last_exit_);
  last_exit_ = at;
  packet.sink->OnLinkExit(packet, at);
}

}  // namespace conclave::sim
