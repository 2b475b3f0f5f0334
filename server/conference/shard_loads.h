// How many participants each shard carries and how busy it says it is, and which shard the next
// room goes to.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/ids.h"
#include "router/commands.h"

namespace conclave::conference {

class ShardLoads {
 public:
  explicit ShardLoads(size_t shards) : participants_(shards), told_(shards) { CHECK(shards > 0); }

  void Add(ShardId shard) { ++participants_.at(shard.value()); }
  void Remove(ShardId shard) {
    CHECK(participants_.at(shard.value()) > 0);
    --participants_[shard.value()];
  }
  // The one with the fewest participants among those that leave out the least; the first of equals.
  ShardId Least() const {
    size_t least = 0;
    const auto key = [&](size_t i) { return std::pair(told_[i].shedding, participants_[i]); };
    for (size_t i = 1; i < participants_.size(); ++i) {
      if (key(i) < key(least)) least = i;
    }
    return ShardId(static_cast<ShardId::rep>(least));
  }

  void OnLoad(ShardId shard, const router::ShardLoad& load) { told_.at(shard.value()) = load; }
  // What it said of itself last.
  const router::ShardLoad& told(ShardId shard) const { return told_.at(shard.value()); }
  std::span<const router::ShardLoad> all() const { return told_; }

 private:
  std::vector<size_t> participants_;
  std::vector<router::ShardLoad> told_;
};

}  // namespace conclave::conference
