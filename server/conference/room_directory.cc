#include "conference/room_directory.h"

#include <utility>

#include "base/check.h"

namespace conclave::conference {

Room* RoomDirectory::Find(RoomId id) {
  const auto it = rooms_.find(id);
  return it == rooms_.end() ? nullptr : &it->second;
}

Room* RoomDirectory::FindByName(std::string_view name) {
  const auto it = by_name_.find(std::string(name));
  return it == by_name_.end() ? nullptr : Find(it->second);
}

Result<Room*> RoomDirectory::Create(std::string name, ShardId shard) {
  if (rooms_.size() >= limits_.rooms_max) {
    const std::string limit = std::to_string(limits_.rooms_max);
    return Error{"rooms: " + std::to_string(rooms_.size()) + " of " + limit};
  }
  const RoomId id(++last_id_);
  CHECK(by_name_.emplace(name, id).second);
  Room room(id, std::move(name), shard, limits_.participants_per_room_max);
  return &rooms_.emplace(id, std::move(room)).first->second;
}

void RoomDirectory::Erase(RoomId id) {
  const auto it = rooms_.find(id);
  CHECK(it != rooms_.end() && it->second.roster().size() == 0);
  by_name_.erase(it->second.name());
  rooms_.erase(it);
}

}  // namespace conclave::conference
