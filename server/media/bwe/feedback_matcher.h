// Joins transport-wide feedback with what was sent: sequence number -> send time, size, kind.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "media/bwe/bandwidth_controller.h"
#include "wire/twcc.h"

namespace conclave::media {

// One per transport. Remembers at least what was sent within kMemory, up to `kCapacity` packets:
// 10 s at 13 Mbps of full packets, and never more than 16-bit numbers can tell apart.
class FeedbackMatcher {
 public:
  static constexpr int64_t kCapacity = 16384;
  // Feedback comes back within a round trip and its interval, or is of no use any more.
  static constexpr Duration kMemory = Duration::Seconds(3);

  // `room`: for how many packets from the start, a power of two; it doubles where kMemory needs it.
  explicit FeedbackMatcher(size_t room = static_cast<size_t>(kCapacity));

  // `sequence` grows by one with each packet; the low 16 bits are on the wire.
  void OnSent(const SentPacket& packet);

  // Appends a result for each packet that `statuses` newly reports, in the order of sending.
  // Numbers that were never sent, or are forgotten, and repeated reports are left out: the peer is
  // hostile.
  void OnFeedback(const wire::TwccFeedback& feedback, std::span<const wire::TwccStatus> statuses,
                  std::vector<PacketResult>& out);

  // The same for one packet whose number and arrival (by the peer's clock) are known already.
  void OnReport(int64_t sequence, bool received, Instant arrival, bool congestion_experienced,
                std::vector<PacketResult>& out);

  // Sent after the newest packet that any feedback reported received: still on the way, as far as
  // anybody knows.
  int64_t bytes_in_flight() const { return bytes_sent_ - bytes_settled_; }

 private:
  enum class Fate : uint8_t { kUnknown, kLost, kReceived };
  struct Entry {
    SentPacket packet;
    Fate fate = Fate::kUnknown;
    // Bytes sent up to and with this packet.
    int64_t bytes_sent = 0;
  };

  Entry& At(int64_t sequence) {
    return entries_[static_cast<size_t>(sequence) & (entries_.size() - 1)];
  }
  void Grow();
  Entry* Find(uint16_t sequence);
  Entry* FindWhole(int64_t sequence);
  Instant Unwrap(Duration reference);
  std::optional<PacketResult> Settle(Entry& entry, bool received, Instant arrival);

  std::vector<Entry> entries_;
  int64_t newest_ = -1;
  int64_t bytes_sent_ = 0;
  int64_t bytes_settled_ = 0;
  std::optional<Instant> last_reference_;
};

}  // namespace conclave::media
