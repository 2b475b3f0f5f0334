// Builds what a slot sends from what a publisher sent: header anew, payload as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "media/repeat_queue.h"
#include "media/send_history.h"
#include "router/commands.h"

namespace conclave::router {

// What a packet carries of the moment in which it leaves; each only where the slot negotiated it.
struct SendStamp {
  // 24 bits (AbsSendTime).
  uint32_t abs_send_time = 0;
  // The low bits of the transport-wide number.
  uint16_t transport_sequence = 0;
};

// A plaintext packet in two pieces: the header lies at the beginning of the destination, the
// payload right behind it or (shared with other receivers, and good until the packet is written for
// another) in the source packet.
struct WrittenPacket {
  std::span<const uint8_t> header;
  std::span<const uint8_t> payload;
};

// `sent` as a packet of the slot's media stream. CSRC says whose it is. Header extensions are those
// that the slot negotiated: the audio level is passed on, the dependency descriptor is rewritten
// (where `sent` has one), the send time is ours, the rest is stripped; the transport-wide number is
// `sent`'s. nullopt where it does not fit `destination`.
std::optional<WrittenPacket> WriteMedia(const SlotConfig& slot, const media::SlotPacket& sent,
                                        std::span<uint8_t> destination);

// The same with `blocks` (at least one) before its own frame (RFC 2198), for a slot that takes
// such.
std::optional<WrittenPacket> WriteRedundant(const SlotConfig& slot, const media::SlotPacket& sent,
                                            std::span<const media::RepeatQueue::Block> blocks,
                                            std::span<uint8_t> destination);

// `written` with so much padding behind its payload (RFC 3550 section 5.1; at least a byte, the
// count included), which then lies behind the header. nullopt where it does not fit.
std::optional<WrittenPacket> AddPadding(const WrittenPacket& written, uint8_t padding_bytes,
                                        std::span<uint8_t> destination);

// The same as a packet of the slot's RTX stream (RFC 4588) with that sequence number.
std::optional<WrittenPacket> WriteRetransmission(const SlotConfig& slot,
                                                 const media::SlotPacket& sent,
                                                 uint8_t rtx_payload_type, uint16_t rtx_sequence,
                                                 const SendStamp& stamp,
                                                 std::span<uint8_t> destination);

// A packet of nothing but padding: fills a sequence number that would stay open for ever.
// It is numbered as all others are: a number that is used up and never seen would look like loss.
// Of `sent` the header, the padding (at least a byte) and the moment count.
std::optional<WrittenPacket> WritePadding(const SlotConfig& slot, const media::SlotPacket& sent,
                                          TrackId track, std::span<uint8_t> destination);

// A packet of the slot's RTX stream that carries nothing, to measure the path with: padding bytes
// alone, for which no number of the media stream is used up.
std::optional<WrittenPacket> WriteProbe(const SlotConfig& slot, uint8_t rtx_payload_type,
                                        uint16_t rtx_sequence, TrackId track, uint8_t padding_bytes,
                                        const SendStamp& stamp, std::span<uint8_t> destination);

// abs-send-time of `now`: 24 bits of 6.18 fixed-point seconds.
uint32_t AbsSendTime(Instant now);

}  // namespace conclave::router
