#include "wire/rtcp.h"

#include <algorithm>
#include <limits>

#include "base/byte_reader.h"
#include "wire/rtcp_types.h"

namespace conclave::wire {
namespace {

using Bytes = std::span<const uint8_t>;

// One block with its header taken off.
struct Frame {
  uint8_t packet_type = 0;
  // The five bits: a count of items or a feedback message type.
  uint8_t format = 0;
  Bytes body;
};

struct Framing {
  Frame frame;
  size_t size_bytes = 0;
};

std::optional<Framing> ParseFraming(Bytes bytes) {
  ByteReader reader(bytes);
  const uint8_t first = reader.U8();
  Framing framing;
  framing.frame.packet_type = reader.U8();
  framing.frame.format = first & 0x1f;
  const size_t size = size_t{reader.U16()} * 4;
  Bytes body = reader.Bytes(size);
  if (!reader.ok() || first >> 6 != kRtcpVersion) return std::nullopt;
  framing.size_bytes = reader.position();
  if ((first & 0x20) != 0) {
    // RFC 3550 section 6.4.1 wants a multiple of four, and in the last block only; libwebrtc fills
    // up each of its transport-wide feedbacks with one to three bytes.
    const size_t padding = body.empty() ? 0 : body.back();
    if (padding == 0 || padding > body.size()) return std::nullopt;
    body = body.first(body.size() - padding);
  }
  framing.frame.body = body;
  return framing;
}

RtcpBlock Ignored(const Frame& frame) { return RtcpIgnored{frame.packet_type, frame.format}; }

RtcpBlock ParseSenderReport(const Frame& frame) {
  ByteReader reader(frame.body);
  RtcpSenderReport report;
  report.sender_ssrc = reader.U32();
  report.info.ntp_time = reader.U64();
  report.info.rtp_timestamp = reader.U32();
  report.info.packets_sent = reader.U32();
  report.info.bytes_sent = reader.U32();
  report.blocks = ReportBlocks(reader.Bytes(frame.format * kReportBlockBytes));
  if (!reader.ok()) return Ignored(frame);
  return report;
}

RtcpBlock ParseReceiverReport(const Frame& frame) {
  ByteReader reader(frame.body);
  RtcpReceiverReport report;
  report.sender_ssrc = reader.U32();
  report.blocks = ReportBlocks(reader.Bytes(frame.format * kReportBlockBytes));
  if (!reader.ok()) return Ignored(frame);
  return report;
}

// RFC 3550 section 6.5: items until a zero, then zeros up to a multiple of four.
RtcpBlock ParseSdes(const Frame& frame) {
  ByteReader reader(frame.body);
  for (int chunk = 0; chunk < frame.format; ++chunk) {
    const uint32_t ssrc = reader.U32();
    while (reader.remaining() > 0) {
      const uint8_t item = reader.U8();
      if (item == 0) break;
      const Bytes text = reader.Bytes(reader.U8());
      if (item == kSdesCname && reader.ok()) {
        return RtcpSdes{ssrc, {reinterpret_cast<const char*>(text.data()), text.size()}};
      }
    }
    reader.Skip((4 - reader.position() % 4) % 4);
  }
  return Ignored(frame);
}

RtcpBlock ParseBye(const Frame& frame) {
  ByteReader reader(frame.body);
  const RtcpBye bye{SsrcList(reader.Bytes(frame.format * size_t{4}))};
  if (!reader.ok()) return Ignored(frame);
  return bye;
}

RtcpBlock ParseTransportFeedback(const Frame& frame) {
  ByteReader reader(frame.body);
  const uint32_t sender_ssrc = reader.U32();
  if (frame.format == kFormatCcfb && reader.ok()) return RtcpCcfb{sender_ssrc, reader.Rest()};
  const uint32_t media_ssrc = reader.U32();
  const Bytes items = reader.Rest();
  if (!reader.ok() || items.empty()) return Ignored(frame);
  if (frame.format == kFormatNack) {
    // Padding may leave less than one item.
    if (items.size() < kNackItemBytes) return Ignored(frame);
    return RtcpNack{sender_ssrc, media_ssrc, NackItems(items)};
  }
  if (frame.format == kFormatTwcc) return RtcpTwcc{sender_ssrc, media_ssrc, items};
  return Ignored(frame);
}

std::optional<RtcpRemb> ParseRemb(uint32_t sender_ssrc, Bytes body) {
  ByteReader reader(body);
  if (reader.U32() != kRembIdentifier) return std::nullopt;
  const size_t count = reader.U8();
  const uint32_t packed = reader.U24();
  const Bytes ssrcs = reader.Bytes(count * 4);
  if (!reader.ok()) return std::nullopt;
  const uint32_t exponent = packed >> 18;
  const int64_t mantissa = packed & 0x3ffff;
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const bool fits = mantissa == 0 || (exponent < 63 && mantissa <= kMax >> exponent);
  const int64_t bitrate = mantissa == 0 ? 0 : fits ? mantissa << exponent : kMax;
  return RtcpRemb{sender_ssrc, bitrate, SsrcList(ssrcs)};
}

RtcpBlock ParsePayloadFeedback(const Frame& frame) {
  ByteReader reader(frame.body);
  const uint32_t sender_ssrc = reader.U32();
  const uint32_t media_ssrc = reader.U32();
  const Bytes rest = reader.Rest();
  if (!reader.ok()) return Ignored(frame);
  if (frame.format == kFormatPli && rest.empty()) return RtcpPli{sender_ssrc, media_ssrc};
  if (frame.format == kFormatFir && !rest.empty() && rest.size() % kFirItemBytes == 0) {
    return RtcpFir{sender_ssrc, FirItems(rest)};
  }
  if (frame.format == kFormatApplication) {
    if (const auto remb = ParseRemb(sender_ssrc, rest)) return *remb;
  }
  return Ignored(frame);
}

}  // namespace

ReportBlock DecodeReportBlock(Bytes bytes) {
  ByteReader reader(bytes);
  ReportBlock block;
  block.ssrc = reader.U32();
  block.fraction_lost = reader.U8();
  // Sign-extends 24 bits.
  block.cumulative_lost = static_cast<int32_t>(reader.U24() << 8) >> 8;
  block.highest_sequence = reader.U32();
  block.jitter = reader.U32();
  block.last_sr = reader.U32();
  block.delay_since_last_sr = reader.U32();
  return block;
}

NackItem DecodeNackItem(Bytes bytes) {
  ByteReader reader(bytes);
  const uint16_t sequence = reader.U16();
  return {sequence, reader.U16()};
}

FirItem DecodeFirItem(Bytes bytes) {
  ByteReader reader(bytes);
  const uint32_t ssrc = reader.U32();
  return {ssrc, reader.U8()};
}

uint32_t DecodeSsrc(Bytes bytes) { return ByteReader(bytes).U32(); }

std::optional<RtcpCompound> ParseRtcp(Bytes bytes) {
  if (bytes.empty()) return std::nullopt;
  Bytes rest = bytes;
  for (size_t blocks = 0; !rest.empty(); ++blocks) {
    const auto framing = ParseFraming(rest);
    if (!framing || blocks == kRtcpBlocksMax) return std::nullopt;
    rest = rest.subspan(framing->size_bytes);
  }
  return RtcpCompound(bytes);
}

std::optional<RtcpBlock> RtcpCompound::Next() {
  if (rest_.empty()) return std::nullopt;
  // ParseRtcp has seen that this succeeds.
  const auto framing = ParseFraming(rest_);
  if (!framing) return std::nullopt;
  rest_ = rest_.subspan(framing->size_bytes);
  switch (framing->frame.packet_type) {
    case kTypeSenderReport:
      return ParseSenderReport(framing->frame);
    case kTypeReceiverReport:
      return ParseReceiverReport(framing->frame);
    case kTypeSdes:
      return ParseSdes(framing->frame);
    case kTypeBye:
      return ParseBye(framing->frame);
    case kTypeTransportFeedback:
      return ParseTransportFeedback(framing->frame);
    case kTypePayloadFeedback:
      return ParsePayloadFeedback(framing->frame);
    default:
      return Ignored(framing->frame);
  }
}

size_t ExpandNack(const RtcpNack& nack, std::span<uint16_t> out) {
  size_t count = 0;
  for (size_t i = 0; i < nack.items.size(); ++i) {
    const NackItem item = nack.items[i];
    // Bit 0 is the number itself, bit k the one k after it.
    const uint32_t bits = uint32_t{item.following} << 1 | 1;
    for (uint16_t k = 0; k <= 16; ++k) {
      if ((bits >> k & 1) == 0) continue;
      if (count == out.size()) return count;
      out[count++] = static_cast<uint16_t>(item.sequence + k);
    }
  }
  return count;
}

}  // namespace conclave::wire
