#include "media/receive_statistics.h"

#include <algorithm>

namespace conclave::media {
namespace {

// A larger difference of transit times is a jump of the sender's clock, not jitter: ten seconds.
constexpr uint32_t kTransitJumpSeconds = 10;

}  // namespace

void ReceiveStatistics::OnPacket(Instant arrival, int64_t sequence, uint32_t timestamp) {
  if (highest_ < 0) {
    base_ = sequence;
    highest_ = sequence;
  }
  // More than half a cycle at once is SourceSequence's mark of a restart, and not loss.
  if (sequence - highest_ > (1 << 15)) {
    base_ += sequence - highest_ - 1;
  }
  highest_ = std::max(highest_, sequence);
  ++received_;
  UpdateJitter(arrival, timestamp);
}

void ReceiveStatistics::OnSenderReport(Instant arrival, NtpTime ntp_time) {
  last_sr_ = MiddleNtp(ntp_time);
  last_sr_arrival_ = arrival;
}

std::optional<wire::ReportBlock> ReceiveStatistics::TakeBlock(Instant now) {
  if (highest_ < 0) return std::nullopt;
  wire::ReportBlock block = {.ssrc = ssrc_};
  const int64_t expected = highest_ - base_ + 1;
  const auto received = static_cast<int64_t>(received_);
  const int64_t expected_now = expected - expected_before_;
  const int64_t lost_now = expected_now - (received - received_before_);
  expected_before_ = expected;
  received_before_ = received;
  if (expected_now > 0 && lost_now > 0) {
    block.fraction_lost =
        static_cast<uint8_t>(std::min<int64_t>((lost_now << 8) / expected_now, 255));
  }
  // 24 bits, signed.
  block.cumulative_lost =
      static_cast<int32_t>(std::clamp<int64_t>(expected - received, -0x800000, 0x7fffff));
  // SourceSequence starts one cycle up; the field counts cycles from zero.
  block.highest_sequence = static_cast<uint32_t>(highest_ - (1 << 16));
  block.jitter = jitter_16_ >> 4;
  if (last_sr_) {
    block.last_sr = *last_sr_;
    const int64_t delay_us = std::max<int64_t>((now - last_sr_arrival_).us(), 0);
    block.delay_since_last_sr = static_cast<uint32_t>(std::min<int64_t>(
        delay_us / 1'000'000 * 65536 + delay_us % 1'000'000 * 65536 / 1'000'000, UINT32_MAX));
  }
  return block;
}

void ReceiveStatistics::UpdateJitter(Instant arrival, uint32_t timestamp) {
  const auto us = static_cast<uint64_t>(arrival.us());
  const auto arrival_units = static_cast<uint32_t>(us / 1'000'000 * clock_rate_ +
                                                   us % 1'000'000 * clock_rate_ / 1'000'000);
  const uint32_t transit = arrival_units - timestamp;
  const auto difference = static_cast<int32_t>(transit - transit_);
  const uint32_t magnitude =
      difference < 0 ? 0 - static_cast<uint32_t>(difference) : static_cast<uint32_t>(difference);
  transit_ = transit;
  if (received_ == 1 || magnitude > kTransitJumpSeconds * clock_rate_) return;
  jitter_16_ += magnitude - ((jitter_16_ + 8) >> 4);
}

}  // namespace conclave::media
