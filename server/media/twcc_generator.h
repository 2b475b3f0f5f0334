// Transport-wide feedback to one publisher: which of its packets came, and when
// (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_writer.h"
#include "base/data_rate.h"
#include "base/sequence_numbers.h"
#include "base/time.h"
#include "wire/twcc.h"

namespace conclave::media {

// One per publisher's transport. Allocates only at a new record of packets in one feedback.
class TwccGenerator {
 public:
  // Feedback is to take 5 % of what it reports on, as libwebrtc has it: at 40 + 20 bytes per
  // feedback that is every 50 ms from 200 kbps on. Slower than 100 ms, congestion control is late.
  static constexpr Duration kIntervalMin = Duration::Millis(50);
  static constexpr Duration kIntervalMax = Duration::Millis(100);
  static constexpr DataRate kFastRate = DataRate::Kbps(200);
  // Twice the packets of 100 ms at 50 Mbps. When a flood fills it, feedback goes out at once.
  static constexpr int64_t kWindow = 1024;

  // A packet of `size_bytes` with that transport-wide number was received at `arrival`.
  void OnPacket(Instant arrival, uint16_t sequence, size_t size_bytes);

  // True where feedback is due: call Write until it returns 0, with room for a packet each time.
  bool OnDeadline(Instant now);
  Instant NextDeadline() const { return next_deadline_; }

  // Appends one feedback block; returns the packets reported, 0 where nothing is left to report or
  // not even one packet fits. `media_ssrc`: any SSRC of the publisher; browsers ignore feedback for
  // SSRC 0.
  size_t Write(uint32_t sender_ssrc, uint32_t media_ssrc, ByteWriter& out);

 private:
  // 100 ms at a megabit, and three times as much for what comes late.
  static constexpr size_t kFirstWindow = 64;

  struct Arrival {
    int64_t sequence = -1;
    Instant at;
  };

  int64_t window() const { return static_cast<int64_t>(arrivals_.size()); }
  Arrival& At(int64_t sequence) {
    return arrivals_[static_cast<size_t>(sequence) & (arrivals_.size() - 1)];
  }
  void MakeRoom(int64_t highest);
  size_t Collect(std::span<wire::TwccArrival> out);

  SeqUnwrapper unwrapper_;
  // Its size is a power of two (or none), kWindow at most.
  std::vector<Arrival> arrivals_;
  // Where the next feedback begins; unset before the first packet.
  std::optional<int64_t> next_to_report_;
  int64_t highest_ = -1;
  uint8_t feedback_count_ = 0;
  // Something arrived that was not reported yet.
  bool pending_ = false;
  Instant next_deadline_ = Instant::Never();
  Instant last_feedback_;
  Duration interval_ = kIntervalMin;
  int64_t bytes_since_feedback_ = 0;
};

}  // namespace conclave::media
