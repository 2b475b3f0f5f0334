// Replay protection of all SSRCs of one direction of one key (RFC 3711 section 3.3.2), in bounded
// memory.
//
// What may be forgotten of a stream: which of its recent packets came out of order, never how far
// it came. Were an SSRC forgotten as a whole, whoever recorded its packets could play them once
// more: the keys are the same for the whole call, and a packet whose index is unknown is taken for
// one of the first rollover period. So the streams that were heard last have a window each; of the
// others only the highest index stays, up to which all is refused as seen. A stream that goes on
// after a pause therefore goes on where it was, rollover counter included, and only packets that
// overtook each other around the pause are lost.
//
// SSRCs themselves are never forgotten, so there is an end to them (ssrcs_max): then nothing sound
// is left but new keys, that is, a new transport. Only authentic packets make an entry: nobody but
// the peer itself gets there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "transport/replay_window.h"
#include "transport/ssrc_table.h"

namespace conclave::transport {

class ReplayTable {
 public:
  // A window is 150 bytes, an SSRC without one 20.
  ReplayTable(size_t windows_max, size_t ssrcs_max);

  // One SSRC as the table knows it; valid until the next Mark.
  class Stream {
   public:
    // The highest authentic index; nothing where the SSRC is new.
    std::optional<uint64_t> highest() const;
    bool Seen(uint64_t index) const;

   private:
    friend class ReplayTable;
    const ReplayWindow* window_ = nullptr;
    std::optional<uint64_t> parked_;
  };
  Stream Find(uint32_t ssrc);

  // Call for authentic packets that were not Seen. False, and nothing changed, where `ssrc` would
  // be one too many.
  bool Mark(uint32_t ssrc, uint64_t index);

  size_t ssrcs() const { return streams_.size(); }
  size_t windows() const { return windows_.size(); }

 private:
  struct Entry {
    // Index into windows_; kParked where it has none.
    uint32_t window = kParked;
    // Without a window: all up to it counts as seen.
    uint64_t highest = 0;
    bool any = false;
  };
  struct Window {
    uint32_t ssrc = 0;
    // Of all marks, the number of its latest.
    uint64_t marked = 0;
    ReplayWindow seen;
  };
  static constexpr uint32_t kParked = UINT32_MAX;

  void GiveWindow(uint32_t ssrc, Entry& entry);

  const size_t windows_max_;
  SsrcTable<Entry> streams_;
  std::vector<Window> windows_;
  uint64_t marks_ = 0;
};

}  // namespace conclave::transport
