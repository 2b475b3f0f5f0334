#include "signal/house.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace conclave::signal {

const Person* House::Find(std::span<const uint8_t> pass) const {
  const auto claimed = ResumeToken::ClaimedBy(pass);
  const auto it = claimed ? people_.find(*claimed) : people_.end();
  return it != people_.end() && it->second.pass.Matches(pass) ? &it->second : nullptr;
}

Person* House::Find(std::span<const uint8_t> pass) {
  return const_cast<Person*>(std::as_const(*this).Find(pass));
}

Person& House::Of(PersonId id) {
  const auto it = people_.find(id);
  CHECK(it != people_.end());
  return it->second;
}

Person& House::Add(PersonId id, Person person) {
  return people_.emplace(id, std::move(person)).first->second;
}

void House::Enter(PersonId id) { ++Of(id).present; }

void House::Leave(PersonId id) {
  Person& person = Of(id);
  CHECK(person.present > 0);
  if (--person.present > 0) return;
  const bool open =
      !rules.locked && !rules.lobby && !passcode && !passcode_fixed && banned_networks_.empty();
  if (open && person.role == conference::Role::kParticipant && !person.banned) {
    people_.erase(id);
  } else {
    ForgetOldest();
  }
}

Admission House::Admit(std::span<const uint8_t> pass,
                       const std::optional<IpAddress>& network) const {
  const Person* known = Find(pass);
  if (known != nullptr) return known->banned ? Admission::kBanned : Admission::kGranted;
  const bool banned = network && std::find(banned_networks_.begin(), banned_networks_.end(),
                                           *network) != banned_networks_.end();
  if (banned) return Admission::kBanned;
  return rules.locked ? Admission::kLocked : Admission::kGranted;
}

void House::Ban(PersonId id, const std::optional<IpAddress>& network) {
  Person& person = Of(id);
  person.banned = true;
  person.role = conference::Role::kParticipant;
  if (!network) return;
  banned_networks_.push_back(*network);
  if (banned_networks_.size() > kBannedNetworksMax) banned_networks_.pop_front();
}

void House::EndBreakouts() {
  breakouts.reset();
  for (auto& [id, person] : people_) person.breakout = conference::kMainRoom;
}

void House::Forget(PersonId id) {
  const auto it = people_.find(id);
  if (it == people_.end()) return;
  CHECK(it->second.present == 0);
  people_.erase(it);
}

void House::LiftBans() {
  for (auto& [id, person] : people_) person.banned = false;
  banned_networks_.clear();
}

size_t House::banned() const {
  return static_cast<size_t>(std::count_if(people_.begin(), people_.end(),
                                           [](const auto& entry) { return entry.second.banned; }));
}

bool House::KnowsModerator() const {
  return std::any_of(people_.begin(), people_.end(),
                     [](const auto& entry) { return Moderates(entry.second.role); });
}

void House::ForgetOldest() {
  const auto absent = [](const auto& entry) { return entry.second.present == 0; };
  const auto count = std::count_if(people_.begin(), people_.end(), absent);
  if (static_cast<size_t>(count) <= kKnownPeopleMax) return;
  // Bans last.
  const auto forgettable = [&](const auto& entry) { return absent(entry) && !entry.second.banned; };
  const auto oldest = std::find_if(people_.begin(), people_.end(), forgettable);
  people_.erase(oldest != people_.end() ? oldest
                                        : std::find_if(people_.begin(), people_.end(), absent));
}

}  // namespace conclave::signal
