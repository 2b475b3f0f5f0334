#include "wire/twcc.h"

#include <algorithm>

#include "base/byte_reader.h"
#include "wire/twcc_chunk.h"

namespace conclave::wire {
namespace {

// How many of `left` statuses the chunk tells.
size_t CountOf(uint16_t chunk, size_t left) {
  size_t count = (chunk & 0x4000) != 0 ? kTwccTwoBitSymbols : kTwccOneBitSymbols;
  if ((chunk & 0x8000) == 0) count = chunk & kTwccRunMax;
  return std::min(count, left);
}

// Of the i-th status that the chunk tells.
TwccSymbol SymbolOf(uint16_t chunk, size_t i) {
  if ((chunk & 0x8000) == 0) return static_cast<TwccSymbol>(chunk >> 13 & 3);
  const bool two_bits = (chunk & 0x4000) != 0;
  const size_t bits = two_bits ? chunk >> (12 - 2 * i) & 3u : chunk >> (13 - i) & 1u;
  return static_cast<TwccSymbol>(bits);
}

// False on the reserved symbol and where the deltas are cut off.
bool AppendStatuses(ByteReader chunks, uint16_t base_sequence, size_t count, ByteReader& deltas,
                    std::vector<TwccStatus>& statuses) {
  for (size_t done = 0; done < count;) {
    const uint16_t chunk = chunks.U16();
    const size_t told = CountOf(chunk, count - done);
    for (size_t i = 0; i < told; ++i, ++done) {
      const TwccSymbol symbol = SymbolOf(chunk, i);
      TwccStatus status;
      status.sequence = static_cast<uint16_t>(base_sequence + done);
      status.received = symbol != TwccSymbol::kLost;
      if (symbol == TwccSymbol::kSmallDelta) status.delta = kTwccTick * deltas.U8();
      if (symbol == TwccSymbol::kLargeDelta) {
        status.delta = kTwccTick * static_cast<int16_t>(deltas.U16());
      }
      if (symbol == TwccSymbol::kReserved || !deltas.ok()) return false;
      statuses.push_back(status);
    }
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
  // The deltas are behind all chunks. A chunk that tells nothing is 2 bytes of the datagram.
  const ByteReader chunks = reader;
  for (size_t told = 0; told < count;) {
    const uint16_t chunk = reader.U16();
    if (!reader.ok()) return std::nullopt;
    told += CountOf(chunk, count - told);
  }
  const size_t before = statuses.size();
  if (!AppendStatuses(chunks, feedback.base_sequence, count, reader, statuses)) {
    statuses.resize(before);
    return std::nullopt;
  }
  return feedback;
}

}  // namespace conclave::wire
