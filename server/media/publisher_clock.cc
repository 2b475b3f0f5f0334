#include "media/publisher_clock.h"

#include <algorithm>
#include <utility>

namespace conclave::media {

void PublisherClock::OnSenderReport(Instant arrival, NtpTime ntp_time) {
  if (ntp_time == 0) return;
  ++version_;
  const Sample sample = {arrival, arrival.us() - MicrosFromNtp(ntp_time)};
  if (count_ > 0 && sample.offset_us - offset_us_ > kStep.us()) count_ = 0;
  if (count_ == 0) next_ = 0;
  samples_[next_] = sample;
  next_ = (next_ + 1) % kSamples;
  count_ = std::min(count_ + 1, kSamples);
  offset_us_ = sample.offset_us;
  for (size_t i = 0; i < count_; ++i) {
    if (arrival - samples_[i].arrival > kWindow) continue;
    offset_us_ = std::min(offset_us_, samples_[i].offset_us);
  }
}

std::optional<Instant> PublisherClock::ToServer(NtpTime ntp_time) const {
  if (count_ == 0) return std::nullopt;
  return Instant::FromMicros(MicrosFromNtp(ntp_time) + offset_us_);
}

bool TrackClock::OnPacket(Instant arrival, uint32_t rtp_timestamp) {
  const auto ticks = static_cast<int32_t>(rtp_timestamp - last_timestamp_);
  const Duration passed = arrival - last_arrival_.value_or(arrival);
  last_arrival_ = arrival;
  last_timestamp_ = rtp_timestamp;
  if (passed < kPause) return false;
  const Duration moved = Duration::Micros(int64_t{ticks} * 1'000'000 / clock_rate_);
  return passed - moved > kStoodStill && std::exchange(known_, false);
}

void TrackClock::OnSenderReport(NtpTime ntp_time, uint32_t rtp_timestamp) {
  if (ntp_time == 0) return;
  known_ = true;
  ntp_time_ = ntp_time;
  rtp_timestamp_ = rtp_timestamp;
}

std::optional<Instant> TrackClock::CaptureTime(const PublisherClock& publisher,
                                               uint32_t rtp_timestamp) const {
  if (!known_) return std::nullopt;
  const std::optional<Instant> report = publisher.ToServer(ntp_time_);
  if (!report) return std::nullopt;
  const auto ticks = static_cast<int32_t>(rtp_timestamp - rtp_timestamp_);
  return *report + Duration::Micros(int64_t{ticks} * 1'000'000 / clock_rate_);
}

}  // namespace conclave::media
