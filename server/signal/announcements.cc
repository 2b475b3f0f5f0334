#include "signal/announcements.h"

#include <span>
#include <string>
#include <vector>

#include "signal/delivery.h"
#include "signal/encode.h"

namespace conclave::signal {

void Announce(ControlState& state, Instant now, conference::Room& room) {
  const conference::RoomUpdate update = room.Flush(now);
  state.ScheduleFlush(room);
  if (!update.roster.empty()) {
    const RosterNews news{false, update.roster.left, update.roster.changed};
    for (const std::string& body : RosterBodies(news, room.roster())) SendToRoom(state, room, body);
  }
  for (const auto& [breakout, speaker] : update.dominant_speakers) {
    SendToBreakout(state, room, breakout, DominantSpeakerBody(speaker));
  }
  if (update.common_codecs) SendToRoom(state, room, CommonCodecsBody(*update.common_codecs));
  for (const auto& [receiver, slots] : update.slots) {
    if (Member* member = state.FindMember(receiver)) {
      SendToMember(state, *member, 0, SlotMapBody(slots));
    }
  }
}

void IntroduceRoom(ControlState& state, Member& member, RosterStart start, size_t skip) {
  const conference::Room& room = state.RoomOf(member);
  std::vector<ParticipantId> ids;
  for (const auto& [id, participant] : room.roster().participants()) ids.push_back(id);
  const auto rest = std::span(ids).subspan(skip);
  const bool reset = start == RosterStart::kReset;
  if (reset || !rest.empty()) {
    for (const std::string& body : RosterBodies({reset, {}, rest}, room.roster())) {
      // A large room's pages, of each member's own, would be most of what is kept for it.
      SendUnkept(state, member, body);
    }
  }
  const TrackId speaker = room.dominant_speaker(room.roster().Find(member.id)->breakout);
  if (reset || speaker != TrackId()) {
    SendToMember(state, member, 0, DominantSpeakerBody(speaker));
  }
  if (reset) SendToMember(state, member, 0, CommonCodecsBody(room.common_codecs()));
}

}  // namespace conclave::signal
