// How many participants each shard carries, and which shard the next room goes to.
#pragma once

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "base/ids.h"

namespace conclave::conference {

class ShardLoads {
 public:
  explicit ShardLoads(size_t shards) : participants_(shards) { CHECK(shards > 0); }

  void Add(ShardId shard) { ++participants_.at(shard.value()); }
  void Remove(ShardId shard) {
    CHECK(participants_.at(shard.value()) > 0);
    --participants_[shard.value()];
  }
  // The one with the fewest participants; the first of equals.
  ShardId Least() const {
    const auto least = std::min_element(participants_.begin(), participants_.end());
    return ShardId(static_cast<ShardId::rep>(least - participants_.begin()));
  }

 private:
  std::vector<size_t> participants_;
};

}  // namespace conclave::conference
