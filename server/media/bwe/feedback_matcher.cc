#include "media/bwe/feedback_matcher.h"

#include <algorithm>
#include <utility>

namespace conclave::media {
namespace {

// The reference time has 24 bits of 64 ms.
constexpr Duration kReferencePeriod = wire::kTwccReferenceStep * (1 << 24);

}  // namespace

FeedbackMatcher::FeedbackMatcher(size_t room) : entries_(room) {}

void FeedbackMatcher::OnSent(const SentPacket& packet) {
  const SentPacket& oldest = At(packet.sequence).packet;
  if (oldest.sequence >= 0 && packet.sent - oldest.sent < kMemory) Grow();
  newest_ = packet.sequence;
  bytes_sent_ += packet.size_bytes;
  At(newest_) = {packet, Fate::kUnknown, bytes_sent_};
}

void FeedbackMatcher::Grow() {
  if (entries_.size() >= static_cast<size_t>(kCapacity)) return;
  std::vector<Entry> larger(entries_.size() * 2);
  for (const Entry& entry : entries_) {
    if (entry.packet.sequence < 0) continue;
    larger[static_cast<size_t>(entry.packet.sequence) & (larger.size() - 1)] = entry;
  }
  entries_ = std::move(larger);
}

void FeedbackMatcher::OnFeedback(const wire::TwccFeedback& feedback,
                                 std::span<const wire::TwccStatus> statuses,
                                 std::vector<PacketResult>& out) {
  Instant arrival = Unwrap(feedback.reference_time);
  for (const wire::TwccStatus& status : statuses) {
    if (status.received) arrival = arrival + status.delta;
    Entry* entry = Find(status.sequence);
    if (entry == nullptr) continue;
    if (auto result = Settle(*entry, status.received, arrival)) out.push_back(*result);
  }
}

FeedbackMatcher::Entry* FeedbackMatcher::Find(uint16_t sequence) {
  if (newest_ < 0) return nullptr;
  // Only what was sent can be reported: the number is the newest with these low bits.
  const int64_t behind = static_cast<uint16_t>(static_cast<uint16_t>(newest_) - sequence);
  return FindWhole(newest_ - behind);
}

FeedbackMatcher::Entry* FeedbackMatcher::FindWhole(int64_t sequence) {
  if (sequence < 0 || sequence > newest_ || newest_ - sequence >= kCapacity) return nullptr;
  Entry& entry = At(sequence);
  return entry.packet.sequence == sequence ? &entry : nullptr;
}

void FeedbackMatcher::OnReport(int64_t sequence, bool received, Instant arrival,
                               bool congestion_experienced, std::vector<PacketResult>& out) {
  Entry* entry = FindWhole(sequence);
  if (entry == nullptr) return;
  if (auto result = Settle(*entry, received, arrival)) {
    result->congestion_experienced = congestion_experienced;
    out.push_back(*result);
  }
}

Instant FeedbackMatcher::Unwrap(Duration reference) {
  // Starts one period up, so that reordered feedback before the first does not go below zero.
  Instant at = Instant() + kReferencePeriod + reference;
  if (last_reference_) {
    const int64_t ahead = (at - *last_reference_).us();
    const int64_t half = kReferencePeriod.us() / 2;
    // To the representative nearest to the last one.
    int64_t wrapped = (ahead + half) % kReferencePeriod.us();
    if (wrapped < 0) wrapped += kReferencePeriod.us();
    at = *last_reference_ + Duration::Micros(wrapped - half);
  }
  last_reference_ = last_reference_ ? std::max(*last_reference_, at) : at;
  return at;
}

std::optional<PacketResult> FeedbackMatcher::Settle(Entry& entry, bool received, Instant arrival) {
  const Fate before = entry.fate;
  if (before == Fate::kReceived || (before == Fate::kLost && !received)) return std::nullopt;
  entry.fate = received ? Fate::kReceived : Fate::kLost;
  if (received) bytes_settled_ = std::max(bytes_settled_, entry.bytes_sent);
  PacketResult result;
  result.packet = entry.packet;
  result.received = received;
  if (received) result.arrival = arrival;
  result.recovered = received && before == Fate::kLost;
  return result;
}

}  // namespace conclave::media
