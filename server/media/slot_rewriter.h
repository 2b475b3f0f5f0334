// The continuity of one receive slot (decisions 19): whatever sources it carries one after another,
// the receiver sees one stream.
#pragma once

#include <cstdint>
#include <optional>

#include "base/random.h"
#include "base/time.h"
#include "media/offset_map.h"
#include "media/packet_pool.h"
#include "media/sequence_window.h"

namespace conclave::media {

// What the slot's packet has in place of the source's numbers.
struct SlotHeader {
  // The unwrapped output sequence number: its low 16 bits are sent, the others are the rollover
  // counter of SRTP. No value is ever given out twice.
  int64_t index = 0;
  uint32_t timestamp = 0;
  // 15 bits. With tl0_picture_index meaningful only where the source packet carries the
  // field: for wire::RewritePicture.
  uint16_t picture_id = 0;
  uint8_t tl0_picture_index = 0;

  uint16_t sequence() const { return static_cast<uint16_t>(index); }
  bool operator==(const SlotHeader&) const = default;
};

// * Sequence numbers are contiguous over switches. Inside one source its own gaps stay, so that
// loss
//   stays visible to the receiver and late packets have their place; numbers that we leave out
//   (Drop) close up.
// * The timestamp follows the source's inside one source. A new source goes on at the slot's last
//   one + elapsed server time, at least one tick later.
// * Picture ids and TL0 indices of VP8 are continuous in the same way. Those of VP9 go on over
//   switches too, but left-out pictures leave gaps, because others refer to them by difference.
// The payload type is the caller's to map. After Forward returned nullopt nothing is sent.
class SlotRewriter {
 public:
  // A larger gap inside a source is not worth repairing (the NACK list ends there too). It is
  // closed but for one number, which tells the receiver that something is missing; and a hostile
  // source cannot push the receivers' SRTP rollover counters out of step by huge jumps.
  static constexpr int64_t kGapMax = 512;

  struct Start {
    uint16_t sequence = 0;
    uint32_t timestamp = 0;
    uint16_t picture_id = 0;
    uint8_t tl0_picture_index = 0;
  };
  // RFC 3550 section 5.1: random; the sequence number below 2^15, so that losing the first packets
  // leaves no doubt about SRTP's rollover counter (RFC 3711 section 3.3.1).
  static Start RandomStart(Random& random);

  // `clock_rate` in Hz, of all that the slot will carry (video 90000, Opus 48000).
  SlotRewriter(uint32_t clock_rate, const Start& start);

  // The next packet forwarded begins another source, or resumes after a pause. Until then, and for
  // packets from before it, Forward and Drop of the old source's packets must not be called.
  void BeginSource();

  // nullopt: from before the switch, a repeat, dropped before, or too late to have a place.
  std::optional<SlotHeader> Forward(Instant now, const PacketInfo& packet);
  // The packet is left out on purpose (a temporal layer that is not wanted). Whole frames only, but
  // may be called for each of their packets. Returns a number if later ones were sent already: a
  // hole, for which the receiver will ask in vain unless the caller fills it with padding.
  std::optional<SlotHeader> Drop(const PacketInfo& packet);
  // Whether the number lies ahead of all that came of the current source.
  bool IsNewest(int64_t sequence) const {
    return !sequences_.active() || sequence > sequences_.newest();
  }
  // Whether a later packet of the source was forwarded or dropped.
  bool Passed(const PacketInfo& packet) const {
    return sequences_.active() && packet.sequence < sequences_.newest();
  }
  // The next number for a padding-only packet, which repeats the last timestamp.
  SlotHeader Padding();

  // The slot's clock: the last timestamp + the time elapsed since (for sender reports).
  uint32_t TimestampAt(Instant now) const;
  // Whether anything was ever forwarded: until then TimestampAt means nothing.
  bool started() const { return started_; }

 private:
  void StartSource(Instant now, const PacketInfo& packet);
  int64_t Elapsed(Instant now) const;
  int64_t UnwrapPictureId(const wire::PictureFields& picture) const;
  bool MapPictureId(bool newest, const PacketInfo& packet, uint16_t& picture_id);
  void MapTl0(bool newest, const PacketInfo& packet, uint8_t& tl0);

  uint32_t clock_rate_;
  bool started_ = false;

  OffsetMap sequences_;
  SequenceWindow sent_;

  // Of the newest packet forwarded, as sent: where the slot's clock stood at `last_time_`.
  int64_t last_timestamp_;
  Instant last_time_;
  int64_t timestamp_offset_ = 0;

  OffsetMap picture_ids_;
  uint8_t next_tl0_;
  // Unset until the current source sent one.
  std::optional<uint8_t> tl0_offset_;
};

}  // namespace conclave::media
