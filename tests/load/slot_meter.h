// What arrives in one receive slot: losses, order and switches by the clear header, and, where the
// payload was decrypted, whose it is.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/sequence_numbers.h"
#include "base/time.h"
#include "router/commands.h"
#include "tests/load/stamp.h"
#include "wire/rtp.h"

namespace conclave::load {

struct SlotMeterStats {
  uint64_t packets = 0;
  uint64_t bytes = 0;
  uint64_t duplicates = 0;
  uint64_t reordered = 0;
  uint64_t rtx_packets = 0;
  // Of these, those that repaired a loss (known only where they were decrypted).
  uint64_t repaired = 0;
  uint64_t switches = 0;
  // Of audio: numbers that were missing when the next came, and packets of the same voice that came
  // kLate behind the one before although they were not spoken so much later.
  uint64_t gaps = 0;
  Instant first_packet = Instant::Never();
};

class SlotMeter {
 public:
  explicit SlotMeter(const router::SlotConfig& config) : config_(config) {}

  const router::SlotConfig& config() const { return config_; }
  bool is_video() const { return config_.kind == router::MediaKind::kVideo; }
  // A packet of the slot's own SSRC. Returns its unwrapped number.
  int64_t OnPacket(Instant at, const wire::RtpPacket& packet, size_t size_bytes);
  // A packet of its RTX SSRC; `original`: the number that it repairs, where that is known.
  void OnRtx(std::optional<uint16_t> original);

  // Sequence numbers between the first and the highest that never came on the slot's own SSRC, and
  // those that RTX did not bring either.
  uint64_t lost() const;
  uint64_t lost_after_repair() const { return lost() - std::min(lost(), stats_.repaired); }
  uint64_t expected() const;
  // Appends what is missing and was not asked for yet.
  void CollectNacks(std::vector<uint16_t>& out);
  bool has_nacks() const { return !to_ask_.empty(); }

  // Whose media it carries, by CSRC; 0 before the first packet.
  uint32_t source() const { return source_; }
  int64_t highest() const { return highest_; }
  const SlotMeterStats& stats() const { return stats_; }

 private:
  void CountGaps(Instant at, const wire::RtpPacket& packet, int64_t sequence, uint32_t source);
  bool Seen(int64_t sequence) const;
  void Mark(int64_t sequence);
  void NoteGap(int64_t from, int64_t to);

  // What no jitter buffer has in store.
  static constexpr Duration kLate = Duration::Millis(100);
  // Numbers further back than this are neither asked for nor told apart from repeats.
  static constexpr int64_t kWindow = 512;
  // A hole as large as this is an outage: asking for all of it would be one more.
  static constexpr int64_t kAskedMax = 100;

  router::SlotConfig config_;
  SeqUnwrapper unwrapper_;
  int64_t first_ = -1;
  int64_t highest_ = -1;
  uint64_t unique_ = 0;
  std::array<uint64_t, kWindow / 64> seen_{};
  std::vector<uint16_t> to_ask_;
  uint32_t source_ = 0;
  // Of the newest packet.
  Instant newest_at_;
  uint32_t newest_timestamp_ = 0;
  SlotMeterStats stats_;
};

}  // namespace conclave::load
