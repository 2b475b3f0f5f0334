// What the load generator writes into the end of each media payload, so that whoever decrypts it
// can say whose packet it is, whether one is missing, and how long it was under way.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"

namespace conclave::load {

inline constexpr size_t kStampBytes = 24;

struct Stamp {
  // The sender's number in this run, not the server's.
  uint32_t participant = 0;
  // As router::SourceKind.
  uint8_t source = 0;
  // The simulcast encoding.
  uint8_t layer = 0;
  // The first packet of a frame that needs nothing before it.
  bool key_start = false;
  // Counts the packets of the encoding from 0.
  uint32_t counter = 0;
  Instant sent;
  bool operator==(const Stamp&) const = default;
};

// Overwrites the last kStampBytes of `payload`, which has as many at least.
void WriteStamp(const Stamp& stamp, std::span<uint8_t> payload);
// Nothing where `payload` does not end in a stamp.
std::optional<Stamp> ReadStamp(std::span<const uint8_t> payload);

}  // namespace conclave::load
