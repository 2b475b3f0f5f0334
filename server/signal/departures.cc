#include "signal/departures.h"

#include "signal/groups.h"

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
  LeaveGroup(state, now, member);
  if (room.roster().size() == 0) {
    EndGroup(state, room.id());
    state.flushes.Cancel(room.id());
    state.rooms.Erase(room.id());
  } else {
    state.ScheduleFlush(room);
  }
  state.members.erase(id);
}

}  // namespace conclave::signal
