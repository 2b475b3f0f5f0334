// What a receiver report says of one received SSRC (RFC 3550 appendices A.3 and A.8).
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "media/ntp_clock.h"
#include "wire/rtcp.h"

namespace conclave::media {

// One per SSRC. Originals only: retransmissions have an SSRC and a report of their own.
class ReceiveStatistics {
 public:
  // `clock_rate` of the RTP timestamps in Hz.
  ReceiveStatistics(uint32_t ssrc, uint32_t clock_rate) : ssrc_(ssrc), clock_rate_(clock_rate) {}

  // `sequence` from SourceSequence.
  void OnPacket(Instant arrival, int64_t sequence, uint32_t timestamp);
  // A sender report of this SSRC arrived.
  void OnSenderReport(Instant arrival, NtpTime ntp_time);

  // The block for the next report; starts a new interval for the fraction lost. nullopt before the
  // first packet.
  std::optional<wire::ReportBlock> TakeBlock(Instant now);

  uint64_t packets() const { return received_; }
  // Those that came and those that are missing; zero before the first.
  int64_t expected() const { return highest_ < 0 ? 0 : highest_ - base_ + 1; }

 private:
  void UpdateJitter(Instant arrival, uint32_t timestamp);

  uint32_t ssrc_;
  uint32_t clock_rate_;
  int64_t base_ = 0;
  int64_t highest_ = -1;
  uint64_t received_ = 0;
  int64_t expected_before_ = 0;
  int64_t received_before_ = 0;
  // In 1/16 of a timestamp unit, as A.8 keeps it.
  uint32_t jitter_16_ = 0;
  uint32_t transit_ = 0;
  std::optional<uint32_t> last_sr_;
  Instant last_sr_arrival_;
};

}  // namespace conclave::media
