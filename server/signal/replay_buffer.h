// The numbered messages of one participant, kept so that a resumed WebSocket misses none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ring_queue.h"
#include "signal/shared_body.h"

namespace conclave::signal {

// What is left of a message when its body is shared: to be framed anew (encode.h).
struct KeptMessage {
  uint64_t sequence = 0;
  uint32_t reply_to = 0;
  SharedBody body;
};

// Bounded by messages and bytes of their bodies, shared or not: the oldest go first, and a client
// that needs one of them is told everything anew.
class ReplayBuffer {
 public:
  ReplayBuffer(size_t messages_max, size_t bytes_max)
      : bytes_max_(bytes_max), messages_max_(messages_max), kept_(messages_max) {}

  // The number of the newest message; 0 before the first.
  uint64_t last_sequence() const { return last_sequence_; }
  uint64_t NextSequence() const { return last_sequence_ + 1; }
  // Keeps the message that has NextSequence().
  void Push(uint32_t reply_to, SharedBody body);
  // Counts a message that is not worth keeping, nor is then what came before it.
  void Skip();

  // Every message after `seen`, oldest first; nullopt when one of them is gone, or `seen` is a
  // number that was never given.
  std::optional<std::vector<KeptMessage>> After(uint64_t seen) const;
  // Drops those up to `seen`: the client has them.
  void Acknowledge(uint64_t seen);

 private:
  // Its number is said by its place.
  struct Kept {
    SharedBody body;
    uint32_t reply_to = 0;
  };

  void DropOldest();

  size_t bytes_max_;
  size_t messages_max_;
  size_t bytes_ = 0;
  uint64_t last_sequence_ = 0;
  // The last has last_sequence_, those before it count down without a gap.
  RingQueue<Kept> kept_;
};

}  // namespace conclave::signal
