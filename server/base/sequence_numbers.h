// Wrapped and unwrapped counters that cannot be confused.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace conclave {

// An RTP sequence number or timestamp unwrapped to 64 bits: it never repeats and orders plainly.
template <typename Wrapped>
class Unwrapper {
 public:
  // The value nearest to the last one that has `wrapped` as its low bits. The first one starts one
  // whole cycle above zero, so that packets older than the first still come out positive.
  int64_t Unwrap(Wrapped wrapped) {
    const int64_t value = Peek(wrapped);
    last_ = value;
    return value;
  }
  int64_t Peek(Wrapped wrapped) const {
    if (!last_) return (int64_t{1} << (8 * sizeof(Wrapped))) + wrapped;
    using Signed = std::make_signed_t<Wrapped>;
    const auto delta =
        static_cast<Signed>(static_cast<Wrapped>(wrapped - static_cast<Wrapped>(*last_)));
    return *last_ + delta;
  }

 private:
  std::optional<int64_t> last_;
};

using SeqUnwrapper = Unwrapper<uint16_t>;
using RtpTimeUnwrapper = Unwrapper<uint32_t>;

// RFC 1982 order of 16-bit sequence numbers: whether `a` comes after `b`.
constexpr bool SeqNewer(uint16_t a, uint16_t b) {
  return a != b && static_cast<uint16_t>(a - b) < 0x8000;
}

}  // namespace conclave
