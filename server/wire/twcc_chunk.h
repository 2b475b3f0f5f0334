// The packet status chunks of TWCC feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01
// sections 3.1.2 to 3.1.4), shared by the parser and the writer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace conclave::wire {

enum class TwccSymbol : uint8_t { kLost = 0, kSmallDelta = 1, kLargeDelta = 2, kReserved = 3 };

// A run length has 13 bits; a vector has 14 bits of symbols.
inline constexpr size_t kTwccRunMax = 0x1fff;
inline constexpr size_t kTwccOneBitSymbols = 14;
inline constexpr size_t kTwccTwoBitSymbols = 7;

// Packs a stream of symbols into chunks, greedily: equal symbols into runs, others into the widest
// vector that carries them.
class TwccChunkEncoder {
 public:
  // Returns a chunk where the symbol does not fit into what is pending.
  std::optional<uint16_t> Add(TwccSymbol symbol);
  // What is pending, as the last chunk. Requires !empty().
  uint16_t Flush();
  bool empty() const { return count_ == 0; }

 private:
  bool CanAdd(TwccSymbol symbol) const;
  void Append(TwccSymbol symbol);
  uint16_t Take(TwccSymbol next);
  uint16_t Run() const;
  uint16_t OneBitVector() const;
  uint16_t TwoBitVector() const;

  // Of a run longer than that only the first symbols are here.
  std::array<TwccSymbol, kTwccOneBitSymbols> symbols_{};
  size_t count_ = 0;
  bool uniform_ = true;
  bool has_large_ = false;
};

}  // namespace conclave::wire
