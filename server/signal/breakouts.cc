#include "signal/breakouts.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conference/breakouts.h"
#include "conference/roles.h"
#include "signal/delivery.h"
#include "signal/encode.h"
#include "signal/people.h"
#include "signal/spreading.h"

namespace conclave::signal {
namespace {

using conference::BreakoutNumber;
using conference::Breakouts;
using conference::kMainRoom;

const conference::Participant& Of(ControlState& state, const Member& member) {
  return *state.RoomOf(member).roster().Find(member.id);
}

bool Moderates(ControlState& state, const Member& member) {
  return conference::Moderates(Of(state, member).role);
}

Refusal NotYours() { return NotAllowed("only hosts and co-hosts do that with breakout rooms"); }
// Somebody may just have closed them: no reason to end the session.
Refusal NotOpen() { return NotAllowed("no breakout rooms are open"); }
Refusal NoSuchRoom(BreakoutNumber number) {
  return NotAllowed("there is no breakout room " + std::to_string(number));
}

// What hosts are told who went there themselves is not asked for any more.
void HelpIsThere(ControlState& state, Instant now, conference::Room& room, BreakoutNumber where) {
  std::vector<ParticipantId> asking;
  for (const auto& [id, participant] : room.roster().participants()) {
    if (participant.breakout == where && participant.wants_help) asking.push_back(id);
  }
  for (const ParticipantId id : asking) room.SetWantsHelp(now, id, false);
  state.ScheduleFlush(room);
}

void MoveLife(ControlState& state, Instant now, conference::Room& room, Member& life,
              BreakoutNumber to) {
  if (!room.SetBreakout(now, life.id, to)) return;
  state.Command(life.shard,
                router::MoveParticipant{life.id, conference::AudienceOf(room.id(), to)});
  SendToMember(state, life, 0, DominantSpeakerBody(room.dominant_speaker(to)));
}

// Somebody, in all lives.
void Move(ControlState& state, Instant now, conference::Room& room, House::PersonId person,
          BreakoutNumber to) {
  conference::Role role = conference::Role::kViewer;
  state.HouseOf(room).Of(person).breakout = to;
  for (Member* life : LivesOf(state, room, person)) {
    MoveLife(state, now, room, *life, to);
    role = Of(state, *life).role;
  }
  if (to != kMainRoom && conference::Moderates(role)) HelpIsThere(state, now, room, to);
  state.ScheduleFlush(room);
}

struct Place {
  House::PersonId person;
  BreakoutNumber breakout = kMainRoom;
};
using Places = google::protobuf::RepeatedPtrField<v1::BreakoutPlace>;

// All of them, or why none. Who is not there is passed over.
std::variant<std::vector<Place>, Refusal> CheckPlaces(ControlState& state, const Member& actor,
                                                      const Places& places, size_t rooms) {
  std::vector<Place> out;
  for (const v1::BreakoutPlace& place : places) {
    if (place.breakout() > rooms) return NoSuchRoom(place.breakout());
    const Member* target = state.FindMember(ParticipantId(place.participant()));
    if (target == nullptr || target->room != actor.room) continue;
    const bool is_self = target->person == actor.person;
    if (!is_self && !MayModerate(Of(state, actor).role, Of(state, *target).role)) {
      return NotAllowed("your role has no say over one of these participants");
    }
    out.push_back({target->person, place.breakout()});
  }
  return out;
}

// Why these cannot be opened by anybody.
Outcome CheckRooms(const v1::OpenBreakouts& request) {
  const auto count = static_cast<size_t>(request.names_size());
  if (count == 0) return NotAllowed("no breakout rooms to open");
  if (count > conference::kBreakoutsMax) {
    return TooLarge("breakout rooms", count, conference::kBreakoutsMax);
  }
  for (const std::string& name : request.names()) {
    if (name.size() > conference::kBreakoutNameBytesMax) {
      return TooLarge("bytes of a breakout room's name", name.size(),
                      conference::kBreakoutNameBytesMax);
    }
  }
  return std::nullopt;
}

void SetEnd(ControlState& state, Instant now, const conference::Room& room, uint32_t seconds) {
  const uint32_t at_most = std::min(seconds, conference::kBreakoutSecondsMax);
  const Instant end = seconds == 0 ? Instant::Never() : now + Duration::Seconds(at_most);
  state.HouseOf(room).breakouts->end = end;
  state.breakout_ends.Set(room.id(), end);
}

void Tell(ControlState& state, Instant now, const conference::Room& room) {
  SendToRoom(state, room, BreakoutsBody(now, state.HouseOf(room)));
}

void End(ControlState& state, Instant now, conference::Room& room) {
  for (const ParticipantId id : room.roster().Ids()) {
    MoveLife(state, now, room, *state.FindMember(id), kMainRoom);
  }
  ForgetBreakouts(state, room);
  state.ScheduleFlush(room);
  Tell(state, now, room);
}

}  // namespace

Outcome HandleOpenBreakouts(ControlState& state, Instant now, const Member& actor,
                            const v1::OpenBreakouts& request) {
  if (!Moderates(state, actor)) return NotYours();
  conference::Room& room = state.RoomOf(actor);
  House& house = state.HouseOf(room);
  if (house.breakouts) return NotAllowed("breakout rooms are open already");
  if (Outcome refusal = CheckRooms(request)) return refusal;
  const auto count = static_cast<size_t>(request.names_size());
  auto places = CheckPlaces(state, actor, request.places(), count);
  if (auto* refusal = std::get_if<Refusal>(&places)) return std::move(*refusal);
  Breakouts& opened = house.breakouts.emplace();
  opened.names.assign(request.names().begin(), request.names().end());
  opened.choose = request.choose();
  opened.may_return = request.may_return();
  SetEnd(state, now, room, request.seconds());
  for (BreakoutNumber number = 1; room.spread() && number <= count; ++number) {
    TellSpread(state, room, conference::AudienceOf(room.id(), number));
  }
  // First what they are, then who is where.
  Tell(state, now, room);
  for (const Place& place : std::get<std::vector<Place>>(places)) {
    Move(state, now, room, place.person, place.breakout);
  }
  return std::nullopt;
}

Outcome HandleMoveToBreakout(ControlState& state, Instant now, const Member& actor,
                             const v1::MoveToBreakout& request) {
  if (!Moderates(state, actor)) return NotYours();
  conference::Room& room = state.RoomOf(actor);
  const House& house = state.HouseOf(room);
  if (!house.breakouts) return NotOpen();
  auto places = CheckPlaces(state, actor, request.places(), house.breakouts->names.size());
  if (auto* refusal = std::get_if<Refusal>(&places)) return std::move(*refusal);
  for (const Place& place : std::get<std::vector<Place>>(places)) {
    Move(state, now, room, place.person, place.breakout);
  }
  return std::nullopt;
}

Outcome HandleExtendBreakouts(ControlState& state, Instant now, const Member& actor,
                              const v1::ExtendBreakouts& request) {
  if (!Moderates(state, actor)) return NotYours();
  const conference::Room& room = state.RoomOf(actor);
  if (!state.HouseOf(room).breakouts) return NotOpen();
  SetEnd(state, now, room, request.seconds());
  Tell(state, now, room);
  return std::nullopt;
}

Outcome HandleCloseBreakouts(ControlState& state, Instant now, const Member& actor) {
  if (!Moderates(state, actor)) return NotYours();
  conference::Room& room = state.RoomOf(actor);
  if (!state.HouseOf(room).breakouts) return NotOpen();
  End(state, now, room);
  return std::nullopt;
}

Outcome HandleGoToBreakout(ControlState& state, Instant now, Member& member,
                           const v1::GoToBreakout& request) {
  if (!member.breakout_requests.Take(now)) {
    return RateLimited("breakout requests", member.breakout_requests.Wait(now));
  }
  conference::Room& room = state.RoomOf(member);
  const House& house = state.HouseOf(room);
  if (!house.breakouts) return NotOpen();
  const Breakouts& open = *house.breakouts;
  if (!open.Has(request.breakout())) return NoSuchRoom(request.breakout());
  if (!conference::MayGo(Of(state, member).role, open.choose, open.may_return,
                         request.breakout())) {
    return NotAllowed("where you are is for hosts and co-hosts to say");
  }
  Move(state, now, room, member.person, request.breakout());
  return std::nullopt;
}

Outcome HandleAskForHelp(ControlState& state, Instant now, Member& member,
                         const v1::AskForHelp& request) {
  if (!member.breakout_requests.Take(now)) {
    return RateLimited("breakout requests", member.breakout_requests.Wait(now));
  }
  conference::Room& room = state.RoomOf(member);
  if (request.wanted() && Of(state, member).breakout == kMainRoom) {
    return NotAllowed("hosts are asked for help from within a breakout room");
  }
  room.SetWantsHelp(now, member.id, request.wanted());
  state.ScheduleFlush(room);
  return std::nullopt;
}

void ServeBreakouts(ControlState& state, Instant now) {
  while (const auto id = state.breakout_ends.PopDue(now)) {
    if (conference::Room* room = state.rooms.Find(*id)) End(state, now, *room);
  }
}

void ForgetBreakouts(ControlState& state, const conference::Room& room) {
  state.breakout_ends.Cancel(room.id());
  const BreakoutNumber count = BreakoutCount(state, room);
  for (BreakoutNumber number = 1; room.spread() && number <= count; ++number) {
    TellSpreadEnds(state, room, conference::AudienceOf(room.id(), number));
  }
  state.HouseOf(room).EndBreakouts();
}

void FillBreakouts(v1::Breakouts& out, Instant now, const House& house) {
  if (!house.breakouts) return;
  const Breakouts& open = *house.breakouts;
  out.set_open(true);
  for (const std::string& name : open.names) out.add_names(name);
  out.set_choose(open.choose);
  out.set_may_return(open.may_return);
  if (open.end == Instant::Never()) return;
  // Never 0, which would say that they stay open.
  out.set_remaining_ms(static_cast<uint32_t>(std::max<int64_t>((open.end - now).ms(), 1)));
}

std::string BreakoutsBody(Instant now, const House& house) {
  v1::ServerMessage message;
  FillBreakouts(*message.mutable_breakouts(), now, house);
  return message.SerializeAsString();
}

}  // namespace conclave::signal
