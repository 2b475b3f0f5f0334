#include "media/sender_report.h"

namespace conclave::media {

std::optional<wire::SenderInfo> SenderCounters::Report(Instant now, const NtpClock& clock,
                                                       const SlotRewriter& slot) const {
  if (!slot.started()) return std::nullopt;
  return wire::SenderInfo{.ntp_time = clock.At(now),
                          .rtp_timestamp = slot.TimestampAt(now),
                          .packets_sent = packets_,
                          .bytes_sent = bytes_};
}

std::optional<Duration> RoundTrip(Instant now, const NtpClock& clock,
                                  const wire::ReportBlock& block) {
  if (block.last_sr == 0) return std::nullopt;
  const uint32_t units = MiddleNtp(clock.At(now)) - block.delay_since_last_sr - block.last_sr;
  // Rounding of both clocks makes a tiny round trip come out just below zero.
  constexpr uint32_t kRoundingUnits = 65536 / 1000;
  if (0 - units <= kRoundingUnits) return Duration();
  const Duration rtt = Duration::Micros(static_cast<int64_t>(units) * 1'000'000 / 65536);
  if (rtt > kRttMax) return std::nullopt;
  return rtt;
}

}  // namespace conclave::media
