#include "wire/ccfb.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "wire/rtcp_types.h"

namespace conclave::wire {
namespace {

constexpr size_t kReportTimeBytes = 4;
constexpr uint16_t kReceived = 0x8000;
constexpr int kEcnShift = 13;
constexpr uint16_t kOffsetMask = 0x1fff;
// Section 3.1: 0x1ffe is "longer ago than fits", 0x1fff "after the report's time, or unknown".
constexpr uint16_t kOffsetTooLong = 0x1ffe;
constexpr int64_t kOffsetsPerSecond = 1024;
constexpr int64_t kSecondUs = 1'000'000;

CcfbStatus Decode(uint32_t ssrc, uint16_t sequence, uint16_t bits) {
  CcfbStatus status{ssrc, sequence, (bits & kReceived) != 0, Ecn::kNotEct, {}};
  // Section 3.1: without R the rest is to be ignored.
  if (!status.received) return status;
  status.ecn = static_cast<Ecn>((bits >> kEcnShift) & 3);
  const uint16_t offset = bits & kOffsetMask;
  if (offset < kOffsetTooLong) {
    status.before_report = Duration::Micros(offset * kSecondUs / kOffsetsPerSecond);
  }
  return status;
}

uint16_t Encode(const CcfbStatus& status) {
  if (!status.received) return 0;
  uint16_t offset = kOffsetMask;
  if (status.before_report) {
    const int64_t us = std::max<int64_t>(0, status.before_report->us());
    const int64_t steps = (us * kOffsetsPerSecond + kSecondUs / 2) / kSecondUs;
    offset = static_cast<uint16_t>(std::min<int64_t>(steps, kOffsetTooLong));
  }
  const auto ecn = static_cast<uint16_t>(status.ecn);
  return static_cast<uint16_t>(kReceived | ecn << kEcnShift | offset);
}

// How many of the leading statuses are one report.
size_t RunLength(std::span<const CcfbStatus> statuses) {
  size_t length = 1;
  while (length < statuses.size() && length < kCcfbReportsMax &&
         statuses[length].ssrc == statuses[0].ssrc &&
         statuses[length].sequence == static_cast<uint16_t>(statuses[length - 1].sequence + 1)) {
    ++length;
  }
  return length;
}

bool ParseReport(ByteReader& reader, std::vector<CcfbStatus>& statuses) {
  const uint32_t ssrc = reader.U32();
  const uint16_t begin = reader.U16();
  const size_t count = reader.U16();
  if (!reader.ok() || count > kCcfbReportsMax || reader.remaining() < 2 * count) return false;
  for (size_t i = 0; i < count; ++i) {
    statuses.push_back(Decode(ssrc, static_cast<uint16_t>(begin + i), reader.U16()));
  }
  if (count % 2 == 1) reader.Skip(2);
  return reader.ok();
}

}  // namespace

std::optional<uint32_t> ParseCcfb(std::span<const uint8_t> body,
                                  std::vector<CcfbStatus>& statuses) {
  const size_t before = statuses.size();
  ByteReader reader(body);
  bool good = body.size() >= kReportTimeBytes;
  while (good && reader.remaining() > kReportTimeBytes) {
    good = ParseReport(reader, statuses) && statuses.size() - before <= kCcfbStatusesMax;
  }
  const uint32_t report_time = reader.U32();
  if (good && reader.ok() && reader.remaining() == 0) return report_time;
  statuses.resize(before);
  return std::nullopt;
}

Duration CcfbTime(uint32_t report_time) {
  return Duration::Micros(static_cast<int64_t>(uint64_t{report_time} * kSecondUs >> 16));
}

void WriteCcfb(uint32_t sender_ssrc, uint32_t report_time, std::span<const CcfbStatus> statuses,
               ByteWriter& out) {
  const size_t start = out.size();
  out.U8(kRtcpVersion << 6 | kFormatCcfb);
  out.U8(kTypeTransportFeedback);
  out.U16(0);
  out.U32(sender_ssrc);
  while (!statuses.empty()) {
    const size_t count = RunLength(statuses);
    out.U32(statuses[0].ssrc);
    out.U16(statuses[0].sequence);
    out.U16(static_cast<uint16_t>(count));
    for (size_t i = 0; i < count; ++i) out.U16(Encode(statuses[i]));
    if (count % 2 == 1) out.U16(0);
    statuses = statuses.subspan(count);
  }
  out.U32(report_time);
  if (out.ok()) out.PatchU16(start + 2, static_cast<uint16_t>((out.size() - start) / 4 - 1));
}

}  // namespace conclave::wire
