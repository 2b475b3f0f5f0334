// What the shards of one room say to each other: plain values, through mailboxes of their own. A
// packet that another shard's receivers need crosses once, by copy, however many they are; what is
// wanted of it comes back the other way. A track has one shard, its publisher's; the others know it
// as a RemoteTrack.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "media/layer_state.h"
#include "media/packet_pool.h"
#include "media/publisher_clock.h"
#include "router/commands.h"
#include "router/wanted_layers.h"

namespace conclave::router {

// A set of shards: bit i for shard i.
using ShardMask = uint64_t;
inline constexpr size_t kShardsMax = 64;
constexpr ShardMask MaskOf(ShardId shard) { return ShardMask{1} << shard.value(); }

// ---- From a track's shard

// Tracks of a room's members here. A track that was known is another's no longer: it has moved to
// this room.
struct TracksRelayed {
  RoomId room;
  std::vector<TrackConfig> tracks;
};

// The track has left its room.
struct TrackGone {
  RoomId room;
  TrackId track;
};

struct TrackMuteRelayed {
  TrackId track;
  bool muted = false;
};

// What is known of a track's layers: anew when one comes or goes, and every Room::kReviewInterval.
struct TrackStateRelayed {
  TrackId track;
  // Its layers are those of one stream (SourceTrack::scalable).
  bool scalable = false;
  // Of video, as SourceTrack::LayerStates has them.
  std::vector<media::LayerState> layers;
  // When its media was captured, on the clock that all shards share; by encoding.
  media::PublisherClock clock;
  std::vector<media::TrackClock> clocks;
};

// The packets of one batch, in the order in which they came.
struct MediaRelayed {
  struct Packet {
    media::PacketInfo info;
    bool audio = false;
    // The RTP packet follows those before it in `bytes`.
    uint16_t size_bytes = 0;
  };
  std::vector<Packet> packets;
  std::vector<uint8_t> bytes;
};

// ---- To a track's shard

// What the receivers here want of a track; in place of what was said before. Told once at least of
// each track that was relayed.
struct RelayWanted {
  TrackId track;
  // That are to cross. Bit i: the i-th rid.
  uint8_t encodings = 0;
  // That somebody has a use for (WantedLayers), whether they cross yet or not.
  LayerMask layers = 0;
  // Of which a key frame is needed.
  uint8_t key_frames = 0;
};

using RelayMessage = std::variant<TracksRelayed, TrackGone, TrackMuteRelayed, TrackStateRelayed,
                                  MediaRelayed, RelayWanted>;

// A message on its way.
struct RelayOut {
  ShardId to;
  RelayMessage message;
};

// What a shard has to say to others, until whoever drives it takes it.
class RelayOutbox {
 public:
  void Send(ShardId to, RelayMessage message) { messages_.push_back({to, std::move(message)}); }
  void Send(std::span<const ShardId> to, const RelayMessage& message) {
    for (const ShardId shard : to) Send(shard, message);
  }
  // Copies a packet for each of `shards`. Allocates only where no batch's memory is to be had.
  void Add(ShardMask shards, const media::Packet& packet, bool audio);
  // The memory of a batch that was taken in carries one that goes out.
  void Reuse(MediaRelayed&& batch);

  bool empty() const { return messages_.empty() && filled_ == 0; }
  // Appends what is to be sent: messages in the order of Send, then what was added since the last
  // call, a batch for each shard.
  void Take(std::vector<RelayOut>& out);

 private:
  // More than that is not worth keeping: batches go round between shards.
  static constexpr size_t kSpareMax = 16;

  std::vector<RelayOut> messages_;
  // By shard; those of `filled_` are not empty.
  std::vector<MediaRelayed> batches_;
  ShardMask filled_ = 0;
  std::vector<MediaRelayed> spare_;
};

}  // namespace conclave::router
