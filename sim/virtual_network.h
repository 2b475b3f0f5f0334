// A network without a kernel: datagrams wait in virtual time for as long as their link says, and
// are lost, doubled and reordered as a seed decides.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/data_rate.h"
#include "base/random.h"
#include "base/socket_address.h"
#include "base/time.h"

namespace conclave::sim {

struct LinkQuality {
  Duration delay = Duration::Millis(20);
  // Added to the delay, evenly from zero to this: more than the packet distance reorders, unless
  // each datagram waits for those before it, as on a radio link that repeats.
  Duration jitter;
  bool in_order = false;
  // Shares of 1.
  double loss = 0;
  // Zero: each datagram is lost by itself. Else (Gilbert-Elliott) the link is away for so long on
  // average, in which all is lost, and so often that `loss` is the share of its time.
  Duration loss_burst;
  double duplicate = 0;
  // What the narrowest hop carries, IP and UDP headers included; zero: no limit. Before it is a
  // drop-tail queue of so long.
  DataRate capacity;
  Duration queue = Duration::Millis(300);
};

struct Delivery {
  Instant arrival;
  // Breaks ties, so that a run is the same every time.
  uint64_t order = 0;
  SocketAddress from;
  SocketAddress to;
  std::vector<uint8_t> bytes;
};

class VirtualNetwork {
 public:
  explicit VirtualNetwork(uint64_t seed) : random_(seed) {}

  void Send(Instant now, const SocketAddress& from, const SocketAddress& to,
            std::span<const uint8_t> bytes, const LinkQuality& link);
  Instant NextArrival() const;
  // The earliest datagram that has arrived by `now`.
  std::optional<Delivery> Receive(Instant now);
  uint64_t lost() const { return lost_; }

 private:
  struct Later {
    bool operator()(const Delivery& a, const Delivery& b) const {
      return a.arrival != b.arrival ? a.arrival > b.arrival : a.order > b.order;
    }
  };
  bool Happens(double share);
  bool Lost(Instant now, const SocketAddress& from, const SocketAddress& to,
            const LinkQuality& link);
  // Exponential.
  Duration Spell(Duration mean);
  // How long the datagram waits for those before it and for itself; nullopt: the queue is full.
  std::optional<Duration> PassBottleneck(Instant now, const SocketAddress& to, size_t bytes,
                                         const LinkQuality& link);
  void Schedule(Instant now, const SocketAddress& from, const SocketAddress& to,
                std::span<const uint8_t> bytes, const LinkQuality& link);

  SeededRandom random_;
  std::priority_queue<Delivery, std::vector<Delivery>, Later> in_flight_;
  // Until when each narrow link is busy, by where it leads.
  std::unordered_map<SocketAddress, Instant, SocketAddressHash> busy_until_;
  // Of the links that keep the order: when the last datagram arrives, by where it goes.
  std::unordered_map<SocketAddress, Instant, SocketAddressHash> last_arrival_;
  // The links that lose in bursts: whether they are away, and until when that stays so.
  struct Spells {
    bool away = false;
    Instant until;
  };
  std::map<std::pair<SocketAddress, SocketAddress>, Spells> spells_;
  uint64_t orders_ = 0;
  uint64_t lost_ = 0;
};

}  // namespace conclave::sim
