#include "router/path_table.h"

#include <algorithm>
#include <utility>

namespace conclave::router {
namespace {

// 64 entries hold the first meeting of a small server without growing.
constexpr size_t kInitialEntries = 64;

}  // namespace

PathTable::PathTable() : entries_(kInitialEntries) {}

size_t PathTable::Locate(const Path& path) const {
  size_t position = Home(path);
  while (entries_[position].used && entries_[position].path != path) {
    position = (position + 1) & (entries_.size() - 1);
  }
  return position;
}

std::optional<ParticipantIndex> PathTable::Find(const Path& path) const {
  const Entry& entry = entries_[Locate(path)];
  if (!entry.used) return std::nullopt;
  return entry.participant;
}

void PathTable::Insert(const Path& path, ParticipantIndex participant) {
  size_t position = Locate(path);
  if (entries_[position].used) {
    if (entries_[position].participant == participant) return;
    std::erase(paths_[entries_[position].participant.value()], path);
    EraseAt(position);
  }
  if (paths_.size() <= participant.value()) paths_.resize(participant.value() + 1);
  std::vector<Path>& own = paths_[participant.value()];
  if (own.size() >= kPathsPerParticipantMax) {
    EraseAt(Locate(own.front()));
    own.erase(own.begin());
  }
  own.push_back(path);
  if (2 * (size_ + 1) > entries_.size()) Grow();
  entries_[Locate(path)] = {path, participant, true};
  ++addresses_[path.remote.ip];
  ++size_;
}

void PathTable::EraseParticipant(ParticipantIndex participant) {
  if (participant.value() >= paths_.size()) return;
  for (const Path& path : paths_[participant.value()]) EraseAt(Locate(path));
  paths_[participant.value()] = {};
}

void PathTable::EraseAt(size_t hole) {
  const auto address = addresses_.find(entries_[hole].path.remote.ip);
  if (--address->second == 0) addresses_.erase(address);
  // Backward shift: entries that probed past the hole move into it, so no tombstones are needed.
  const size_t mask = entries_.size() - 1;
  for (size_t next = (hole + 1) & mask; entries_[next].used; next = (next + 1) & mask) {
    const size_t home = Home(entries_[next].path);
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    entries_[hole] = entries_[next];
    hole = next;
  }
  entries_[hole] = {};
  --size_;
}

void PathTable::Grow() {
  std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(entries_.size() * 2));
  for (const Entry& entry : old) {
    if (entry.used) entries_[Locate(entry.path)] = entry;
  }
}

}  // namespace conclave::router
