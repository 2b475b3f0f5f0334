// Checks decrypted packets of one receiver against what their senders stamped into them: whose they
// are, in which order they come, whether one is missing, how long they were under way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "tests/load/histogram.h"
#include "tests/load/stamp.h"

namespace conclave::load {

struct VerifierStats {
  uint64_t packets = 0;
  // Payloads that no sender of this run stamped.
  uint64_t unreadable = 0;
  // The CSRC names another track than the stamp does.
  uint64_t wrong_source = 0;
  // Within one source, an older packet follows a newer one although the slot's numbers say
  // otherwise.
  uint64_t out_of_order = 0;
  // Packets of a video encoding that neither came nor left a gap in the slot's numbers: lost before
  // the server, or by it. Where clips have temporal layers, those left out count too.
  uint64_t swallowed = 0;
  Histogram audio_delay;
  Histogram video_delay;
};

// Whose media a CSRC stands for, as the senders of this run were told.
struct SourceIdentity {
  uint32_t participant = 0;
  uint8_t source = 0;
  bool operator==(const SourceIdentity&) const = default;
};

// When a packet of audio came, and how long it was under way.
struct AudioSample {
  Instant at;
  Duration delay;
};

class Verifier {
 public:
  // Ten minutes of four voices; later ones are not kept.
  static constexpr size_t kSamplesMax = 120'000;

  explicit Verifier(size_t slots, bool keep_samples = false)
      : slots_(slots), keep_samples_(keep_samples) {}

  // A packet of the slot's own SSRC. `expected`: null where the CSRC is nobody's that is known.
  void OnPacket(Instant at, size_t slot, int64_t sequence, uint32_t csrc,
                const SourceIdentity* expected, std::span<const uint8_t> payload);
  const VerifierStats& stats() const { return stats_; }
  // None unless they are to be kept.
  const std::vector<AudioSample>& samples() const { return samples_; }

 private:
  struct Last {
    int64_t sequence = -1;
    uint32_t csrc = 0;
    Stamp stamp;
  };
  void CheckOrder(const Last& last, const Stamp& stamp);

  std::vector<Last> slots_;
  const bool keep_samples_;
  std::vector<AudioSample> samples_;
  VerifierStats stats_;
};

}  // namespace conclave::load
