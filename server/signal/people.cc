#include "signal/people.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "signal/lobby.h"
#include "signal/passcode_checks.h"

namespace conclave::signal {
namespace {

using conference::HostPolicy;
using conference::Role;

// Somebody may open it at any moment.
constexpr Duration kLockedRetry = Duration::Seconds(5);

Role RoleOfStranger(const ControlState& state, const House& house) {
  switch (state.config.hosts) {
    case HostPolicy::kEveryone:
      return Role::kHost;
    case HostPolicy::kFirst:
      return house.KnowsModerator() ? Role::kParticipant : Role::kHost;
    case HostPolicy::kNobody:
      return Role::kParticipant;
  }
  return Role::kParticipant;
}

bool HasModerator(const conference::Roster& roster) {
  return roster.CountOf(Role::kHost) + roster.CountOf(Role::kCoHost) > 0;
}

conference::SourceSet Everything() {
  conference::SourceSet out;
  for (const auto source : {router::SourceKind::kMicrophone, router::SourceKind::kCamera,
                            router::SourceKind::kScreenVideo, router::SourceKind::kScreenAudio}) {
    out.Add(source);
  }
  return out;
}

void Succeed(ControlState& state, Instant now, conference::Room& room) {
  const Member* next = state.FindMember(room.roster().Longest());
  if (next != nullptr) GiveRole(state, now, room, next->person, Role::kHost);
  ReviewSuccession(state, now, room);
}

// Whoever waits there for somebody to come back need not any more.
void EndHouse(ControlState& state, Instant now, const std::string& name) {
  state.houses.erase(name);
  ReviewLobby(state, now, name);
}

}  // namespace

std::span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::vector<Member*> LivesOf(ControlState& state, const conference::Room& room,
                             House::PersonId person) {
  std::vector<Member*> lives;
  for (const auto& [id, participant] : room.roster().participants()) {
    Member* member = state.FindMember(id);
    if (member != nullptr && member->person == person) lives.push_back(member);
  }
  return lives;
}

Refusal ClosedRoom() {
  return {v1::ERROR_CODE_ROOM_CLOSED, "whoever runs this server has closed the room", false, {}};
}

Outcome AdmitPerson(const ControlState& state, const Session& session, std::string_view room_name,
                    const std::string& pass) {
  const std::string name(room_name);
  if (state.closed_rooms.contains(name)) {
    return ClosedRoom();
  }
  const auto house = state.houses.find(name);
  if (house == state.houses.end()) return std::nullopt;
  switch (house->second.Admit(BytesOf(pass), session.network)) {
    case Admission::kGranted:
      return std::nullopt;
    case Admission::kLocked:
      return Refusal{v1::ERROR_CODE_ROOM_LOCKED, "this room is locked", true, kLockedRetry};
    case Admission::kBanned:
      return Refusal{v1::ERROR_CODE_BANNED, "put out of this room for good", false, {}};
  }
  return std::nullopt;
}

const Person& EnterHouse(ControlState& state, const conference::Room& room, Member& member,
                         const std::string& pass) {
  const auto [found, is_new] = state.houses.try_emplace(room.name());
  House& house = found->second;
  if (is_new) {
    house.rules.lobby = state.config.lobby;
    house.passcode_fixed = HasFixedPasscode(state, room.name());
  }
  state.house_ends.Cancel(room.name());
  Person* known = house.Find(BytesOf(pass));
  if (known == nullptr) {
    const Role role = RoleOfStranger(state, house);
    known = &house.Add(member.id, {ResumeToken::Make(member.id, state.random), role, 0});
  }
  member.person = known->pass.participant();
  house.Enter(member.person);
  return *known;
}

void LeaveHouse(ControlState& state, Instant now, const conference::Room& room,
                const Member& member) {
  state.HouseOf(room).Leave(member.person);
  if (room.roster().size() > 0) return;
  state.house_ends.Set(room.name(), now + kHouseKept);
  if (state.house_ends.size() <= kEmptyHousesMax) return;
  // The one that has been empty longest.
  if (const auto oldest = state.house_ends.PopDue(Instant::Never())) EndHouse(state, now, *oldest);
}

bool BeginsMuted(const conference::RoomRules& rules, Role role, router::SourceKind source) {
  if (Moderates(role)) return false;
  return !MaySend(role) || rules.reserved.Has(source) || rules.start_muted.Has(source);
}

bool MayUnmute(ControlState& state, const Member& member, router::SourceKind source) {
  const conference::Room& room = state.RoomOf(member);
  const Role role = room.roster().Find(member.id)->role;
  if (Moderates(role) || !MaySend(role)) return MaySend(role);
  return !state.HouseOf(room).rules.reserved.Has(source) || member.granted.Has(source);
}

bool Mute(ControlState& state, Instant now, const Member& member, conference::SourceSet sources) {
  conference::Room& room = state.RoomOf(member);
  // A copy: muting changes the roster.
  const std::vector<conference::Track> tracks = room.roster().Find(member.id)->tracks;
  bool changed = false;
  for (const conference::Track& track : tracks) {
    if (!sources.Has(track.source) || !room.SetMuted(now, track.id, true)) continue;
    state.Command(member.shard, router::SetTrackMuted{track.id, true});
    changed = true;
  }
  state.ScheduleFlush(room);
  return changed;
}

void GiveRole(ControlState& state, Instant now, conference::Room& room, House::PersonId person,
              Role role) {
  state.HouseOf(room).Of(person).role = role;
  for (Member* life : LivesOf(state, room, person)) {
    room.SetRole(now, life->id, role);
    if (!MaySend(role)) Mute(state, now, *life, Everything());
    if (state.lobbies.contains(room.name())) TellLobby(state, *life);
  }
  state.ScheduleFlush(room);
}

void ReviewSuccession(ControlState& state, Instant now, const conference::Room& room) {
  if (state.config.hosts != HostPolicy::kFirst || HasModerator(room.roster())) {
    state.successions.Cancel(room.id());
  } else if (!state.successions.Has(room.id())) {
    state.successions.Set(room.id(), now + kSuccessionGrace);
  }
}

void ServePeople(ControlState& state, Instant now) {
  while (const auto id = state.successions.PopDue(now)) {
    if (conference::Room* room = state.rooms.Find(*id)) Succeed(state, now, *room);
  }
  while (const auto name = state.house_ends.PopDue(now)) EndHouse(state, now, *name);
}

}  // namespace conclave::signal
