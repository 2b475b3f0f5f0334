#include "conference/lobby.h"

#include <algorithm>
#include <utility>

#include "conference/limits.h"

namespace conclave::conference {
namespace {

Error Full(const std::string& what, size_t size, size_t limit) {
  return Error{what + " full: " + std::to_string(size) + " of " + std::to_string(limit)};
}

}  // namespace

Result<void> Lobby::Enter(WaitingPerson person) {
  if (people_.size() >= kWaitingMax) return Full("lobby", people_.size(), kWaitingMax);
  const auto neighbours = [&](const auto& entry) { return entry.second.network == person.network; };
  const auto near = static_cast<size_t>(std::count_if(people_.begin(), people_.end(), neighbours));
  if (person.network && near >= kWaitingPerNetworkMax) {
    return Full("lobby for your network", near, kWaitingPerNetworkMax);
  }
  people_.emplace(person.id, std::move(person));
  return {};
}

const WaitingPerson* Lobby::Find(WaitingId id) const {
  const auto it = people_.find(id);
  return it == people_.end() ? nullptr : &it->second;
}

}  // namespace conclave::conference
