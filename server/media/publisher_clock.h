// From a publisher's clocks to the server's (decisions 20): when a picture or a sound was captured.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/ntp_clock.h"

namespace conclave::media {

// One per publisher, for its audio and video together: whatever error the offset has, both have the
// same, and lip sync stands.
class PublisherClock {
 public:
  // The fastest of the reports of this span tells the offset. Two clocks drift apart by up to 100
  // ppm, 3 ms in that time.
  static constexpr Duration kWindow = Duration::Seconds(30);
  // Reports of eight seconds, at the four a second that two tracks with two layers send.
  static constexpr size_t kSamples = 32;
  // No queue delays a report by so much: the publisher's clock was set back.
  static constexpr Duration kStep = Duration::Seconds(2);

  // A time of zero means that the sender has no wall clock (RFC 3550 section 6.4.1): ignored.
  void OnSenderReport(Instant arrival, NtpTime ntp_time);

  // Capture times carry the path's shortest one-way delay, the same for all tracks of the
  // publisher. nullopt before the first sender report.
  std::optional<Instant> ToServer(NtpTime ntp_time) const;

  // Counts the reports that were taken: what ToServer said before may be better known now.
  uint32_t version() const { return version_; }

  // What was said before of one of its tracks does not hold any more (TrackClock::OnPacket).
  void OnBreak() {
    ++version_;
    ++breaks_;
  }
  uint32_t breaks() const { return breaks_; }

 private:
  struct Sample {
    Instant arrival;
    // Arrival on our clock - NTP time.
    int64_t offset_us = 0;
  };

  std::array<Sample, kSamples> samples_;
  size_t next_ = 0;
  size_t count_ = 0;
  int64_t offset_us_ = 0;
  uint32_t version_ = 0;
  uint32_t breaks_ = 0;
};

// One per track and layer: from RTP timestamps to the publisher's NTP time.
class TrackClock {
 public:
  // Shorter than that are pauses in speech too: without any there is a packet every 400 ms.
  static constexpr Duration kPause = Duration::Millis(500);
  // Beyond what a network delays the first packet after a pause.
  static constexpr Duration kStoodStill = Duration::Millis(150);

  explicit TrackClock(uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // A packet arrived. True: its timestamp has not moved on as time has since the one before, as
  // that of sound in Chromium while the sender has no track. What reports said is wrong by that,
  // and CaptureTime says nothing until the next one.
  [[nodiscard]] bool OnPacket(Instant arrival, uint32_t rtp_timestamp);
  void OnSenderReport(NtpTime ntp_time, uint32_t rtp_timestamp);
  // When the media at `rtp_timestamp` (the source's own) was captured, on the server's clock.
  // nullopt before the first sender report of the track.
  std::optional<Instant> CaptureTime(const PublisherClock& publisher, uint32_t rtp_timestamp) const;

 private:
  uint32_t clock_rate_;
  bool known_ = false;
  NtpTime ntp_time_ = 0;
  uint32_t rtp_timestamp_ = 0;
  // Of the newest packet.
  std::optional<Instant> last_arrival_;
  uint32_t last_timestamp_ = 0;
};

}  // namespace conclave::media
