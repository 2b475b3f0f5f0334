#include "signal/moderation.h"

#include <string>
#include <vector>

#include "conference/roles.h"
#include "signal/breakouts.h"
#include "signal/close_codes.h"
#include "signal/delivery.h"
#include "signal/encode.h"
#include "signal/lobby.h"
#include "signal/passcode_checks.h"
#include "signal/people.h"
#include "signal/removal.h"

namespace conclave::signal {
namespace {

using conference::Role;
using conference::SourceSet;

Role RoleOf(ControlState& state, const Member& member) {
  return state.RoomOf(member).roster().Find(member.id)->role;
}

// Null for a number of nobody in the actor's room.
Member* FindTarget(ControlState& state, const Member& actor, uint32_t id) {
  Member* target = state.FindMember(ParticipantId(id));
  return target != nullptr && target->room == actor.room ? target : nullptr;
}

Refusal NoSay() { return NotAllowed("your role has no say over this participant"); }

bool MaySetRole(ControlState& state, const Member& actor, const Member& target, Role role) {
  const Role own = RoleOf(state, actor);
  if (actor.person != target.person) return MayChangeRole(own, RoleOf(state, target), role);
  return MayStepDown(own, role, state.RoomOf(actor).roster().CountOf(Role::kHost) == 1);
}

Outcome SetRole(ControlState& state, Instant now, const Member& actor, const v1::SetRole& request) {
  const auto role = FromProto(request.role());
  if (!role) return Refusal{v1::ERROR_CODE_MALFORMED, "moderate: unknown role", false, {}};
  const Member* target = FindTarget(state, actor, request.participant());
  if (target == nullptr) return UnknownParticipant(request.participant());
  if (RoleOf(state, *target) == *role) return std::nullopt;
  if (!MaySetRole(state, actor, *target, *role)) {
    return NotAllowed("your role does not let you give this one");
  }
  conference::Room& room = state.RoomOf(actor);
  GiveRole(state, now, room, target->person, *role);
  ReviewSuccession(state, now, room);
  return std::nullopt;
}

void SilenceOne(ControlState& state, Instant now, const Member& actor, Member& target,
                const v1::Silence& request) {
  const SourceSet sources = FromProto(request.sources());
  target.granted.Remove(sources);
  if (!Mute(state, now, target, sources)) return;
  v1::ServerMessage message;
  message.mutable_moderated()->set_by(actor.id.value());
  v1::Silence& told = *message.mutable_moderated()->mutable_silenced();
  told.set_participant(target.id.value());
  told.mutable_sources()->CopyFrom(request.sources());
  SendToMember(state, target, 0, message.SerializeAsString());
}

Outcome SilenceAll(ControlState& state, Instant now, const Member& actor,
                   const v1::Silence& request) {
  if (!Moderates(RoleOf(state, actor))) return NotAllowed("only hosts and co-hosts mute others");
  const conference::Roster& roster = state.RoomOf(actor).roster();
  const conference::BreakoutNumber here = roster.Find(actor.id)->breakout;
  for (const auto& [id, participant] : roster.participants()) {
    if (Moderates(participant.role) || id == actor.id || participant.breakout != here) continue;
    SilenceOne(state, now, actor, *state.FindMember(id), request);
  }
  return std::nullopt;
}

Outcome Silence(ControlState& state, Instant now, const Member& actor, const v1::Silence& request) {
  if (request.participant() == 0) return SilenceAll(state, now, actor, request);
  Member* target = FindTarget(state, actor, request.participant());
  if (target == nullptr) return UnknownParticipant(request.participant());
  if (!MayModerate(RoleOf(state, actor), RoleOf(state, *target))) return NoSay();
  SilenceOne(state, now, actor, *target, request);
  return std::nullopt;
}

Outcome Ask(ControlState& state, const Member& actor, const v1::AskToSend& request) {
  Member* target = FindTarget(state, actor, request.participant());
  if (target == nullptr) return UnknownParticipant(request.participant());
  if (!MayModerate(RoleOf(state, actor), RoleOf(state, *target))) return NoSay();
  if (!MaySend(RoleOf(state, *target))) return NotAllowed("a viewer sends nothing");
  target->granted.Add(FromProto(request.sources()));
  v1::ServerMessage message;
  message.mutable_moderated()->set_by(actor.id.value());
  message.mutable_moderated()->mutable_asked()->CopyFrom(request);
  SendToMember(state, *target, 0, message.SerializeAsString());
  return std::nullopt;
}

Outcome Remove(ControlState& state, Instant now, const Member& actor,
               const v1::RemovePerson& request) {
  const Member* target = FindTarget(state, actor, request.participant());
  if (target == nullptr) return UnknownParticipant(request.participant());
  const bool is_self = target->person == actor.person;
  if (is_self || !MayModerate(RoleOf(state, actor), RoleOf(state, *target))) return NoSay();
  const bool ban = request.ban();
  const ParticipantId by = actor.id;
  conference::Room& room = state.RoomOf(actor);
  RemovePerson(state, now, room, target->person, {by, ban});
  if (ban) SendToRoom(state, room, RulesBody(state.HouseOf(room)));
  return std::nullopt;
}

Outcome SetRules(ControlState& state, Instant now, const Member& actor,
                 const v1::RoomRules& request) {
  if (!Moderates(RoleOf(state, actor))) return NotAllowed("only hosts and co-hosts set the rules");
  conference::Room& room = state.RoomOf(actor);
  House& house = state.HouseOf(room);
  const conference::RoomRules rules = FromProto(request);
  if (rules == house.rules) return std::nullopt;
  // Who was asked once is not let again by a new reservation.
  if (!(rules.reserved == house.rules.reserved)) {
    for (const auto& [id, participant] : room.roster().participants()) {
      state.FindMember(id)->granted = SourceSet();
    }
  }
  house.rules = rules;
  SendToRoom(state, room, RulesBody(house));
  ReviewLobby(state, now, room.name());
  return std::nullopt;
}

Outcome LiftBans(ControlState& state, const Member& actor) {
  if (!Moderates(RoleOf(state, actor))) return NotAllowed("only hosts and co-hosts lift bans");
  conference::Room& room = state.RoomOf(actor);
  state.HouseOf(room).LiftBans();
  SendToRoom(state, room, RulesBody(state.HouseOf(room)));
  return std::nullopt;
}

Outcome SetRoomPasscode(ControlState& state, Instant now, const Member& actor,
                        const v1::SetPasscode& request) {
  if (!Moderates(RoleOf(state, actor))) return NotAllowed("only hosts and co-hosts set a passcode");
  return SetPasscode(state, now, state.RoomOf(actor), request);
}

Outcome End(ControlState& state, Instant now, const Member& actor) {
  if (RoleOf(state, actor) != Role::kHost) return NotAllowed("only hosts end the meeting");
  EndRoom(state, now, state.RoomOf(actor), actor.id);
  return std::nullopt;
}

}  // namespace

Outcome HandleModerate(ControlState& state, Instant now, Member& member,
                       const v1::Moderate& request) {
  if (!member.moderation.Take(now)) {
    return RateLimited("moderation", member.moderation.Wait(now));
  }
  switch (request.act_case()) {
    case v1::Moderate::kSetRole:
      return SetRole(state, now, member, request.set_role());
    case v1::Moderate::kSilence:
      return Silence(state, now, member, request.silence());
    case v1::Moderate::kAsk:
      return Ask(state, member, request.ask());
    case v1::Moderate::kRemove:
      return Remove(state, now, member, request.remove());
    case v1::Moderate::kRules:
      return SetRules(state, now, member, request.rules());
    case v1::Moderate::kLiftBans:
      return LiftBans(state, member);
    case v1::Moderate::kEnd:
      return End(state, now, member);
    case v1::Moderate::kAdmit:
      return HandleAdmit(state, now, member, request.admit());
    case v1::Moderate::kDeny:
      return HandleDeny(state, member, request.deny());
    case v1::Moderate::kSetPasscode:
      return SetRoomPasscode(state, now, member, request.set_passcode());
    case v1::Moderate::kOpenBreakouts:
      return HandleOpenBreakouts(state, now, member, request.open_breakouts());
    case v1::Moderate::kMove:
      return HandleMoveToBreakout(state, now, member, request.move());
    case v1::Moderate::kExtendBreakouts:
      return HandleExtendBreakouts(state, now, member, request.extend_breakouts());
    case v1::Moderate::kCloseBreakouts:
      return HandleCloseBreakouts(state, now, member);
    default:
      return Refusal{v1::ERROR_CODE_MALFORMED, "moderate: unknown act", false, {}};
  }
}

void FillRules(v1::RoomRules& out, const House& house) {
  Fill(out, house.rules);
  out.set_banned(static_cast<uint32_t>(house.banned()));
  out.set_passcode(house.passcode.has_value() || house.passcode_fixed);
  out.set_passcode_fixed(house.passcode_fixed);
}

std::string RulesBody(const House& house) {
  v1::ServerMessage message;
  FillRules(*message.mutable_rules(), house);
  return message.SerializeAsString();
}

}  // namespace conclave::signal
