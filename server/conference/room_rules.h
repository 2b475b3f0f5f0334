// What those who moderate have set for a room.
#pragma once

#include <cstdint>

#include "conference/message_class.h"
#include "router/commands.h"

namespace conclave::conference {

// Some of the four kinds of sources.
class SourceSet {
 public:
  bool Has(router::SourceKind source) const { return (bits_ & Bit(source)) != 0; }
  bool empty() const { return bits_ == 0; }
  void Add(router::SourceKind source) { bits_ = static_cast<uint8_t>(bits_ | Bit(source)); }
  void Add(SourceSet others) { bits_ = static_cast<uint8_t>(bits_ | others.bits_); }
  void Remove(SourceSet others) { bits_ = static_cast<uint8_t>(bits_ & ~others.bits_); }
  bool operator==(const SourceSet&) const = default;

 private:
  static uint8_t Bit(router::SourceKind source) {
    return static_cast<uint8_t>(1u << static_cast<unsigned>(source));
  }

  uint8_t bits_ = 0;
};

struct RoomRules {
  // No stranger gets in. Who has been in since it was locked may come back.
  bool locked = false;
  // Who does not moderate may turn these on only once asked to.
  SourceSet reserved;
  // Who comes, and does not moderate, begins with these off.
  SourceSet start_muted;
  // Strangers wait until somebody who moderates admits them.
  bool lobby = false;
  // What only those who moderate say to all or to anybody; others, to one who moderates.
  MessageSet reserved_messages;
  bool operator==(const RoomRules&) const = default;
};

}  // namespace conclave::conference
