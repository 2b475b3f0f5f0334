// Sender reports of one receive slot (RFC 3550 section 6.4.1), on the server's clock: a publisher's
// NTP time is never passed on (decisions 20). And the round trip that the answers tell.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/ntp_clock.h"
#include "media/slot_rewriter.h"
#include "wire/rtcp.h"

namespace conclave::media {

// Counts what one SSRC of ours sent.
class SenderCounters {
 public:
  // `payload_bytes` without header and padding.
  void OnSent(size_t payload_bytes) {
    ++packets_;
    bytes_ += static_cast<uint32_t>(payload_bytes);
  }
  uint32_t packets() const { return packets_; }
  uint32_t bytes() const { return bytes_; }

  // The report at `now`; nullopt before the slot's first packet.
  std::optional<wire::SenderInfo> Report(Instant now, const NtpClock& clock,
                                         const SlotRewriter& slot) const;

 private:
  // Both wrap, as RFC 3550 has it.
  uint32_t packets_ = 0;
  uint32_t bytes_ = 0;
};

// The round trip from a report block about a stream of ours; nullopt where it echoes no sender
// report, or nonsense (a negative time, or more than kRttMax).
std::optional<Duration> RoundTrip(Instant now, const NtpClock& clock,
                                  const wire::ReportBlock& block);

// Longer is a lie or a block from another life.
inline constexpr Duration kRttMax = Duration::Seconds(10);

// Smoothed with a gain of 1/8, as in RFC 6298 section 2.
class RttEstimate {
 public:
  // Until the first sample: between continents, rather than so little that repeats come too soon.
  static constexpr Duration kInitial = Duration::Millis(100);

  void OnSample(Duration rtt) {
    rtt_ = known_ ? rtt_ + (rtt - rtt_) / 8 : rtt;
    known_ = true;
  }
  bool known() const { return known_; }
  Duration rtt() const { return known_ ? rtt_ : kInitial; }

 private:
  bool known_ = false;
  Duration rtt_;
};

}  // namespace conclave::media
