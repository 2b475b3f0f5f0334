#include "media/bwe/feedback_matcher.h"

#include <algorithm>
#include <utility>

namespace conclave::media {
namespace {

// The reference time has 24 bits of 64 ms.
constexpr Duration kReferencePeriod = wire::kTwccReferenceStep * (1 << 24);

}  // namespace

FeedbackMatcher::FeedbackMatcher(size_t room) : entries_(room) {}

bool FeedbackMatcher::Awaited(const Entry& entry, Instant now) const {
  return entry.size_bytes > 0 && entry.fate != static_cast<uint32_t>(Fate::kReceived) &&
         now - SentAt(entry) < kMemory;
}

void FeedbackMatcher::OnSent(const SentPacket& packet) {
  if (packet.sequence != newest_ + 1) [[unlikely]]
    std::ranges::fill(entries_, Entry());
  if (Awaited(At(packet.sequence), packet.sent)) Grow();
  newest_ = packet.sequence;
  newest_sent_ = packet.sent;
  bytes_sent_ += packet.size_bytes;
  Entry& entry = At(newest_);
  entry.sent_us = LowBits(packet.sent);
  entry.bytes_sent = static_cast<uint32_t>(bytes_sent_);
  entry.probe_cluster = packet.probe_cluster;
  entry.size_bytes = static_cast<uint32_t>(packet.size_bytes) & 0xff'ffff;
  entry.kind = static_cast<uint32_t>(packet.kind) & 0xf;
  entry.fate = static_cast<uint32_t>(Fate::kUnknown);
}

void FeedbackMatcher::Grow() {
  if (entries_.size() >= static_cast<size_t>(kCapacity)) return;
  std::vector<Entry> larger(entries_.size() * 2);
  const int64_t held = static_cast<int64_t>(entries_.size());
  for (int64_t sequence = newest_ - held + 1; sequence <= newest_; ++sequence) {
    larger[static_cast<size_t>(sequence) & (larger.size() - 1)] = At(sequence);
  }
  entries_ = std::move(larger);
}

void FeedbackMatcher::OnFeedback(const wire::TwccFeedback& feedback,
                                 std::span<const wire::TwccStatus> statuses,
                                 std::vector<PacketResult>& out) {
  Instant arrival = Unwrap(feedback.reference_time);
  for (const wire::TwccStatus& status : statuses) {
    if (status.received) arrival = arrival + status.delta;
    const auto result = Settle(Whole(status.sequence), status.received, arrival);
    if (result) out.push_back(*result);
  }
}

int64_t FeedbackMatcher::Whole(uint16_t sequence) const {
  return newest_ - static_cast<uint16_t>(static_cast<uint16_t>(newest_) - sequence);
}

FeedbackMatcher::Entry* FeedbackMatcher::Find(int64_t sequence) {
  const auto held = static_cast<int64_t>(entries_.size());
  if (sequence < 0 || sequence > newest_ || newest_ - sequence >= held) return nullptr;
  Entry& entry = At(sequence);
  return entry.size_bytes > 0 ? &entry : nullptr;
}

void FeedbackMatcher::OnReport(int64_t sequence, bool received, Instant arrival,
                               bool congestion_experienced, std::vector<PacketResult>& out) {
  if (auto result = Settle(sequence, received, arrival)) {
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

std::optional<PacketResult> FeedbackMatcher::Settle(int64_t sequence, bool received,
                                                    Instant arrival) {
  Entry* entry = Find(sequence);
  if (entry == nullptr) return std::nullopt;
  const auto before = static_cast<Fate>(entry->fate);
  if (before == Fate::kReceived || (before == Fate::kLost && !received)) return std::nullopt;
  entry->fate = static_cast<uint32_t>(received ? Fate::kReceived : Fate::kLost);
  const int64_t sent_bytes = bytes_sent_ - (static_cast<uint32_t>(bytes_sent_) - entry->bytes_sent);
  if (received) bytes_settled_ = std::max(bytes_settled_, sent_bytes);
  PacketResult result;
  result.packet = {sequence, SentAt(*entry), static_cast<int>(entry->size_bytes),
                   static_cast<PacketKind>(entry->kind), entry->probe_cluster};
  result.sent_bytes = sent_bytes;
  result.received = received;
  if (received) result.arrival = arrival;
  result.recovered = received && before == Fate::kLost;
  return result;
}

}  // namespace conclave::media
