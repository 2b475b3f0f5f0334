// Where every source packet lives: decrypted once, parsed once, then shared by reference among the
// receivers' send queues and retransmission histories. One thread owns a pool and its references.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/datagram.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/frame_facts.h"
#include "wire/picture_id.h"
#include "wire/rtp_extensions.h"

namespace conclave::media {

// What is parsed of a source packet, once, on arrival. Whoever fills a packet fills all of it.
struct PacketInfo {
  // When the datagram came in, on the server's clock.
  Instant arrival;
  TrackId track;
  // The simulcast encoding, counted from the lowest: 0 where there is one only.
  uint8_t layer = 0;
  // As the publisher numbers it.
  uint8_t payload_type = 0;
  bool marker = false;
  // Unwrapped per SSRC (media/source_sequence.h for the first).
  int64_t sequence = 0;
  int64_t timestamp = 0;
  // Where the payload lies in the packet's bytes; padding is not part of it.
  uint16_t payload_offset = 0;
  uint16_t payload_bytes = 0;
  FrameFacts frame;
  // Of VP8 and VP9 payloads: what a receive slot rewrites.
  wire::PictureFields picture;
  // Left-out pictures of VP8 leave no gap in its ids; VP9's other numbers refer to them.
  bool closes_picture_gaps = false;
  // Where the packet carries one that can be understood.
  std::optional<SourceDescriptor> descriptor;
  // RFC 6464, where the packet carries it.
  std::optional<wire::AudioLevelValue> audio_level;
};

class PacketPool;

// One pooled packet. Only the pool makes it; PacketRef reaches it.
struct Packet {
  PacketInfo info;
  // The plaintext RTP packet: the first `size_bytes` of `bytes`.
  uint16_t size_bytes = 0;
  // As long as was asked for, or longer.
  const std::span<uint8_t> bytes;

  // The picture's numbers in it (info.picture) are what was written there last.
  std::span<const uint8_t> payload() const { return mutable_payload(); }
  // The same for who writes the picture's numbers as one receiver is to see them: it is encrypted
  // for that receiver before it is written for the next, which is cheaper than a copy for each.
  std::span<uint8_t> mutable_payload() const {
    return bytes.subspan(info.payload_offset, info.payload_bytes);
  }

 private:
  friend class PacketPool;
  friend class PacketRef;
  Packet(PacketPool& owner, uint8_t of_size, std::span<uint8_t> storage)
      : bytes(storage), pool(&owner), size_class(of_size) {}

  PacketPool* pool;
  Packet* next_free = nullptr;
  uint32_t references = 0;
  // Index into PacketPool's.
  uint8_t size_class;
};

// A counted reference; the packet goes back to its pool with the last one. The count is not atomic:
// references never leave the thread of their pool. A packet is written to only before it is shared,
// but for the numbers of its picture.
class PacketRef {
 public:
  PacketRef() = default;
  PacketRef(const PacketRef& other) : packet_(other.packet_) {
    if (packet_) ++packet_->references;
  }
  PacketRef(PacketRef&& other) noexcept : packet_(std::exchange(other.packet_, nullptr)) {}
  PacketRef& operator=(PacketRef other) noexcept {
    std::swap(packet_, other.packet_);
    return *this;
  }
  ~PacketRef() { Reset(); }

  void Reset();
  explicit operator bool() const { return packet_ != nullptr; }
  // Require a packet.
  Packet& operator*() const { return *packet_; }
  Packet* operator->() const { return packet_; }
  bool operator==(const PacketRef&) const = default;

 private:
  friend class PacketPool;
  explicit PacketRef(Packet* packet) : packet_(packet) { ++packet_->references; }
  Packet* packet_ = nullptr;
};

// Packets of a few sizes in one piece of memory, which is given back when no packet is in use any
// more; else allocates nothing after construction. Memory that was never needed stays untouched, so
// that an idle server does not pay for the pool's capacity. Outlives every reference.
class PacketPool {
 public:
  // `capacity` in packets, whatever their size.
  explicit PacketPool(size_t capacity);
  ~PacketPool();
  PacketPool(const PacketPool&) = delete;
  PacketPool& operator=(const PacketPool&) = delete;

  // A packet with default info, size 0 and at least `bytes` unspecified bytes, kMaxDatagramBytes at
  // most; nullopt (and counted) when all are in use: the caller drops the datagram, or first makes
  // histories give up their oldest.
  std::optional<PacketRef> Allocate(size_t bytes = kMaxDatagramBytes);

  size_t capacity() const { return capacity_; }
  size_t in_use() const { return in_use_; }
  // So much memory has been needed since no packet was in use.
  size_t touched_bytes() const { return touched_; }
  // How often Allocate had nothing to give.
  uint64_t exhausted() const { return exhausted_; }

 private:
  friend class PacketRef;
  // Silence and voices; thumbnails' frames; frames' ends; what libwebrtc fills packets up to; all.
  static constexpr std::array<size_t, 5> kSizes = {128, 448, 832, 1216, kMaxDatagramBytes};
  // One call's worth stays when nothing is in use.
  static constexpr size_t kKeptBytes = 1 << 20;
  static constexpr size_t kCacheLine = 64;
  // A packet with what is before its bytes.
  static constexpr size_t Stride(size_t bytes) {
    return (sizeof(Packet) + bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
  }

  Packet* TakeFree(size_t size_class);
  Packet* Carve(size_t size_class);
  void MakeStorage();
  void Release(Packet* packet) {
    Packet*& free = free_[packet->size_class];
    packet->next_free = free;
    free = packet;
    if (--in_use_ == 0 && touched_ > kKeptBytes) MakeStorage();
  }

  const size_t capacity_;
  std::unique_ptr<std::byte[]> storage_;
  // Of storage_, on a cache line.
  std::byte* begin_ = nullptr;
  // The first bytes have been made packets; the others are raw memory.
  size_t touched_ = 0;
  // By size.
  std::array<Packet*, kSizes.size()> free_{};
  size_t in_use_ = 0;
  uint64_t exhausted_ = 0;
};

inline void PacketRef::Reset() {
  if (packet_ && --packet_->references == 0) packet_->pool->Release(packet_);
  packet_ = nullptr;
}

}  // namespace conclave::media
