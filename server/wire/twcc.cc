#include "wire/twcc.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "wire/twcc_chunk.h"

namespace conclave::wire {
namespace {

// Appends the symbols of one chunk, but no more than `left`.
void AppendSymbols(uint16_t chunk, size_t left, std::vector<TwccSymbol>& symbols) {
  if ((chunk & 0x8000) == 0) {
    const auto symbol = static_cast<TwccSymbol>(chunk >> 13 & 3);
    const size_t run = std::min<size_t>(chunk & kTwccRunMax, left);
    symbols.insert(symbols.end(), run, symbol);
    return;
  }
  const bool two_bits = (chunk & 0x4000) != 0;
  const size_t capacity = two_bits ? kTwccTwoBitSymbols : kTwccOneBitSymbols;
  for (size_t i = 0; i < std::min(capacity, left); ++i) {
    const size_t bits = two_bits ? chunk >> (12 - 2 * i) & 3u : chunk >> (13 - i) & 1u;
    symbols.push_back(static_cast<TwccSymbol>(bits));
  }
}

// False on the reserved symbol and where the deltas are cut off.
bool AppendStatuses(const std::vector<TwccSymbol>& symbols, uint16_t base_sequence,
                    ByteReader& reader, std::vector<TwccStatus>& statuses) {
  for (size_t i = 0; i < symbols.size(); ++i) {
    TwccStatus status;
    status.sequence = static_cast<uint16_t>(base_sequence + i);
    status.received = symbols[i] != TwccSymbol::kLost;
    if (symbols[i] == TwccSymbol::kSmallDelta) status.delta = kTwccTick * reader.U8();
    if (symbols[i] == TwccSymbol::kLargeDelta) {
      status.delta = kTwccTick * static_cast<int16_t>(reader.U16());
    }
    if (symbols[i] == TwccSymbol::kReserved || !reader.ok()) return false;
    statuses.push_back(status);
  }
  return true;
}

}  // namespace

std::optional<TwccFeedback> ParseTwcc(std::span<const uint8_t> body,
                                      std::vector<TwccStatus>& statuses) {
  ByteReader reader(body);
  TwccFeedback feedback;
  feedback.base_sequence = reader.U16();
  const size_t count = reader.U16();
  // Sign-extends 24 bits.
  const int32_t reference = static_cast<int32_t>(reader.U24() << 8) >> 8;
  feedback.reference_time = kTwccReferenceStep * reference;
  feedback.feedback_count = reader.U8();
  if (!reader.ok() || count == 0 || count > kTwccStatusesMax) return std::nullopt;
  std::vector<TwccSymbol> symbols;
  symbols.reserve(count);
  while (symbols.size() < count) {
    const uint16_t chunk = reader.U16();
    if (!reader.ok()) return std::nullopt;
    AppendSymbols(chunk, count - symbols.size(), symbols);
  }
  const size_t before = statuses.size();
  if (!AppendStatuses(symbols, feedback.base_sequence, reader, statuses)) {
    statuses.resize(before);
    return std::nullopt;
  }
  return feedback;
}

}  // namespace conclave::wire
