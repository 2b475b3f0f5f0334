// Asks a publisher again for what is missing of one of its SSRCs (RFC 4585 section 6.2.1). Not made
// for streams that do not negotiate NACK, such as Firefox's audio.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace conclave::media {

// Allocates only while its list grows to a new record, at most to kMissingMax.
class NackGenerator {
 public:
  // More are never missing at once: a burst of that size is a dead path, and a key frame is
  // cheaper.
  static constexpr size_t kMissingMax = 512;
  // A packet overtaken on the way arrives within a few milliseconds; asking sooner wastes uplink.
  static constexpr Duration kReorderWait = Duration::Millis(10);
  // A retry cannot be judged before the answer to the last one had time to arrive; below this, the
  // sender's own batching and pacing are the larger part.
  static constexpr Duration kRetryMin = Duration::Millis(20);
  // As libwebrtc has it. At 20 % loss both ways, one packet in 27,000 is still missing after ten.
  static constexpr uint8_t kRetriesMax = 10;
  // Later, no jitter buffer waits for it (SendHistory::kNackAgeMax is the same, downstream).
  static constexpr Duration kAgeMax = Duration::Seconds(1);

  // `sequence` unwrapped; originals and retransmissions alike. `key_frame`: the packet begins one,
  // so that what is missing before it is not needed any more.
  void OnPacket(Instant now, int64_t sequence, bool key_frame);

  // Appends what is to be asked for now, ascending. No number is repeated sooner than after `rtt`
  // to the publisher, or after what its answers take where that is longer: of who receives nothing,
  // nothing else tells how far away it is.
  void OnDeadline(Instant now, Duration rtt, std::vector<uint16_t>& out);
  Instant NextDeadline() const;

  // Whether something was given up that a decoder needs; reading it clears it. The caller asks for
  // a key frame.
  bool TakeKeyFrameNeeded();
  // Forgets all: the stream was not looked at for a while. The next packet starts anew.
  void Reset();

  size_t missing() const { return missing_.size(); }

 private:
  struct Missing {
    int64_t sequence = 0;
    Instant since;
    Instant next;
    uint8_t tries = 0;
  };

  void AddGap(Instant now, int64_t first, int64_t end);
  // What `missing` ends with was sent again, or has come late.
  void NoteAnswer(Instant now, const Missing& missing);
  void Remove(Instant now, int64_t sequence);

  // Ascending by sequence.
  std::vector<Missing> missing_;
  int64_t highest_ = -1;
  // From the first question to the answer; zero before the first.
  Duration answer_time_;
  Instant next_deadline_ = Instant::Never();
  bool key_frame_needed_ = false;
};

}  // namespace conclave::media
