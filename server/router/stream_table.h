// Which of a publisher's streams an SSRC is. Announced in the offer, or learnt from MID and RID
// header extensions (RFC 8843 section 9.2, RFC 8852); the newest word counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace conclave::router {

struct StreamKey {
  // Index into the publisher's tracks.
  uint16_t track = 0;
  uint8_t layer = 0;
  // The retransmission stream (RFC 4588) of that layer.
  bool rtx = false;
  bool operator==(const StreamKey&) const = default;
};

// Holds one SSRC per key, so a hostile publisher cannot grow it: at most tracks x layers x 2. A
// publisher has about ten streams, for which a scan of a flat array is the fastest look-up.
class StreamTable {
 public:
  std::optional<StreamKey> Find(uint32_t ssrc) const;
  // The SSRC of a key, 0 where none is known.
  uint32_t SsrcOf(const StreamKey& key) const;
  // Takes the SSRC from whatever had it. Returns whether the key had another SSRC before (a new
  // stream begins).
  bool Set(const StreamKey& key, uint32_t ssrc);
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    uint32_t ssrc = 0;
    StreamKey key;
  };
  std::vector<Entry> entries_;
};

}  // namespace conclave::router
