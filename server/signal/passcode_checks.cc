#include "signal/passcode_checks.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "conference/limits.h"
#include "signal/delivery.h"
#include "signal/joining.h"
#include "signal/moderation.h"
#include "signal/people.h"

namespace conclave::signal {
namespace {

constexpr Duration kBusyRetry = Duration::Seconds(1);

Refusal Busy() {
  return {v1::ERROR_CODE_SERVER_BUSY, "server busy: too many passcodes", true, kBusyRetry};
}

House* FindHouse(ControlState& state, const std::string& room_name) {
  const auto house = state.houses.find(room_name);
  return house == state.houses.end() ? nullptr : &house->second;
}

// The first entry of the configuration that names the room.
std::optional<size_t> FindFixed(const ControlState& state, const std::string& room_name) {
  const auto& all = state.passcodes;
  const auto found = std::find_if(all.begin(), all.end(), [&](const RoomPasscode& each) {
    return each.rooms.Matches(room_name);
  });
  if (found == all.end()) return std::nullopt;
  return static_cast<size_t>(found - all.begin());
}

// Null: the room has none.
const Passcode* FindPasscode(const ControlState& state, const std::string& room_name) {
  if (const auto fixed = FindFixed(state, room_name)) return &state.passcodes[*fixed].passcode;
  const auto house = state.houses.find(room_name);
  return house != state.houses.end() && house->second.passcode ? &*house->second.passcode : nullptr;
}

// Null: nobody is known there who could have set a passcode.
conference::PasscodeGuard* FindGuard(ControlState& state, const std::string& room_name) {
  if (const auto fixed = FindFixed(state, room_name)) return &state.passcode_guards[*fixed];
  House* house = FindHouse(state, room_name);
  return house == nullptr ? nullptr : &house->guard;
}

bool Opens(const Passcode& passcode, const StretchJob& job, const PasscodeKey& key) {
  return passcode.salt == job.salt && IsSame(passcode.key, key);
}

// False where the server has enough to stretch.
bool AskToStretch(ControlState& state, Instant now, std::string passcode, StretchJob job) {
  if (!state.stretches.Take(now)) return false;
  const uint64_t number = ++state.last_stretch;
  state.output.emplace_back(StretchPasscode{number, std::move(passcode), job.salt});
  state.stretch_jobs.emplace(number, std::move(job));
  return true;
}

void FinishCheck(ControlState& state, Instant now, const StretchJob& job,
                 const std::optional<PasscodeKey>& key) {
  Session* session = state.FindSession(job.connection);
  if (session == nullptr || session->state != SessionState::kWaiting) return;
  const std::unique_ptr<PendingJoin> pending = std::move(session->pending);
  session->state = SessionState::kNew;
  const bool asks = AsksPasscode(state, pending->room, pending->join.pass());
  Outcome refusal;
  if (!key) {
    refusal = Busy();
  } else if (asks && !Opens(*FindPasscode(state, pending->room), job, *key)) {
    refusal = Refusal{v1::ERROR_CODE_PASSCODE_WRONG, "another passcode", false, {}};
  } else {
    if (auto* guard = FindGuard(state, pending->room)) guard->OnRight(session->network);
    refusal =
        JoinPastPasscode(state, now, *session, pending->request, pending->room, pending->join);
  }
  if (refusal) SendRefusal(state, *session, pending->request, *refusal);
}

// A set of rooms that keeps its place in the configuration keeps its count of attempts, too: nobody
// gets new ones because something else has changed.
std::vector<conference::PasscodeGuard> GuardsFor(const ControlState& state,
                                                 const std::vector<RoomPasscode>& passcodes) {
  std::vector<conference::PasscodeGuard> guards;
  for (const RoomPasscode& each : passcodes) {
    const auto before = std::ranges::find(state.passcodes, each.rooms, &RoomPasscode::rooms);
    guards.push_back(before == state.passcodes.end()
                         ? conference::PasscodeGuard()
                         : state.passcode_guards[before - state.passcodes.begin()]);
  }
  return guards;
}

void FinishSetting(ControlState& state, const StretchJob& job,
                   const std::optional<PasscodeKey>& key) {
  House* house = FindHouse(state, job.room);
  // A later one is on its way, or the room is gone.
  if (house == nullptr || house->passcode_job != job.number || !key) return;
  house->passcode = Passcode{job.salt, *key};
  if (const auto* room = state.rooms.FindByName(job.room)) {
    SendToRoom(state, *room, RulesBody(*house));
  }
}

}  // namespace

bool AsksPasscode(const ControlState& state, const std::string& room_name,
                  const std::string& pass) {
  if (FindPasscode(state, room_name) == nullptr) return false;
  const auto house = state.houses.find(room_name);
  return house == state.houses.end() || house->second.Find(BytesOf(pass)) == nullptr;
}

bool HasFixedPasscode(const ControlState& state, const std::string& room_name) {
  return FindFixed(state, room_name).has_value();
}

void ReplacePasscodes(ControlState& state, std::vector<RoomPasscode> passcodes) {
  state.passcode_guards = GuardsFor(state, passcodes);
  state.passcodes = std::move(passcodes);
  for (auto& [name, house] : state.houses) {
    const bool fixed = HasFixedPasscode(state, name);
    if (std::exchange(house.passcode_fixed, fixed) == fixed) continue;
    const auto* room = state.rooms.FindByName(name);
    if (room != nullptr) SendToRoom(state, *room, RulesBody(house));
  }
}

Outcome CheckPasscode(ControlState& state, Instant now, Session& session, uint32_t request,
                      const std::string& room_name, const v1::Join& join) {
  const std::string& passcode = join.passcode();
  if (passcode.empty()) {
    return Refusal{v1::ERROR_CODE_PASSCODE_NEEDED, "this room has a passcode", false, {}};
  }
  if (passcode.size() > conference::kPasscodeBytesMax) {
    return TooLarge("passcode bytes", passcode.size(), conference::kPasscodeBytesMax);
  }
  if (const auto wait = FindGuard(state, room_name)->Try(now, session.network)) {
    return RateLimited("passcodes", *wait);
  }
  if (!AskToStretch(state, now, passcode,
                    {0, session.connection, room_name, FindPasscode(state, room_name)->salt})) {
    return Busy();
  }
  HoldJoin(session, {room_name, request, join, WaitingId()});
  // Not needed again.
  session.pending->join.clear_passcode();
  return std::nullopt;
}

Outcome SetPasscode(ControlState& state, Instant now, const conference::Room& room,
                    const v1::SetPasscode& request) {
  const std::string& passcode = request.passcode();
  if (passcode.size() > conference::kPasscodeBytesMax) {
    return TooLarge("passcode bytes", passcode.size(), conference::kPasscodeBytesMax);
  }
  if (HasFixedPasscode(state, room.name())) {
    return NotAllowed("whoever runs this server has set the passcode");
  }
  House& house = state.HouseOf(room);
  if (passcode.empty()) {
    house.passcode_job = 0;
    house.passcode.reset();
    SendToRoom(state, room, RulesBody(house));
    return std::nullopt;
  }
  PasscodeSalt salt;
  state.random.Fill(salt);
  const uint64_t number = state.last_stretch + 1;
  if (!AskToStretch(state, now, passcode, {number, ConnectionId(), room.name(), salt})) {
    return Busy();
  }
  house.passcode_job = number;
  return std::nullopt;
}

void OnStretched(ControlState& state, Instant now, uint64_t number,
                 const std::optional<PasscodeKey>& key) {
  const auto it = state.stretch_jobs.find(number);
  if (it == state.stretch_jobs.end()) return;
  const StretchJob job = std::move(it->second);
  state.stretch_jobs.erase(it);
  if (job.number == 0) {
    FinishCheck(state, now, job, key);
  } else {
    FinishSetting(state, job, key);
  }
}

}  // namespace conclave::signal
