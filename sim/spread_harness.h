// Two shards of one process without a control plane: what each says to the other arrives with the
// next step of the clock.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <utility>
#include <vector>

#include "sim/shard_harness.h"

namespace conclave::sim {

class SpreadHarness {
 public:
  static constexpr size_t kShards = 2;

  explicit SpreadHarness(const WorldConfig& config = {});

  ShardHarness& at(size_t shard) { return shards_[shard]; }
  // A room of both; the first one tells of its speakers.
  void Spread(RoomId room);
  // Nobody is in it any more.
  void End(RoomId room);
  void RunFor(Duration duration);

  // Media from this shard to the other that is on its way is lost, if true.
  std::function<bool(const router::RelayOut&)> lose;
  // What came over to each, ever: packets of audio and of video.
  std::array<size_t, kShards> audio_crossed{};
  std::array<size_t, kShards> video_crossed{};

 private:
  void Listen(size_t shard);
  void Deliver();

  std::array<ShardHarness, kShards> shards_;
  // From each.
  std::array<std::vector<router::RelayOut>, kShards> waiting_;
};

}  // namespace conclave::sim
