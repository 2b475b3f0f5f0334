// Builds what a slot sends from what a publisher sent: header anew, payload as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "media/send_history.h"
#include "router/commands.h"

namespace conclave::router {

// A plaintext packet in two pieces: the header lies at the beginning of the destination, the
// payload right behind it or (shared with other receivers) in the source packet.
struct WrittenPacket {
  std::span<const uint8_t> header;
  std::span<const uint8_t> payload;
};

// `sent` as a packet of the slot's media stream. CSRC says whose it is. Header extensions are those
// that the slot negotiated: the audio level is passed on, the send time is ours, the rest is
// stripped. nullopt where it does not fit `destination`.
std::optional<WrittenPacket> WriteMedia(const SlotConfig& slot, const media::SentPacket& sent,
                                        std::span<uint8_t> destination);

// The same as a packet of the slot's RTX stream (RFC 4588) with that sequence number.
std::optional<WrittenPacket> WriteRetransmission(const SlotConfig& slot,
                                                 const media::SentPacket& sent,
                                                 uint8_t rtx_payload_type, uint16_t rtx_sequence,
                                                 uint32_t abs_send_time,
                                                 std::span<uint8_t> destination);

// A packet of nothing but padding: fills a sequence number that would stay open for ever.
std::optional<WrittenPacket> WritePadding(const SlotConfig& slot, const media::SlotHeader& header,
                                          uint8_t payload_type, TrackId track,
                                          std::span<uint8_t> destination);

// abs-send-time of `now`: 24 bits of 6.18 fixed-point seconds.
uint32_t AbsSendTime(Instant now);

}  // namespace conclave::router
