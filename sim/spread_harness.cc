#include "sim/spread_harness.h"

#include <variant>

namespace conclave::sim {
namespace {

constexpr uint32_t kIdsOfSecond = 10'000;

WorldConfig ConfigOf(WorldConfig config, uint16_t shard) {
  config.shard.id = ShardId(shard);
  config.seed += shard;
  return config;
}

}  // namespace

SpreadHarness::SpreadHarness(const WorldConfig& config)
    : shards_{ShardHarness(ConfigOf(config, 0)), ShardHarness(ConfigOf(config, 1), kIdsOfSecond)} {
  for (size_t i = 0; i < kShards; ++i) Listen(i);
}

void SpreadHarness::Listen(size_t shard) {
  at(shard).world.on_relay = [this, shard](router::RelayOut relay) {
    waiting_[shard].push_back(std::move(relay));
  };
}

void SpreadHarness::Spread(RoomId room) {
  for (ShardHarness& shard : shards_) {
    shard.world.Command(router::SpreadRoom{room, {ShardId(0), ShardId(1)}});
  }
}

void SpreadHarness::End(RoomId room) {
  for (ShardHarness& shard : shards_) shard.world.Command(router::SpreadRoom{room, {}});
}

void SpreadHarness::RunFor(Duration duration) {
  const Instant until = at(0).world.now() + duration;
  while (at(0).world.now() < until) {
    for (ShardHarness& shard : shards_) shard.world.Step();
    Deliver();
  }
}

void SpreadHarness::Deliver() {
  for (size_t from = 0; from < kShards; ++from) {
    // What is said in answer waits for the next step.
    for (router::RelayOut& relay : std::exchange(waiting_[from], {})) {
      if (const auto* media = std::get_if<router::MediaRelayed>(&relay.message)) {
        if (lose && lose(relay)) continue;
        for (const auto& packet : media->packets) {
          ++(packet.audio ? audio_crossed : video_crossed)[relay.to.value()];
        }
      }
      at(relay.to.value())
          .world.Relay(ShardId(static_cast<ShardId::rep>(from)), std::move(relay.message));
    }
  }
}

}  // namespace conclave::sim
