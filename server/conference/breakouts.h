// Breakout rooms: a meeting divided for a while into groups that do not hear each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "conference/roles.h"

namespace conclave::conference {

// 0: the main room; then 1 to the number of those that are open.
using BreakoutNumber = uint32_t;
inline constexpr BreakoutNumber kMainRoom = 0;

// More groups than a host can look after. Their names fit into a Joined beside answer and roster.
inline constexpr size_t kBreakoutsMax = 30;
// A short name, sealed and padded (web/sdk/src/browser/link_seal.ts).
inline constexpr size_t kBreakoutNameBytesMax = 320;
inline constexpr uint32_t kBreakoutSecondsMax = 24 * 60 * 60;

// Those that are open.
struct Breakouts {
  // Opaque. Of number 1, 2 and so on.
  std::vector<std::string> names;
  // Who does not moderate may go from one to another; may go back to the main room.
  bool choose = false;
  bool may_return = false;
  // Never: when somebody says so.
  Instant end = Instant::Never();

  bool Has(BreakoutNumber number) const { return number <= names.size(); }
};

// Whether somebody may go there by themselves.
constexpr bool MayGo(Role role, bool choose, bool may_return, BreakoutNumber to) {
  if (Moderates(role)) return true;
  return to == kMainRoom ? may_return : choose;
}

// What a router takes for a room: people who hear each other. The main room's is the room's own.
// Rooms are numbered from 1 in this process, and never reach 2^48.
inline constexpr unsigned kAudienceShift = 48;
constexpr RoomId AudienceOf(RoomId room, BreakoutNumber breakout) {
  return RoomId(room.value() | uint64_t{breakout} << kAudienceShift);
}
struct Audience {
  RoomId room;
  BreakoutNumber breakout = kMainRoom;
};
constexpr Audience AudienceBy(RoomId id) {
  return {RoomId(id.value() & ((uint64_t{1} << kAudienceShift) - 1)),
          static_cast<BreakoutNumber>(id.value() >> kAudienceShift)};
}

}  // namespace conclave::conference
