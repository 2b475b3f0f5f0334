// The decoder behind a slot that carries a scalable stream: it goes by the dependency descriptors
// as they arrive, and decodes a frame only with all that it refers to.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "base/sequence_numbers.h"
#include "sim/fake_payload.h"
#include "wire/dependency_descriptor.h"

namespace conclave::sim {

class SvcPlayer {
 public:
  enum class Outcome : uint8_t {
    // Nothing to show yet.
    kPart,
    // The picture is complete.
    kPicture,
    kKeyPicture,
    // Something that it needs is not there, or does not fit what was told before.
    kBroken,
  };

  // The next packet, nothing of the stream missing since Restart.
  Outcome Play(const FakeFrame& frame, bool marker, std::span<const uint8_t> descriptor);
  // Something is missing: goes on at the next key frame.
  void Restart() { waiting_ = true; }
  bool waiting() const { return waiting_; }

 private:
  Outcome Begin(const FakeFrame& frame, int64_t number, const wire::FrameDependencies& depends);
  Outcome End(const FakeFrame& frame, int64_t number, bool marker);

  bool waiting_ = true;
  std::optional<wire::DependencyStructure> structure_;
  uint32_t active_targets_ = 0;
  SeqUnwrapper unwrapper_;
  // Decoded frames by their numbers, as the receiver sees them.
  std::set<int64_t> decoded_;
  // Whose frames they are, and what the receiver's numbers are ahead of the source's.
  std::optional<TrackId> track_;
  uint16_t ahead_ = 0;
  // Of the frame that is arriving.
  uint8_t next_packet_ = 0;
  bool key_picture_ = false;
};

}  // namespace conclave::sim
