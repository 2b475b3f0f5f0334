#include "wire/twcc_chunk.h"

#include <algorithm>

#include "base/check.h"

namespace conclave::wire {

std::optional<uint16_t> TwccChunkEncoder::Add(TwccSymbol symbol) {
  std::optional<uint16_t> chunk;
  if (!CanAdd(symbol)) chunk = Take(symbol);
  Append(symbol);
  return chunk;
}

uint16_t TwccChunkEncoder::Flush() {
  CHECK(!empty());
  const uint16_t chunk = uniform_ ? Run() : has_large_ ? TwoBitVector() : OneBitVector();
  *this = {};
  return chunk;
}

bool TwccChunkEncoder::CanAdd(TwccSymbol symbol) const {
  if (count_ == 0) return true;
  if (uniform_ && symbol == symbols_[0]) return count_ < kTwccRunMax;
  const bool large = has_large_ || symbol == TwccSymbol::kLargeDelta;
  return count_ < (large ? kTwccTwoBitSymbols : kTwccOneBitSymbols);
}

void TwccChunkEncoder::Append(TwccSymbol symbol) {
  uniform_ = count_ == 0 || (uniform_ && symbol == symbols_[0]);
  has_large_ = has_large_ || symbol == TwccSymbol::kLargeDelta;
  if (count_ < symbols_.size()) symbols_[count_] = symbol;
  ++count_;
}

// Makes room for `next`, which does not fit.
uint16_t TwccChunkEncoder::Take(TwccSymbol next) {
  const bool splits =
      !uniform_ && !has_large_ && count_ < kTwccOneBitSymbols && next == TwccSymbol::kLargeDelta;
  if (!splits) return Flush();
  // Seven to thirteen small symbols before a large one: the first seven go, the rest stays.
  const uint16_t chunk = TwoBitVector();
  const TwccChunkEncoder old = *this;
  *this = {};
  for (size_t i = kTwccTwoBitSymbols; i < old.count_; ++i) Append(old.symbols_[i]);
  return chunk;
}

uint16_t TwccChunkEncoder::Run() const {
  return static_cast<uint16_t>(static_cast<size_t>(symbols_[0]) << 13 | count_);
}

uint16_t TwccChunkEncoder::OneBitVector() const {
  size_t chunk = 0x8000;
  for (size_t i = 0; i < std::min(count_, kTwccOneBitSymbols); ++i) {
    chunk |= static_cast<size_t>(symbols_[i]) << (13 - i);
  }
  return static_cast<uint16_t>(chunk);
}

uint16_t TwccChunkEncoder::TwoBitVector() const {
  size_t chunk = 0xc000;
  for (size_t i = 0; i < std::min(count_, kTwccTwoBitSymbols); ++i) {
    chunk |= static_cast<size_t>(symbols_[i]) << (12 - 2 * i);
  }
  return static_cast<uint16_t>(chunk);
}

}  // namespace conclave::wire
