#include "media/slot_rewriter.h"

#include <algorithm>

namespace conclave::media {
namespace {

// Powers of two.
constexpr int64_t kLongPictureIds = 1 << 15;
constexpr int64_t kShortPictureIds = 1 << 7;

}  // namespace

SlotRewriter::Start SlotRewriter::RandomStart(Random& random) {
  return {static_cast<uint16_t>(random.Next32() & 0x7fff), random.Next32(),
          static_cast<uint16_t>(random.Next32() & 0x7fff), static_cast<uint8_t>(random.Next32())};
}

SlotRewriter::SlotRewriter(uint32_t clock_rate, const Start& start)
    : clock_rate_(clock_rate),
      sequences_(start.sequence),
      last_timestamp_(start.timestamp),
      picture_ids_(start.picture_id),
      next_tl0_(start.tl0_picture_index) {}

void SlotRewriter::BeginSource() {
  sequences_.End();
  picture_ids_.End();
  tl0_offset_.reset();
}

std::optional<SlotHeader> SlotRewriter::Forward(Instant now, const PacketInfo& packet) {
  if (!sequences_.active()) {
    StartSource(now, packet);
  } else if (packet.sequence - sequences_.newest() > kGapMax) {
    BeginSource();
    sequences_.Insert();
    StartSource(now, packet);
  }
  const bool newest = packet.sequence > sequences_.newest();
  SlotHeader header;
  if (!MapPictureId(newest, packet, header.picture_id)) return std::nullopt;
  const std::optional<int64_t> index = sequences_.Map(packet.sequence);
  if (!index || !sent_.Take(*index)) return std::nullopt;
  header.index = *index;
  MapTl0(newest, packet, header.tl0_picture_index);
  const int64_t timestamp = packet.timestamp + timestamp_offset_;
  header.timestamp = static_cast<uint32_t>(timestamp);
  if (newest && (timestamp != last_timestamp_ || !started_)) {
    last_timestamp_ = timestamp;
    last_time_ = now;
    started_ = true;
  }
  return header;
}

std::optional<SlotHeader> SlotRewriter::Drop(const PacketInfo& packet) {
  if (!sequences_.active()) return std::nullopt;
  // Forward will close so large a gap when the next packet comes.
  if (packet.sequence - sequences_.newest() > kGapMax) return std::nullopt;
  const bool newest = packet.sequence > sequences_.newest();
  const std::optional<int64_t> hole = sequences_.Drop(packet.sequence);
  const bool counts = packet.closes_picture_gaps && packet.picture.picture_id;
  if (newest && picture_ids_.active() && counts) {
    picture_ids_.Drop(UnwrapPictureId(packet.picture));
  }
  if (!hole || !sent_.Take(*hole)) return std::nullopt;
  SlotHeader header = {.index = *hole};
  header.timestamp = static_cast<uint32_t>(packet.timestamp + timestamp_offset_);
  return header;
}

SlotHeader SlotRewriter::Padding() {
  SlotHeader header = {.index = sequences_.Insert()};
  header.timestamp = static_cast<uint32_t>(last_timestamp_);
  sent_.Take(header.index);
  return header;
}

uint32_t SlotRewriter::TimestampAt(Instant now) const {
  return static_cast<uint32_t>(last_timestamp_ + Elapsed(now));
}

void SlotRewriter::StartSource(Instant now, const PacketInfo& packet) {
  sequences_.Begin(packet.sequence);
  // The first source ever begins at the slot's start value.
  const int64_t timestamp =
      started_ ? last_timestamp_ + std::max<int64_t>(Elapsed(now), 1) : last_timestamp_;
  timestamp_offset_ = timestamp - packet.timestamp;
}

int64_t SlotRewriter::Elapsed(Instant now) const {
  if (!started_) return 0;
  const int64_t us = (now - last_time_).us();
  // In two steps: years of microseconds times the clock rate would overflow.
  return us / 1'000'000 * clock_rate_ + us % 1'000'000 * clock_rate_ / 1'000'000;
}

int64_t SlotRewriter::UnwrapPictureId(const wire::PictureFields& picture) const {
  const int64_t cycle = picture.is_long ? kLongPictureIds : kShortPictureIds;
  const int64_t reference = picture_ids_.newest();
  const int64_t ahead = (*picture.picture_id - reference) & (cycle - 1);
  return reference + (ahead < cycle / 2 ? ahead : ahead - cycle);
}

bool SlotRewriter::MapPictureId(bool newest, const PacketInfo& packet, uint16_t& picture_id) {
  if (!packet.picture.picture_id) return true;
  // One cycle up, so that ids of earlier frames stay positive.
  if (!picture_ids_.active()) picture_ids_.Begin(kLongPictureIds + *packet.picture.picture_id);
  int64_t source = UnwrapPictureId(packet.picture);
  // A new packet of an older picture: the encoder has begun anew without a new stream.
  if (newest && source < picture_ids_.newest()) {
    picture_ids_.Begin(source);
  }
  const std::optional<int64_t> mapped = picture_ids_.Map(source);
  if (!mapped) return false;
  picture_id = static_cast<uint16_t>(*mapped & (kLongPictureIds - 1));
  return true;
}

void SlotRewriter::MapTl0(bool newest, const PacketInfo& packet, uint8_t& tl0) {
  if (!packet.picture.tl0_picture_index) return;
  const uint8_t source = *packet.picture.tl0_picture_index;
  if (!tl0_offset_) tl0_offset_ = static_cast<uint8_t>(next_tl0_ - source);
  tl0 = static_cast<uint8_t>(source + *tl0_offset_);
  if (newest) next_tl0_ = static_cast<uint8_t>(tl0 + 1);
}

}  // namespace conclave::media
