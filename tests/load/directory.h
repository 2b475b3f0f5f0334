// Which track is whose, for all threads of a run: what the senders were told when they joined.
#pragma once

#include <atomic>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "router/commands.h"
#include "tests/load/verifier.h"

namespace conclave::load {

class Directory {
 public:
  Directory() : entries_(kEntries) {}

  void Put(TrackId track, SourceIdentity identity) {
    entries_[track.value() % kEntries].store(
        uint64_t{track.value()} << 32 | uint64_t{identity.participant} << 8 | identity.source,
        std::memory_order_relaxed);
  }
  std::optional<SourceIdentity> Find(uint32_t track) const {
    const uint64_t entry = entries_[track % kEntries].load(std::memory_order_relaxed);
    if (track == 0 || entry >> 32 != track) return std::nullopt;
    return SourceIdentity{static_cast<uint32_t>(entry >> 8 & 0xffffff),
                          static_cast<uint8_t>(entry & 0xff)};
  }

 private:
  // The server counts tracks upwards; an entry is used again after so many.
  static constexpr size_t kEntries = 1 << 18;
  std::vector<std::atomic<uint64_t>> entries_;
};

}  // namespace conclave::load
