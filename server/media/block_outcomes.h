// Which lost audio packets came after all, within later ones (RFC 2198).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace conclave::media {

// One per receiver, by transport-wide numbers. Allocates once, with the first block.
class BlockOutcomes {
 public:
  // Three voices for as long as feedback takes.
  static constexpr size_t kBlocksMax = 64;

  // `carrier` left with `packet` in it, which had left before.
  void OnBlock(int64_t carrier, int64_t packet) {
    if (blocks_.empty()) blocks_.resize(kBlocksMax);
    Block made = {carrier, packet, {}, State::kUnknown};
    for (const Block& block : blocks_) {
      if (block.packet == packet) made = {carrier, packet, block.sent, block.state};
    }
    Add(made);
  }
  void OnLost(int64_t packet, Instant sent) {
    if (blocks_.empty()) return;
    bool known = false;
    for (Block& block : blocks_) {
      if (block.packet != packet) continue;
      block = {block.carrier, packet, sent, State::kLost};
      known = true;
    }
    // It may be to leave again yet.
    if (!known) Add({-1, packet, sent, State::kLost});
  }
  // A packet that was lost came itself. Whether nothing that carries it had come before.
  bool OnRecovered(int64_t packet) {
    bool first = true;
    for (const Block& block : blocks_) {
      if (block.packet == packet && block.state == State::kCame) first = false;
    }
    Settle(packet);
    return first;
  }
  // `came(sent)`: for each lost packet that comes with `carrier` for the first time.
  template <typename Came>
  void OnReceived(int64_t carrier, const Came& came) {
    for (const Block& block : blocks_) {
      if (block.carrier != carrier || block.state != State::kLost) continue;
      const Block found = block;
      Settle(found.packet);
      came(found.sent);
    }
  }

 private:
  enum class State : uint8_t { kUnknown, kLost, kCame };
  struct Block {
    int64_t carrier = -1;
    int64_t packet = -1;
    // Where it was lost.
    Instant sent;
    State state = State::kUnknown;
  };

  void Add(const Block& block) { blocks_[next_++ % kBlocksMax] = block; }
  void Settle(int64_t packet) {
    for (Block& block : blocks_) {
      if (block.packet == packet) block.state = State::kCame;
    }
  }

  std::vector<Block> blocks_;
  size_t next_ = 0;
};

}  // namespace conclave::media
