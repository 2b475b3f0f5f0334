// What a room keeps beyond those who are in it just now: whom it would know again, and as what. It
// outlives the room for a while, so that a host who reloads the page alone is host afterwards.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>

#include "base/ids.h"
#include "base/socket_address.h"
#include "base/time.h"
#include "conference/breakouts.h"
#include "conference/passcode_guard.h"
#include "conference/roles.h"
#include "conference/room_rules.h"
#include "signal/passcode.h"
#include "signal/resume_token.h"

namespace conclave::signal {

// Somebody, over all their lives in one room, by a secret that their client keeps: their pass.
// There are no accounts; who has no pass is a stranger.
struct Person {
  ResumeToken pass;
  conference::Role role = conference::Role::kParticipant;
  // Lives in the room now; a person may have two devices.
  size_t present = 0;
  bool banned = false;
  // Where they were sent or went: who reloads the page is there again.
  conference::BreakoutNumber breakout = conference::kMainRoom;
};

enum class Admission : uint8_t { kGranted, kLocked, kBanned };

class House {
 public:
  // Named by their first life.
  using PersonId = ParticipantId;

  // Null for a pass that is none of ours.
  Person* Find(std::span<const uint8_t> pass);
  const Person* Find(std::span<const uint8_t> pass) const;
  Person& Of(PersonId id);
  Person& Add(PersonId id, Person person);

  // Whether somebody with this pass, from this network (network.h; none where it is not known), may
  // come in.
  Admission Admit(std::span<const uint8_t> pass, const std::optional<IpAddress>& network) const;
  void Ban(PersonId id, const std::optional<IpAddress>& network);
  // A stranger from now on. Requires that no life of theirs is here.
  void Forget(PersonId id);
  void LiftBans();
  // People, not networks.
  size_t banned() const;

  // One of their lives begins or ends. Who has left as a plain participant is forgotten, unless
  // that would keep them out: of a locked room, by a passcode, a lobby, or a neighbour's ban. Of
  // the others the newest kKnownPeopleMax are kept.
  void Enter(PersonId id);
  void Leave(PersonId id);

  // Whether anybody is known who moderates, present or not.
  bool KnowsModerator() const;
  conference::RoomRules rules;
  // None: none are open.
  std::optional<conference::Breakouts> breakouts;
  // Everybody belongs into the main room.
  void EndBreakouts();
  // Set by those who moderate.
  std::optional<Passcode> passcode;
  // Whoever runs the server has set one (ControlPlaneConfig::passcodes), which goes before any
  // other.
  bool passcode_fixed = false;
  // The StretchPasscode whose result sets it.
  uint64_t passcode_job = 0;
  conference::PasscodeGuard guard;

  size_t size() const { return people_.size(); }

 private:
  void ForgetOldest();

  std::map<PersonId, Person> people_;
  // The oldest first.
  std::deque<IpAddress> banned_networks_;
};

inline constexpr size_t kBannedNetworksMax = 500;
// Absent people that a room knows again.
inline constexpr size_t kKnownPeopleMax = 1000;
// Of a room in which nobody is.
inline constexpr Duration kHouseKept = Duration::Seconds(600);
// A room without a moderator waits so long for one to come back: a reload and a slow network.
inline constexpr Duration kSuccessionGrace = Duration::Seconds(30);

}  // namespace conclave::signal
