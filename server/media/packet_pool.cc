#include "media/packet_pool.h"

#include <new>

namespace conclave::media {

PacketPool::PacketPool(size_t capacity)
    : capacity_(capacity), storage_(std::make_unique_for_overwrite<Storage[]>(capacity)) {}

PacketPool::~PacketPool() {
  // A reference that outlives its pool would write into freed memory later, far from the cause.
  CHECK(in_use_ == 0);
}

std::optional<PacketRef> PacketPool::Allocate() {
  Packet* packet = TakeFree();
  if (!packet) {
    ++exhausted_;
    return std::nullopt;
  }
  ++in_use_;
  return PacketRef(packet);
}

Packet* PacketPool::TakeFree() {
  // The packet that was freed last is the one most likely to be still in the cache.
  if (Packet* packet = free_) {
    free_ = packet->next_free;
    packet->info = {};
    packet->size_bytes = 0;
    return packet;
  }
  if (constructed_ == capacity_) return nullptr;
  return new (&storage_[constructed_++]) Packet(*this);
}

}  // namespace conclave::media
