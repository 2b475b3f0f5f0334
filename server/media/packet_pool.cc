#include "media/packet_pool.h"

#include <algorithm>
#include <new>

namespace conclave::media {

PacketPool::PacketPool(size_t capacity) : capacity_(capacity) { MakeStorage(); }

PacketPool::~PacketPool() {
  // A reference that outlives its pool would write into freed memory later, far from the cause.
  CHECK(in_use_ == 0);
}

void PacketPool::MakeStorage() {
  // First back, so that both are never there at once.
  storage_.reset();
  const size_t size = capacity_ * Stride(kSizes.back()) + kCacheLine;
  storage_ = std::make_unique_for_overwrite<std::byte[]>(size);
  const auto address = reinterpret_cast<uintptr_t>(storage_.get());
  begin_ = storage_.get() + (kCacheLine - address % kCacheLine) % kCacheLine;
  touched_ = 0;
  free_ = {};
}

std::optional<PacketRef> PacketPool::Allocate(size_t bytes) {
  size_t size_class = 0;
  while (kSizes[size_class] < bytes && size_class + 1 < kSizes.size()) ++size_class;
  Packet* packet = in_use_ < capacity_ ? TakeFree(size_class) : nullptr;
  if (!packet) {
    ++exhausted_;
    return std::nullopt;
  }
  ++in_use_;
  return PacketRef(packet);
}

Packet* PacketPool::TakeFree(size_t size_class) {
  if (!free_[size_class]) {
    if (Packet* packet = Carve(size_class)) return packet;
    // All memory has become packets of other sizes.
    while (!free_[size_class]) {
      if (++size_class == kSizes.size()) return nullptr;
    }
  }
  // The packet that was freed last is the one most likely to be still in the cache.
  Packet* packet = free_[size_class];
  free_[size_class] = packet->next_free;
  packet->info = {};
  packet->size_bytes = 0;
  return packet;
}

Packet* PacketPool::Carve(size_t size_class) {
  const size_t stride = Stride(kSizes[size_class]);
  if (touched_ + stride > capacity_ * Stride(kSizes.back())) return nullptr;
  std::byte* at = begin_ + touched_;
  touched_ += stride;
  auto* bytes = reinterpret_cast<uint8_t*>(at + sizeof(Packet));
  return new (at)
      Packet(*this, static_cast<uint8_t>(size_class), std::span(bytes, stride - sizeof(Packet)));
}

}  // namespace conclave::media
