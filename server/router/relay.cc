#include "router/relay.h"

#include <bit>
#include <utility>

namespace conclave::router {
namespace {

// In a batch of one moment.
constexpr size_t kPacketsGuess = 16;

}  // namespace

void RelayOutbox::Add(ShardMask shards, const media::Packet& packet, bool audio) {
  for (; shards != 0; shards &= shards - 1) {
    const auto shard = static_cast<size_t>(std::countr_zero(shards));
    if (shard >= batches_.size()) batches_.resize(shard + 1);
    MediaRelayed& batch = batches_[shard];
    if ((filled_ >> shard & 1) == 0 && batch.bytes.capacity() == 0 && !spare_.empty()) {
      batch = std::move(spare_.back());
      spare_.pop_back();
    } else if (batch.bytes.capacity() == 0) {
      batch.packets.reserve(kPacketsGuess);
      batch.bytes.reserve(kPacketsGuess * kMaxDatagramBytes);
    }
    filled_ |= ShardMask{1} << shard;
    batch.packets.push_back({packet.info, audio, packet.size_bytes});
    const auto bytes = packet.bytes.first(packet.size_bytes);
    batch.bytes.insert(batch.bytes.end(), bytes.begin(), bytes.end());
  }
}

void RelayOutbox::Reuse(MediaRelayed&& batch) {
  if (spare_.size() >= kSpareMax) return;
  batch.packets.clear();
  batch.bytes.clear();
  spare_.push_back(std::move(batch));
}

void RelayOutbox::Take(std::vector<RelayOut>& out) {
  for (RelayOut& message : messages_) out.push_back(std::move(message));
  messages_.clear();
  for (; filled_ != 0; filled_ &= filled_ - 1) {
    const auto shard = static_cast<size_t>(std::countr_zero(filled_));
    out.push_back({ShardId(static_cast<ShardId::rep>(shard)),
                   std::exchange(batches_[shard], MediaRelayed())});
  }
}

}  // namespace conclave::router
