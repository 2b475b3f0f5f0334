// Joins transport-wide feedback with what was sent: sequence number -> send time, size, kind.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/prefetch.h"
#include "base/time.h"
#include "media/bwe/bandwidth_controller.h"
#include "wire/twcc.h"

namespace conclave::media {

// One per transport. Remembers at least what was sent within kMemory and is not reported received,
// up to `kCapacity` packets: 10 s at 13 Mbps of full packets, and never more than 16-bit numbers
// can tell apart. So where feedback comes back in time, it stays small enough for the CPU's cache.
class FeedbackMatcher {
 public:
  static constexpr int64_t kCapacity = 16384;
  // Feedback comes back within a round trip and its interval, or is of no use any more.
  static constexpr Duration kMemory = Duration::Seconds(3);

  // `room`: for how many packets from the start, a power of two; it doubles where kMemory needs it.
  explicit FeedbackMatcher(size_t room = static_cast<size_t>(kCapacity));

  // `sequence` grows by one with each packet (where it jumps, what was sent before is forgotten);
  // the low 16 bits are on the wire.
  void OnSent(const SentPacket& packet);

  // Hints what OnSent of that number will touch.
  void PrefetchForSending(int64_t sequence) const {
    const size_t at = static_cast<size_t>(sequence) & (entries_.size() - 1);
    Prefetch(&entries_[at], kPrefetchedBytes);
  }

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
  // A SentPacket, packed: there is one for every packet on the way of every receiver. Its number is
  // said by its place.
  struct Entry {
    // The low bits of the time.
    uint32_t sent_us = 0;
    // The low bits of the bytes sent up to and with this packet.
    uint32_t bytes_sent = 0;
    int32_t probe_cluster = kNoProbe;
    // Of a packet and its copies; zero: nothing was sent yet that belongs here.
    uint32_t size_bytes : 24 = 0;
    uint32_t kind : 4 = 0;
    uint32_t fate : 4 = 0;
  };
  static_assert(sizeof(Entry) == 16);

  Entry& At(int64_t sequence) {
    return entries_[static_cast<size_t>(sequence) & (entries_.size() - 1)];
  }
  // A frame's packets.
  static constexpr size_t kPrefetchedBytes = 8 * sizeof(Entry);

  void Grow();
  // Whether what it is about may still be reported.
  bool Awaited(const Entry& entry, Instant now) const;
  // When it was sent: not long before the newest, so that the low bits tell.
  Instant SentAt(const Entry& entry) const {
    return newest_sent_ - Duration::Micros(LowBits(newest_sent_) - entry.sent_us);
  }
  static uint32_t LowBits(Instant time) { return static_cast<uint32_t>(time.us()); }
  // The number that feedback means: of those sent, the newest with these low bits.
  int64_t Whole(uint16_t sequence) const;
  Entry* Find(int64_t sequence);
  Instant Unwrap(Duration reference);
  std::optional<PacketResult> Settle(int64_t sequence, bool received, Instant arrival);

  std::vector<Entry> entries_;
  int64_t newest_ = -1;
  Instant newest_sent_;
  int64_t bytes_sent_ = 0;
  int64_t bytes_settled_ = 0;
  std::optional<Instant> last_reference_;
};

}  // namespace conclave::media
