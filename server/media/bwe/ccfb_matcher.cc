#include "media/bwe/ccfb_matcher.h"

#include <algorithm>

namespace conclave::media {
namespace {

// The peer's clock starts one period up, so that nothing before its first report is below zero.
constexpr Duration kPeriod = Duration::Seconds(65536);

}  // namespace

void CcfbMatcher::OnSent(uint32_t ssrc, uint16_t rtp_sequence, int64_t transport_sequence) {
  if (!streams_.contains(ssrc) && streams_.size() >= kStreamsMax) ForgetOldest();
  Stream& stream = streams_[ssrc];
  if (stream.packets.empty()) stream.packets.resize(kPacketsMax);
  stream.packets[rtp_sequence % kPacketsMax] = {transport_sequence, rtp_sequence};
  stream.newest = transport_sequence;
}

void CcfbMatcher::ForgetOldest() {
  streams_.erase(std::min_element(
      streams_.begin(), streams_.end(),
      [](const auto& a, const auto& b) { return a.second.newest < b.second.newest; }));
}

int64_t CcfbMatcher::Find(const wire::CcfbStatus& status) const {
  const auto it = streams_.find(status.ssrc);
  if (it == streams_.end()) return -1;
  const Sent& sent = it->second.packets[status.sequence % kPacketsMax];
  return sent.rtp_sequence == status.sequence ? sent.transport_sequence : -1;
}

Instant CcfbMatcher::Unwrap(uint32_t report_time) {
  if (!last_report_) {
    last_report_ = Instant() + kPeriod + wire::CcfbTime(report_time);
    last_report_time_ = report_time;
    return *last_report_;
  }
  // Reports may be reordered: half of the period is the past.
  const auto ahead = static_cast<int32_t>(report_time - last_report_time_);
  const auto step = Duration::Micros(int64_t{ahead} * 1'000'000 / 65536);
  const Instant at = *last_report_ + step;
  if (ahead <= 0) return at;
  last_report_ = at;
  last_report_time_ = report_time;
  return at;
}

void CcfbMatcher::OnFeedback(uint32_t report_time, std::span<const wire::CcfbStatus> statuses,
                             FeedbackMatcher& packets, std::vector<PacketResult>& out) {
  const Instant at = Unwrap(report_time);
  const auto first = static_cast<ptrdiff_t>(out.size());
  for (const wire::CcfbStatus& status : statuses) {
    const int64_t sequence = Find(status);
    if (sequence < 0 || (status.received && !status.before_report)) continue;
    const Instant arrival = status.received ? at - *status.before_report : Instant();
    packets.OnReport(sequence, status.received, arrival, status.ecn == wire::Ecn::kCe, out);
  }
  std::sort(out.begin() + first, out.end(), [](const PacketResult& a, const PacketResult& b) {
    return a.packet.sequence < b.packet.sequence;
  });
}

}  // namespace conclave::media
