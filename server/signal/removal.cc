#include "signal/removal.h"

#include <string>
#include <vector>

#include "signal/close_codes.h"
#include "signal/delivery.h"
#include "signal/departures.h"
#include "signal/lobby.h"
#include "signal/people.h"

namespace conclave::signal {
namespace {

void PutOut(ControlState& state, Instant now, Member& member, const v1::ServerMessage& why,
            uint16_t code) {
  SendToMember(state, member, 0, why.SerializeAsString());
  if (member.connection) {
    if (Session* session = state.FindSession(*member.connection)) {
      CloseSession(state, *session, code);
    }
  }
  RemoveMember(state, now, member);
}

}  // namespace

void RemovePerson(ControlState& state, Instant now, conference::Room& room, House::PersonId person,
                  const Removal& removal) {
  const std::vector<Member*> lives = LivesOf(state, room, person);
  for (Member* life : lives) {
    if (removal.ban) state.HouseOf(room).Ban(person, life->network);
    v1::ServerMessage message;
    message.mutable_moderated()->set_by(removal.by.value());
    message.mutable_moderated()->mutable_removed()->set_participant(life->id.value());
    message.mutable_moderated()->mutable_removed()->set_ban(removal.ban);
    PutOut(state, now, *life, message, kCloseRemoved);
  }
  if (!removal.ban) state.HouseOf(room).Forget(person);
}

void EndRoom(ControlState& state, Instant now, conference::Room& room, ParticipantId by) {
  const std::string name = room.name();
  std::vector<ParticipantId> ids;
  for (const auto& [id, participant] : room.roster().participants()) ids.push_back(id);
  v1::ServerMessage message;
  message.mutable_moderated()->set_by(by.value());
  message.mutable_moderated()->mutable_ended();
  for (const ParticipantId id : ids) {
    PutOut(state, now, *state.FindMember(id), message, kCloseEnded);
  }
  EmptyLobby(state, name, message.SerializeAsString(), kCloseEnded);
}

}  // namespace conclave::signal
