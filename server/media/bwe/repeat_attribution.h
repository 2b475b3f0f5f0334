// Which copy of a repeated packet did the feedback see? Copies carry the transport-wide number of
// the original (decisions 25), and feedback tells one arrival for each number: that of a copy would
// look like a delay of tens of milliseconds, and would hide the loss of the original.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

// One per transport. Allocates once, with the first copy.
class RepeatAttribution {
 public:
  // Twice the packets of a round trip of half a second at 10 Mbps.
  static constexpr size_t kNumbersMax = 1024;

  // A copy of the packet with that number left; only the first one's time counts.
  void OnCopy(int64_t sequence, Instant now);

  // To be applied to the results of one feedback, in the order of sending, before anybody sees
  // them. `fastest`: the least time of travel of late, by two clocks. Of repeated packets,
  // * one that was overtaken by what left before its copy is the copy: the original was lost;
  // * one that came sooner than its copy could is the original, as one that was not overtaken;
  // * one that nothing tells of is left out, and so is a copy whose original was reported lost.
  void Apply(Duration fastest, std::vector<PacketResult>& results) const;

 private:
  enum class Seen : uint8_t { kOriginal, kCopy, kUnknown };
  struct Number {
    int64_t sequence = -1;
    Instant copied;
  };

  const Number* Find(int64_t sequence) const;
  Seen Which(const std::vector<PacketResult>& results, size_t at, Instant copied,
             Duration fastest) const;

  std::vector<Number> numbers_;
};

}  // namespace conclave::media
