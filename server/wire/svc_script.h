// Tests only: the frames of a scalable stream, numbered and described as a browser's encoder would.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "wire/dependency_descriptor.h"

namespace conclave::wire {

// "L3T3_KEY" is {3, 3, true}: spatial layers refer to one another in key pictures only.
struct SvcMode {
  uint8_t spatial = 1;
  uint8_t temporal = 1;
  bool key_only = false;
};

struct SvcFrame {
  // Counts the temporal units.
  int64_t picture = 0;
  bool key_picture = false;
  uint16_t frame_number = 0;
  uint8_t template_id = 0;
  FrameDependencies dependencies;
  // The last spatial layer of its picture.
  bool last = false;
};

class SvcScript {
 public:
  explicit SvcScript(const SvcMode& mode, uint8_t template_id_offset = 0, uint16_t frame_number = 0)
      : mode_(mode), next_number_(frame_number) {
    structure_.template_id_offset = template_id_offset;
    structure_.decode_targets = static_cast<uint8_t>(mode.spatial * mode.temporal);
    structure_.chains = mode.spatial;
    for (size_t i = 0; i < structure_.decode_targets; ++i) {
      structure_.protected_by[i] = static_cast<uint8_t>(i / mode.temporal);
    }
    MakeTemplates();
  }

  const DependencyStructure& structure() const { return structure_; }

  // The frames of the next picture, lowest spatial layer first.
  std::vector<SvcFrame> Next(bool key) {
    key = key || picture_ == 0;
    if (key) since_key_ = 0;
    std::vector<SvcFrame> frames;
    for (uint8_t s = 0; s < mode_.spatial; ++s) {
      SvcFrame frame;
      frame.picture = picture_;
      frame.key_picture = key;
      frame.frame_number = next_number_;
      frame.dependencies = Describe(s, since_key_, next_number_);
      frame.template_id = Find(frame.dependencies);
      frame.last = s + 1 == mode_.spatial;
      frames.push_back(frame);
      NoteChains(frame);
      ++next_number_;
    }
    ++picture_;
    ++since_key_;
    return frames;
  }

  // Its descriptor as it is sent; with the structure where the frame begins a key picture.
  std::vector<uint8_t> Descriptor(const SvcFrame& frame, bool start = true, bool end = true) const {
    std::vector<uint8_t> bytes(kDependencyDescriptorBytesMax);
    const bool attach = start && frame.key_picture && frame.dependencies.spatial_layer == 0;
    const DependencyDescriptor descriptor = {.start_of_frame = start,
                                             .end_of_frame = end,
                                             .template_id = frame.template_id,
                                             .frame_number = frame.frame_number,
                                             .has_structure = attach};
    bytes.resize(WriteDependencyDescriptor(descriptor, structure_, 0, {}, bytes));
    return bytes;
  }

 private:
  // T0, T2, T1, T2: how far back the temporal reference is, in pictures.
  struct Position {
    uint8_t temporal;
    uint16_t back;
  };
  Position At(int64_t since_key) const {
    constexpr std::array<Position, 4> kThree = {{{0, 4}, {2, 1}, {1, 2}, {2, 1}}};
    constexpr std::array<Position, 2> kTwo = {{{0, 2}, {1, 1}}};
    if (mode_.temporal == 3) return kThree[static_cast<size_t>(since_key % 4)];
    if (mode_.temporal == 2) return kTwo[static_cast<size_t>(since_key % 2)];
    return {0, 1};
  }

  DecodeTargetIndication Indicate(uint8_t s, uint8_t t, bool key, uint8_t ts, uint8_t tt) const {
    using enum DecodeTargetIndication;
    const bool joined = key || !mode_.key_only;
    if (tt < t || ts < s || (!joined && ts != s)) return kNotPresent;
    if (key) return kSwitch;
    if (ts != s) return kRequired;
    return t > 0 && tt == t ? kDiscardable : kSwitch;
  }

  FrameDependencies Describe(uint8_t s, int64_t since_key, uint16_t number) const {
    const bool key = since_key == 0;
    const Position position = At(since_key);
    FrameDependencies out;
    out.spatial_layer = s;
    out.temporal_layer = key ? uint8_t{0} : position.temporal;
    for (uint8_t i = 0; i < structure_.decode_targets; ++i) {
      out.indications[i] =
          Indicate(s, out.temporal_layer, key, static_cast<uint8_t>(i / mode_.temporal),
                   static_cast<uint8_t>(i % mode_.temporal));
    }
    const auto refer = [&](int back) {
      out.frame_diffs[out.frame_diff_count++] = static_cast<uint16_t>(back);
    };
    if (!key) refer(position.back * mode_.spatial);
    if (s > 0 && (key || !mode_.key_only)) refer(1);
    for (size_t chain = 0; chain < structure_.chains; ++chain) {
      const bool begins = key && s == 0;
      out.chain_diffs[chain] =
          begins ? uint8_t{0} : static_cast<uint8_t>(number - last_of_chain_[chain]);
    }
    return out;
  }

  void NoteChains(const SvcFrame& frame) {
    if (frame.dependencies.temporal_layer != 0) return;
    const uint8_t s = frame.dependencies.spatial_layer;
    for (uint8_t chain = 0; chain < structure_.chains; ++chain) {
      const bool part = frame.key_picture || !mode_.key_only ? chain >= s : chain == s;
      if (part) last_of_chain_[chain] = frame.frame_number;
    }
  }

  // All that occurs in two cycles after a key picture.
  void MakeTemplates() {
    std::vector<FrameDependencies> found;
    structure_.template_count = 0;
    const uint16_t first = next_number_;
    for (int64_t since = 0; since < 9; ++since) {
      for (uint8_t s = 0; s < mode_.spatial; ++s) {
        SvcFrame frame;
        frame.key_picture = since == 0;
        frame.frame_number = next_number_++;
        frame.dependencies = Describe(s, since, frame.frame_number);
        if (std::ranges::find(found, frame.dependencies) == found.end()) {
          found.push_back(frame.dependencies);
        }
        NoteChains(frame);
      }
    }
    next_number_ = first;
    for (uint8_t s = 0; s < mode_.spatial; ++s) {
      for (uint8_t t = 0; t < mode_.temporal; ++t) {
        for (const FrameDependencies& frame : found) {
          if (frame.spatial_layer != s || frame.temporal_layer != t) continue;
          structure_.templates[structure_.template_count++] = frame;
        }
      }
    }
  }

  uint8_t Find(const FrameDependencies& dependencies) const {
    const auto end = structure_.templates.begin() + structure_.template_count;
    const auto found = std::find(structure_.templates.begin(), end, dependencies);
    const auto index = static_cast<size_t>(found - structure_.templates.begin());
    return static_cast<uint8_t>((structure_.template_id_offset + index) % kFrameTemplatesMax);
  }

  SvcMode mode_;
  DependencyStructure structure_;
  uint16_t next_number_;
  int64_t picture_ = 0;
  int64_t since_key_ = 0;
  std::array<uint16_t, kDecodeTargetsMax> last_of_chain_{};
};

}  // namespace conclave::wire
