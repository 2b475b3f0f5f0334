#include "sim/virtual_network.h"

#include <utility>

namespace conclave::sim {

bool VirtualNetwork::Happens(double share) {
  return share > 0 && static_cast<double>(random_.Next32()) < share * 4294967296.0;
}

void VirtualNetwork::Send(Instant now, const SocketAddress& from, const SocketAddress& to,
                          std::span<const uint8_t> bytes, const LinkQuality& link) {
  if (Happens(link.loss)) {
    ++lost_;
    return;
  }
  Schedule(now, from, to, bytes, link);
  if (Happens(link.duplicate)) Schedule(now, from, to, bytes, link);
}

void VirtualNetwork::Schedule(Instant now, const SocketAddress& from, const SocketAddress& to,
                              std::span<const uint8_t> bytes, const LinkQuality& link) {
  Duration delay = link.delay;
  if (link.jitter > Duration()) {
    delay += Duration::Micros(
        static_cast<int64_t>(random_.Next64() % static_cast<uint64_t>(link.jitter.us() + 1)));
  }
  in_flight_.push({now + delay, ++orders_, from, to, {bytes.begin(), bytes.end()}});
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
