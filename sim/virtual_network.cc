#include "sim/virtual_network.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace conclave::sim {
namespace {

// IPv4 and UDP.
constexpr size_t kHeaderBytes = 28;

}  // namespace

bool VirtualNetwork::Happens(double share) {
  return share > 0 && static_cast<double>(random_.Next32()) < share * 4294967296.0;
}

Duration VirtualNetwork::Spell(Duration mean) {
  const double even = (static_cast<double>(random_.Next32()) + 1) / 4294967297.0;
  return Duration::Micros(static_cast<int64_t>(-std::log(even) * static_cast<double>(mean.us())));
}

bool VirtualNetwork::Lost(Instant now, const SocketAddress& from, const SocketAddress& to,
                          const LinkQuality& link) {
  if (link.loss_burst == Duration() || link.loss <= 0) return Happens(link.loss);
  const double present_us = static_cast<double>(link.loss_burst.us()) * (1 - link.loss) / link.loss;
  const Duration present = Duration::Micros(static_cast<int64_t>(present_us));
  Spells& spells = spells_[{from, to}];
  while (spells.until <= now) {
    spells.away = !spells.away;
    // The first spell begins now; nothing was sent before it.
    const Instant start = spells.until == Instant() ? now : spells.until;
    spells.until = start + Spell(spells.away ? link.loss_burst : present);
  }
  return spells.away;
}

void VirtualNetwork::Send(Instant now, const SocketAddress& from, const SocketAddress& to,
                          std::span<const uint8_t> bytes, const LinkQuality& link) {
  if (Lost(now, from, to, link)) {
    ++lost_;
    return;
  }
  Schedule(now, from, to, bytes, link);
  if (Happens(link.duplicate)) Schedule(now, from, to, bytes, link);
}

std::optional<Duration> VirtualNetwork::PassBottleneck(Instant now, const SocketAddress& to,
                                                       size_t bytes, const LinkQuality& link) {
  if (link.capacity == DataRate()) return Duration();
  Instant& busy_until = busy_until_[to];
  const Instant start = std::max(busy_until, now);
  if (start - now > link.queue) return std::nullopt;
  const auto bits = static_cast<int64_t>((bytes + kHeaderBytes) * 8);
  busy_until = start + Duration::Micros(bits * 1'000'000 / link.capacity.bps());
  return busy_until - now;
}

void VirtualNetwork::Schedule(Instant now, const SocketAddress& from, const SocketAddress& to,
                              std::span<const uint8_t> bytes, const LinkQuality& link) {
  const std::optional<Duration> queued = PassBottleneck(now, to, bytes.size(), link);
  if (!queued) {
    ++lost_;
    return;
  }
  Duration delay = link.delay + *queued;
  if (link.jitter > Duration()) {
    delay += Duration::Micros(
        static_cast<int64_t>(random_.Next64() % static_cast<uint64_t>(link.jitter.us() + 1)));
  }
  Instant arrival = now + delay;
  if (link.in_order) arrival = last_arrival_[to] = std::max(last_arrival_[to], arrival);
  in_flight_.push({arrival, ++orders_, from, to, {bytes.begin(), bytes.end()}});
}

Instant VirtualNetwork::NextArrival() const {
  return in_flight_.empty() ? Instant::Never() : in_flight_.top().arrival;
}

std::optional<Delivery> VirtualNetwork::Receive(Instant now) {
  if (in_flight_.empty() || in_flight_.top().arrival > now) return std::nullopt;
  // The queue hands out const references; the element is popped at once, so moving from it is safe.
  Delivery delivery = std::move(const_cast<Delivery&>(in_flight_.top()));
  in_flight_.pop();
  return delivery;
}

}  // namespace conclave::sim
