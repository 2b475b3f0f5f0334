#include <algorithm>
#include <bit>

#include "base/check.h"
#include "wire/rtcp.h"
#include "wire/rtcp_types.h"

namespace conclave::wire {
namespace {

// RFC 3550 appendix A.3: 24 bits, signed.
constexpr int32_t kLostMax = 0x7fffff;
constexpr int32_t kLostMin = -0x800000;

// `body_bytes` behind the header, a multiple of four.
void WriteHeader(uint8_t packet_type, size_t format, size_t body_bytes, ByteWriter& out) {
  CHECK(format <= kRtcpCountMax && body_bytes % 4 == 0 && body_bytes / 4 <= 0xffff);
  out.U8(static_cast<uint8_t>(kRtcpVersion << 6 | static_cast<int>(format)));
  out.U8(packet_type);
  out.U16(static_cast<uint16_t>(body_bytes / 4));
}

void WriteFeedbackHeader(uint8_t packet_type, uint8_t format, size_t item_bytes,
                         uint32_t sender_ssrc, uint32_t media_ssrc, ByteWriter& out) {
  WriteHeader(packet_type, format, 8 + item_bytes, out);
  out.U32(sender_ssrc);
  out.U32(media_ssrc);
}

void WriteBlocks(std::span<const ReportBlock> blocks, ByteWriter& out) {
  for (const ReportBlock& block : blocks) {
    out.U32(block.ssrc);
    out.U8(block.fraction_lost);
    out.U24(static_cast<uint32_t>(std::clamp(block.cumulative_lost, kLostMin, kLostMax)));
    out.U32(block.highest_sequence);
    out.U32(block.jitter);
    out.U32(block.last_sr);
    out.U32(block.delay_since_last_sr);
  }
}

// Takes from the front of `lost` what one item can name.
NackItem TakeNackItem(std::span<const uint16_t>& lost) {
  NackItem item{lost.front(), 0};
  lost = lost.subspan(1);
  while (!lost.empty()) {
    const auto distance = static_cast<uint16_t>(lost.front() - item.sequence);
    if (distance > 16) break;
    if (distance > 0) item.following |= static_cast<uint16_t>(1 << (distance - 1));
    lost = lost.subspan(1);
  }
  return item;
}

}  // namespace

void WriteSenderReport(uint32_t sender_ssrc, const SenderInfo& info,
                       std::span<const ReportBlock> blocks, ByteWriter& out) {
  WriteHeader(kTypeSenderReport, blocks.size(), 24 + blocks.size() * kReportBlockBytes, out);
  out.U32(sender_ssrc);
  out.U64(info.ntp_time);
  out.U32(info.rtp_timestamp);
  out.U32(info.packets_sent);
  out.U32(info.bytes_sent);
  WriteBlocks(blocks, out);
}

void WriteReceiverReport(uint32_t sender_ssrc, std::span<const ReportBlock> blocks,
                         ByteWriter& out) {
  WriteHeader(kTypeReceiverReport, blocks.size(), 4 + blocks.size() * kReportBlockBytes, out);
  out.U32(sender_ssrc);
  WriteBlocks(blocks, out);
}

void WriteSdesCname(uint32_t ssrc, std::string_view cname, ByteWriter& out) {
  CHECK(cname.size() <= 255);
  // SSRC, item type, length, text, and at least one zero that ends the list.
  const size_t body = (4 + 2 + cname.size() + 1 + 3) / 4 * 4;
  WriteHeader(kTypeSdes, 1, body, out);
  out.U32(ssrc);
  out.U8(kSdesCname);
  out.U8(static_cast<uint8_t>(cname.size()));
  out.Bytes({reinterpret_cast<const uint8_t*>(cname.data()), cname.size()});
  out.Zeros(body - 6 - cname.size());
}

void WriteBye(std::span<const uint32_t> ssrcs, ByteWriter& out) {
  WriteHeader(kTypeBye, ssrcs.size(), ssrcs.size() * 4, out);
  for (const uint32_t ssrc : ssrcs) out.U32(ssrc);
}

void WriteNack(uint32_t sender_ssrc, uint32_t media_ssrc, std::span<const uint16_t> lost,
               ByteWriter& out) {
  CHECK(!lost.empty());
  size_t items = 0;
  for (auto rest = lost; !rest.empty(); ++items) TakeNackItem(rest);
  WriteFeedbackHeader(kTypeTransportFeedback, kFormatNack, items * 4, sender_ssrc, media_ssrc, out);
  while (!lost.empty()) {
    const NackItem item = TakeNackItem(lost);
    out.U16(item.sequence);
    out.U16(item.following);
  }
}

void WritePli(uint32_t sender_ssrc, uint32_t media_ssrc, ByteWriter& out) {
  WriteFeedbackHeader(kTypePayloadFeedback, kFormatPli, 0, sender_ssrc, media_ssrc, out);
}

void WriteFir(uint32_t sender_ssrc, std::span<const FirItem> items, ByteWriter& out) {
  // RFC 5104 section 4.3.1.2: the media SSRC is not used and zero.
  WriteFeedbackHeader(kTypePayloadFeedback, kFormatFir, items.size() * kFirItemBytes, sender_ssrc,
                      0, out);
  for (const FirItem& item : items) {
    out.U32(item.ssrc);
    out.U8(item.command_sequence);
    out.Zeros(3);
  }
}

void WriteRemb(uint32_t sender_ssrc, int64_t bitrate_bps, std::span<const uint32_t> ssrcs,
               ByteWriter& out) {
  CHECK(bitrate_bps >= 0 && ssrcs.size() <= 255);
  constexpr int kMantissaBits = 18;
  const auto width = static_cast<int>(std::bit_width(static_cast<uint64_t>(bitrate_bps)));
  const int exponent = std::max(0, width - kMantissaBits);
  WriteFeedbackHeader(kTypePayloadFeedback, kFormatApplication, 8 + ssrcs.size() * 4, sender_ssrc,
                      0, out);
  out.U32(kRembIdentifier);
  out.U8(static_cast<uint8_t>(ssrcs.size()));
  out.U24(static_cast<uint32_t>(exponent << kMantissaBits | (bitrate_bps >> exponent)));
  for (const uint32_t ssrc : ssrcs) out.U32(ssrc);
}

}  // namespace conclave::wire
