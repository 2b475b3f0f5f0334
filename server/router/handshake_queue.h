// DTLS datagrams that wait for their turn: a handshake costs up to a millisecond of CPU, so they
// are looked at after the media of their batch, a few at a time (decisions 28).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/datagram.h"
#include "base/ring_queue.h"
#include "router/participant_index.h"

namespace conclave::router {

struct HandshakeDatagram {
  ParticipantIndex participant;
  Path path;
  std::vector<uint8_t> bytes;
};

class HandshakeQueue {
 public:
  // Two datagrams a flight from five hundred who join at once. DTLS repeats what is dropped.
  static constexpr size_t kDatagramsMax = 1024;
  // With each batch, and again between two: at one signature each, media waits for at most some
  // milliseconds. While any wait, there is always a next time.
  static constexpr size_t kPerTurn = 2;

  bool Push(ParticipantIndex participant, const Path& path, std::span<const uint8_t> bytes) {
    return queue_.Push({participant, path, {bytes.begin(), bytes.end()}});
  }
  bool empty() const { return queue_.empty(); }
  HandshakeDatagram& front() { return queue_.front(); }
  void Pop() { queue_.Pop(); }

 private:
  RingQueue<HandshakeDatagram> queue_{kDatagramsMax};
};

}  // namespace conclave::router
