// The rooms of this process. A room begins with the first who joins it and ends with the last.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "conference/room.h"

namespace conclave::conference {

struct DirectoryLimits {
  size_t rooms_max = 10000;
  size_t participants_per_room_max = 300;
};

class RoomDirectory {
 public:
  explicit RoomDirectory(DirectoryLimits limits) : limits_(limits) {}

  size_t size() const { return rooms_.size(); }
  // Null where there is none. Valid until that room is erased.
  Room* Find(RoomId id);
  Room* FindByName(std::string_view name);
  // Fails with "rooms: 10000 of 10000". The name must be free.
  Result<Room*> Create(std::string name, ShardId shard);
  // Requires an empty room; its id is never given to another.
  void Erase(RoomId id);

 private:
  DirectoryLimits limits_;
  uint64_t last_id_ = 0;
  std::unordered_map<RoomId, Room> rooms_;
  std::unordered_map<std::string, RoomId> by_name_;
};

}  // namespace conclave::conference
