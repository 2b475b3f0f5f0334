// How many participants each shard carries and how busy it says it is, and which shard the next
// room, or a room's next participant, goes to.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/ids.h"
#include "router/commands.h"

namespace conclave::conference {

class ShardLoads {
 public:
  // A room grows beyond its shards when each of them would be busier than that, in percent. Above,
  // a shard sends more rarely to save time (router/load_governor.h).
  static constexpr unsigned kSpreadPercent = 70;
  // Two shards cost more than one: only for somewhere that has so much more time.
  static constexpr double kSpreadGainPercent = 20;

  // At `spread_percent` zero everybody goes where the fewest are.
  explicit ShardLoads(size_t shards, unsigned spread_percent = kSpreadPercent)
      : spread_percent_(spread_percent),
        participants_(shards),
        told_(shards),
        told_participants_(shards) {
    CHECK(shards > 0);
  }

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

  // Where the next participant of a room goes that is on `shards` (at least one): the first of
  // these with time to spare, else wherever there is most of it.
  ShardId PlaceIn(std::span<const ShardId> shards) const {
    if (spread_percent_ == 0) return Least();
    for (const ShardId shard : shards) {
      if (Projected(shard.value()) <= spread_percent_) return shard;
    }
    size_t least = shards.front().value();
    for (const ShardId shard : shards) {
      if (Projected(shard.value()) < Projected(least)) least = shard.value();
    }
    size_t idlest = 0;
    for (size_t i = 1; i < told_.size(); ++i) {
      if (Projected(i) < Projected(idlest)) idlest = i;
    }
    if (Projected(idlest) + kSpreadGainPercent < Projected(least)) least = idlest;
    return ShardId(static_cast<ShardId::rep>(least));
  }

  void OnLoad(ShardId shard, const router::ShardLoad& load) {
    told_.at(shard.value()) = load;
    told_participants_[shard.value()] = participants_[shard.value()];
  }
  // What it said of itself last.
  const router::ShardLoad& told(ShardId shard) const { return told_.at(shard.value()); }
  std::span<const router::ShardLoad> all() const { return told_; }
  std::span<const size_t> participants() const { return participants_; }

 private:
  // What it would say with one participant more, in percent: what those cost on average who were
  // there when it said something last, for each.
  double Projected(size_t shard) const {
    // What is left out is not in what it says.
    const double busy = told_[shard].shedding > 0 ? 100 : told_[shard].busy_percent;
    const auto then = static_cast<double>(std::max<size_t>(told_participants_[shard], 1));
    return busy * static_cast<double>(participants_[shard] + 1) / then;
  }

  const unsigned spread_percent_;
  std::vector<size_t> participants_;
  std::vector<router::ShardLoad> told_;
  // How many there were when it was told.
  std::vector<size_t> told_participants_;
};

}  // namespace conclave::conference
