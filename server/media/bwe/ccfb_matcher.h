// Joins RFC 8888 feedback with what was sent: it names packets by SSRC and RTP sequence number
// rather than by transport-wide number.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "media/bwe/feedback_matcher.h"
#include "wire/ccfb.h"

namespace conclave::media {

// One per transport, beside the FeedbackMatcher that knows the packets.
class CcfbMatcher {
 public:
  // Of each stream, the newest packets: 4 s of full ones at 6 Mbps.
  static constexpr size_t kPacketsMax = 2048;
  // Streams to one peer; beyond that the one that was silent for longest is forgotten.
  static constexpr size_t kStreamsMax = 64;

  // `transport_sequence` is that of the SentPacket.
  void OnSent(uint32_t ssrc, uint16_t rtp_sequence, int64_t transport_sequence);

  // Appends a result for each packet that `statuses` newly reports, in the order of sending.
  // `report_time` is as ParseCcfb gave it. Packets that nobody sent, and arrivals without a time,
  // are left out.
  void OnFeedback(uint32_t report_time, std::span<const wire::CcfbStatus> statuses,
                  FeedbackMatcher& packets, std::vector<PacketResult>& out);

 private:
  struct Sent {
    int64_t transport_sequence = -1;
    uint16_t rtp_sequence = 0;
  };
  struct Stream {
    std::vector<Sent> packets;
    int64_t newest = -1;
  };

  void ForgetOldest();
  int64_t Find(const wire::CcfbStatus& status) const;
  Instant Unwrap(uint32_t report_time);

  std::map<uint32_t, Stream> streams_;
  std::optional<Instant> last_report_;
  uint32_t last_report_time_ = 0;
};

}  // namespace conclave::media
