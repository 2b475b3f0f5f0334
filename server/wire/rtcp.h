// RTCP: a bounded parser of compound packets (RFC 3550 section 6, RFC 4585, RFC 5104, RFC 5506) and
// writers for what we send. TWCC bodies are in wire/twcc.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/byte_writer.h"

namespace conclave::wire {

// A datagram with more blocks is nobody's: browsers send fewer than ten.
inline constexpr size_t kRtcpBlocksMax = 64;
// RFC 3550: the count field has five bits.
inline constexpr size_t kRtcpCountMax = 31;

// A list of fixed-size items that decodes on access. Views point into the parsed bytes.
template <typename Item, size_t kItemBytes, Item (*kDecode)(std::span<const uint8_t>)>
class RtcpList {
 public:
  RtcpList() = default;
  explicit RtcpList(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  size_t size() const { return bytes_.size() / kItemBytes; }
  bool empty() const { return size() == 0; }
  // Requires index < size().
  Item operator[](size_t index) const {
    return kDecode(bytes_.subspan(index * kItemBytes, kItemBytes));
  }

 private:
  std::span<const uint8_t> bytes_;
};

// RFC 3550 section 6.4.1.
struct ReportBlock {
  uint32_t ssrc = 0;
  // In 1/256.
  uint8_t fraction_lost = 0;
  // Signed 24 bits: duplicates make it negative. Writers clamp.
  int32_t cumulative_lost = 0;
  uint32_t highest_sequence = 0;
  // In units of the RTP timestamp.
  uint32_t jitter = 0;
  // The middle 32 bits of the last SR's NTP time, and the delay since in 1/65536 s; 0 where none.
  uint32_t last_sr = 0;
  uint32_t delay_since_last_sr = 0;
  bool operator==(const ReportBlock&) const = default;
};
// A lost sequence number and a bitmap of the sixteen after it (RFC 4585 section 6.2.1).
struct NackItem {
  uint16_t sequence = 0;
  uint16_t following = 0;
  bool operator==(const NackItem&) const = default;
};
struct FirItem {
  uint32_t ssrc = 0;
  uint8_t command_sequence = 0;
  bool operator==(const FirItem&) const = default;
};

ReportBlock DecodeReportBlock(std::span<const uint8_t> bytes);
NackItem DecodeNackItem(std::span<const uint8_t> bytes);
FirItem DecodeFirItem(std::span<const uint8_t> bytes);
uint32_t DecodeSsrc(std::span<const uint8_t> bytes);

using ReportBlocks = RtcpList<ReportBlock, 24, DecodeReportBlock>;
using NackItems = RtcpList<NackItem, 4, DecodeNackItem>;
using FirItems = RtcpList<FirItem, 8, DecodeFirItem>;
using SsrcList = RtcpList<uint32_t, 4, DecodeSsrc>;

struct SenderInfo {
  // Seconds since 1900 in the high 32 bits, the fraction in the low ones.
  uint64_t ntp_time = 0;
  uint32_t rtp_timestamp = 0;
  uint32_t packets_sent = 0;
  uint32_t bytes_sent = 0;
  bool operator==(const SenderInfo&) const = default;
};

struct RtcpSenderReport {
  uint32_t sender_ssrc = 0;
  SenderInfo info;
  ReportBlocks blocks;
};
struct RtcpReceiverReport {
  uint32_t sender_ssrc = 0;
  ReportBlocks blocks;
};
// Of the first chunk that has a CNAME; others are ignored.
struct RtcpSdes {
  uint32_t ssrc = 0;
  std::string_view cname;
};
struct RtcpBye {
  SsrcList ssrcs;
};
struct RtcpNack {
  uint32_t sender_ssrc = 0;
  uint32_t media_ssrc = 0;
  NackItems items;
};
// The body behind the two SSRCs: give it to ParseTwcc.
struct RtcpTwcc {
  uint32_t sender_ssrc = 0;
  uint32_t media_ssrc = 0;
  std::span<const uint8_t> body;
};
// The body behind the sender's SSRC: give it to ParseCcfb.
struct RtcpCcfb {
  uint32_t sender_ssrc = 0;
  std::span<const uint8_t> body;
};
struct RtcpPli {
  uint32_t sender_ssrc = 0;
  uint32_t media_ssrc = 0;
};
struct RtcpFir {
  uint32_t sender_ssrc = 0;
  FirItems items;
};
// draft-alvestrand-rmcat-remb-03. Saturates at 2^63-1.
struct RtcpRemb {
  uint32_t sender_ssrc = 0;
  int64_t bitrate_bps = 0;
  SsrcList ssrcs;
};
// XR, APP, types that we do not know, and known ones whose content makes no sense.
struct RtcpIgnored {
  uint8_t packet_type = 0;
  uint8_t format = 0;
};

using RtcpBlock = std::variant<RtcpIgnored, RtcpSenderReport, RtcpReceiverReport, RtcpSdes, RtcpBye,
                               RtcpNack, RtcpTwcc, RtcpPli, RtcpFir, RtcpRemb, RtcpCcfb>;

// A compound whose framing was checked as a whole (RFC 3550 appendix A.2) before any block is seen.
// `auto c = ParseRtcp(bytes); while (auto block = c->Next()) ...`
class RtcpCompound {
 public:
  std::optional<RtcpBlock> Next();

 private:
  friend std::optional<RtcpCompound> ParseRtcp(std::span<const uint8_t> bytes);
  explicit RtcpCompound(std::span<const uint8_t> rest) : rest_(rest) {}
  std::span<const uint8_t> rest_;
};

// Accepts reduced-size packets (RFC 5506). nullopt: a version, a length or a padding is wrong, or
// there are more than kRtcpBlocksMax.
std::optional<RtcpCompound> ParseRtcp(std::span<const uint8_t> bytes);

// Writes the sequence numbers that a NACK names, in its order, as far as `out` has room; returns
// how many. An item names at most 17.
size_t ExpandNack(const RtcpNack& nack, std::span<uint16_t> out);

// ---- Writers: each appends one block. Overflow is told by out.ok().
// -------------------------------

// Requires <= 31 blocks.
void WriteSenderReport(uint32_t sender_ssrc, const SenderInfo& info,
                       std::span<const ReportBlock> blocks, ByteWriter& out);
void WriteReceiverReport(uint32_t sender_ssrc, std::span<const ReportBlock> blocks,
                         ByteWriter& out);
// Requires cname <= 255 bytes.
void WriteSdesCname(uint32_t ssrc, std::string_view cname, ByteWriter& out);
// Requires <= 31 SSRCs.
void WriteBye(std::span<const uint32_t> ssrcs, ByteWriter& out);
// `lost` in ascending order (modulo 2^16) and not empty; packed into as few items as possible.
void WriteNack(uint32_t sender_ssrc, uint32_t media_ssrc, std::span<const uint16_t> lost,
               ByteWriter& out);
void WritePli(uint32_t sender_ssrc, uint32_t media_ssrc, ByteWriter& out);
void WriteFir(uint32_t sender_ssrc, std::span<const FirItem> items, ByteWriter& out);
// Rounds down to what 18 bits of mantissa carry. Requires <= 255 SSRCs and bitrate_bps >= 0.
void WriteRemb(uint32_t sender_ssrc, int64_t bitrate_bps, std::span<const uint32_t> ssrcs,
               ByteWriter& out);

}  // namespace conclave::wire
