// What a message between participants is about: all that the server knows of it (decisions 3).
#pragma once

#include <cstdint>

namespace conclave::conference {

enum class MessageClass : uint8_t {
  kProfile,
  kChat,
  kPresence,
  kReaction,
  kDirect,
  kPoll,
  kModeration,
  kComparison,
  kBoard,
  kRecording,
  kBroadcast,
  kFile,
  kVote,
};

// Some of the classes.
class MessageSet {
 public:
  bool Has(MessageClass one) const { return (bits_ & Bit(one)) != 0; }
  void Add(MessageClass one) { bits_ = static_cast<uint16_t>(bits_ | Bit(one)); }
  bool operator==(const MessageSet&) const = default;

 private:
  static uint16_t Bit(MessageClass one) {
    return static_cast<uint16_t>(1u << static_cast<unsigned>(one));
  }

  uint16_t bits_ = 0;
};

}  // namespace conclave::conference
