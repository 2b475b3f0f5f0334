#include "media/bwe/repeat_attribution.h"

#include <algorithm>

namespace conclave::media {
namespace {

// The fastest packet is not known to the microsecond: feedback counts in quarters of a millisecond,
// and clocks drift.
constexpr Duration kTolerance = Duration::Millis(2);

}  // namespace

void RepeatAttribution::OnCopy(int64_t sequence, Instant now) {
  if (numbers_.empty()) numbers_.resize(kNumbersMax);
  Number& number = numbers_[static_cast<size_t>(sequence) % kNumbersMax];
  if (number.sequence != sequence) number = {sequence, now};
}

const RepeatAttribution::Number* RepeatAttribution::Find(int64_t sequence) const {
  if (numbers_.empty() || sequence < 0) return nullptr;
  const Number& number = numbers_[static_cast<size_t>(sequence) % kNumbersMax];
  return number.sequence == sequence ? &number : nullptr;
}

// What follows has been judged already: a copy among it is marked as not received.
RepeatAttribution::Seen RepeatAttribution::Which(const std::vector<PacketResult>& results,
                                                 size_t at, Instant copied,
                                                 Duration fastest) const {
  const PacketResult& result = results[at];
  if (result.arrival - copied < fastest - kTolerance) return Seen::kOriginal;
  if (result.recovered) return Seen::kUnknown;
  for (size_t i = at + 1; i < results.size() && results[i].packet.sent < copied; ++i) {
    if (!results[i].received) continue;
    return results[i].arrival < result.arrival ? Seen::kCopy : Seen::kOriginal;
  }
  return Seen::kUnknown;
}

void RepeatAttribution::Apply(Duration fastest, std::vector<PacketResult>& results) const {
  if (numbers_.empty()) return;
  for (size_t i = results.size(); i-- > 0;) {
    PacketResult& result = results[i];
    const Number* number = result.received ? Find(result.packet.sequence) : nullptr;
    if (!number) continue;
    const Seen seen = Which(results, i, number->copied, fastest);
    if (seen == Seen::kOriginal) continue;
    result.received = false;
    result.arrival = Instant();
    // Marks what is to be left out.
    if (seen == Seen::kUnknown) result.packet.sequence = -1;
  }
  std::erase_if(results, [](const PacketResult& result) { return result.packet.sequence < 0; });
}

}  // namespace conclave::media
