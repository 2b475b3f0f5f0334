#include "signal/departures.h"

#include <vector>

#include "signal/breakouts.h"
#include "signal/groups.h"
#include "signal/people.h"
#include "signal/spreading.h"

namespace conclave::signal {

void BecomeAway(ControlState& state, Instant now, Member& member) {
  member.connection.reset();
  state.resume_windows.Set(member.id, now + state.config.resume_window);
  conference::Room& room = state.RoomOf(member);
  room.SetAway(now, member.id, true);
  state.ScheduleFlush(room);
}

void RemoveMember(ControlState& state, Instant now, Member& member) {
  const ParticipantId id = member.id;
  state.Command(member.shard, router::RemoveParticipant{id});
  state.loads.Remove(member.shard);
  state.resume_windows.Cancel(id);
  conference::Room& room = state.RoomOf(member);
  room.Leave(now, id);
  if (room.roster().size() == 0) ForgetBreakouts(state, room);
  LeaveHouse(state, now, room, member);
  LeaveGroup(state, now, member);
  if (room.roster().size() == 0) {
    if (room.spread()) TellSpreadEnds(state, room, room.id());
    EndGroup(state, room.id());
    state.flushes.Cancel(room.id());
    state.successions.Cancel(room.id());
    state.rooms.Erase(room.id());
  } else {
    state.ScheduleFlush(room);
    ReviewSuccession(state, now, room);
  }
  state.members.erase(id);
}

void RemoveGhosts(ControlState& state, Instant now, const Member& back) {
  std::vector<ParticipantId> ghosts;
  for (const auto& [id, participant] : state.RoomOf(back).roster().participants()) {
    const Member* member = state.FindMember(id);
    if (participant.away && member != nullptr && member->person == back.person) {
      ghosts.push_back(id);
    }
  }
  for (const ParticipantId id : ghosts) RemoveMember(state, now, *state.FindMember(id));
}

}  // namespace conclave::signal
