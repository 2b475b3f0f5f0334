#include <limits>

#include "base/check.h"
#include "wire/rtcp_types.h"
#include "wire/twcc.h"
#include "wire/twcc_chunk.h"

namespace conclave::wire {
namespace {

// RTCP header, two SSRCs, base, count, reference time and feedback count.
constexpr size_t kFixedBytes = kRtcpHeaderBytes + 8 + 8;

int64_t FloorDivide(int64_t value, int64_t divisor) {
  const int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

// Everything of one feedback that depends on the arrivals, grown one arrival at a time.
class Feedback {
 public:
  Feedback(int64_t base_sequence, Instant first_arrival, size_t bytes_max)
      : bytes_max_(bytes_max),
        base_sequence_(base_sequence),
        next_sequence_(base_sequence),
        reference_(FloorDivide(first_arrival.us(), kTwccReferenceStep.us())),
        last_ticks_(reference_ * (kTwccReferenceStep.us() / kTwccTick.us())) {}

  // False, with nothing changed, where it does not fit.
  bool Add(const TwccArrival& arrival) {
    const int64_t ticks = FloorDivide(arrival.arrival.us(), kTwccTick.us());
    const int64_t delta = ticks - last_ticks_;
    if (delta < std::numeric_limits<int16_t>::min() ||
        delta > std::numeric_limits<int16_t>::max() ||
        arrival.sequence - base_sequence_ >= static_cast<int64_t>(kTwccStatusesMax)) {
      return false;
    }
    const bool small = delta >= 0 && delta <= 0xff;
    const TwccChunkEncoder encoder_before = encoder_;
    const size_t chunks_before = chunks_.size();
    for (int64_t lost = next_sequence_; lost < arrival.sequence; ++lost) {
      AddSymbol(TwccSymbol::kLost);
    }
    AddSymbol(small ? TwccSymbol::kSmallDelta : TwccSymbol::kLargeDelta);
    const size_t delta_bytes = delta_bytes_ + (small ? 1 : 2);
    if (Size(delta_bytes) > bytes_max_) {
      encoder_ = encoder_before;
      chunks_.resize(chunks_before);
      return false;
    }
    delta_bytes_ = delta_bytes;
    deltas_.push_back(static_cast<int16_t>(delta));
    last_ticks_ = ticks;
    next_sequence_ = arrival.sequence + 1;
    return true;
  }

  size_t count() const { return deltas_.size(); }

  // Requires count() > 0.
  void Write(const TwccTarget& target, ByteWriter& out) {
    const size_t size = Size(delta_bytes_);
    const size_t end = out.size() + size;
    chunks_.push_back(encoder_.Flush());
    out.U8(kRtcpVersion << 6 | kFormatTwcc);
    out.U8(kTypeTransportFeedback);
    out.U16(static_cast<uint16_t>(size / 4 - 1));
    out.U32(target.sender_ssrc);
    out.U32(target.media_ssrc);
    out.U16(static_cast<uint16_t>(base_sequence_));
    out.U16(static_cast<uint16_t>(next_sequence_ - base_sequence_));
    out.U24(static_cast<uint32_t>(reference_));
    out.U8(target.feedback_count);
    for (const uint16_t chunk : chunks_) out.U16(chunk);
    for (const int16_t delta : deltas_) {
      if (delta >= 0 && delta <= 0xff) {
        out.U8(static_cast<uint8_t>(delta));
      } else {
        out.U16(static_cast<uint16_t>(delta));
      }
    }
    out.Zeros(end - out.size());
  }

 private:
  void AddSymbol(TwccSymbol symbol) {
    if (const auto chunk = encoder_.Add(symbol)) chunks_.push_back(*chunk);
  }

  // The whole block with the pending chunk and the padding to a multiple of four.
  size_t Size(size_t delta_bytes) const {
    return (kFixedBytes + 2 * (chunks_.size() + 1) + delta_bytes + 3) / 4 * 4;
  }

  const size_t bytes_max_;
  const int64_t base_sequence_;
  int64_t next_sequence_;
  const int64_t reference_;
  int64_t last_ticks_;
  TwccChunkEncoder encoder_;
  std::vector<uint16_t> chunks_;
  std::vector<int16_t> deltas_;
  size_t delta_bytes_ = 0;
};

}  // namespace

size_t WriteTwcc(const TwccTarget& target, std::span<const TwccArrival> arrivals, ByteWriter& out) {
  if (arrivals.empty()) return 0;
  CHECK(target.base_sequence <= arrivals.front().sequence);
  Feedback feedback(target.base_sequence, arrivals.front().arrival, out.remaining());
  for (const TwccArrival& arrival : arrivals) {
    if (!feedback.Add(arrival)) break;
  }
  if (feedback.count() > 0) feedback.Write(target, out);
  return feedback.count();
}

}  // namespace conclave::wire
