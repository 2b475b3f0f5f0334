// The numbered messages of one participant, kept so that a resumed WebSocket misses none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace conclave::signal {

// Bounded by messages and bytes: the oldest go first, and a client that needs one of them is told
// everything anew.
class ReplayBuffer {
 public:
  ReplayBuffer(size_t messages_max, size_t bytes_max)
      : messages_max_(messages_max), bytes_max_(bytes_max) {}

  // The number of the newest message; 0 before the first.
  uint64_t last_sequence() const { return last_sequence_; }
  uint64_t NextSequence() const { return last_sequence_ + 1; }
  // Keeps the message that has NextSequence().
  void Push(std::string encoded);
  // Counts a message that is not worth keeping.
  void Skip();

  // Every message after `seen`, oldest first; nullopt when one of them is gone, or `seen` is a
  // number that was never given.
  std::optional<std::vector<std::string>> After(uint64_t seen) const;
  // Drops those up to `seen`: the client has them.
  void Acknowledge(uint64_t seen);

 private:
  void DropOldest();

  size_t messages_max_;
  size_t bytes_max_;
  size_t bytes_ = 0;
  uint64_t last_sequence_ = 0;
  // The last has last_sequence_, those before it count down without a gap.
  std::deque<std::string> kept_;
};

}  // namespace conclave::signal
