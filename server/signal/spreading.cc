#include "signal/spreading.h"

#include "conference/breakouts.h"

namespace conclave::signal {

using conference::BreakoutNumber;

void TellSpread(ControlState& state, const conference::Room& room) {
  const BreakoutNumber last = BreakoutCount(state, room);
  for (BreakoutNumber number = conference::kMainRoom; number <= last; ++number) {
    TellSpread(state, room, conference::AudienceOf(room.id(), number));
  }
}

void TellSpread(ControlState& state, const conference::Room& room, RoomId audience) {
  const auto shards = room.shards();
  for (const ShardId shard : shards) {
    state.Command(shard, router::SpreadRoom{audience, {shards.begin(), shards.end()}});
  }
}

void TellSpreadEnds(ControlState& state, const conference::Room& room, RoomId audience) {
  for (const ShardId shard : room.shards()) state.Command(shard, router::SpreadRoom{audience, {}});
}

BreakoutNumber BreakoutCount(ControlState& state, const conference::Room& room) {
  const House& house = state.HouseOf(room);
  return house.breakouts ? static_cast<BreakoutNumber>(house.breakouts->names.size()) : 0;
}

}  // namespace conclave::signal
