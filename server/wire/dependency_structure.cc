#include "wire/dependency_structure.h"

#include "wire/bit_reader.h"
#include "wire/bit_writer.h"

namespace conclave::wire {
namespace {

// next_layer_idc.
enum NextLayer : uint32_t { kSame = 0, kNextTemporal = 1, kNextSpatial = 2, kNoMore = 3 };

bool ReadLayers(BitReader& reader, DependencyStructure& out) {
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  out.template_count = 0;
  while (true) {
    if (!reader.ok() || out.template_count == kFrameTemplatesMax) return false;
    FrameDependencies& added = out.templates[out.template_count++];
    added.spatial_layer = spatial;
    added.temporal_layer = temporal;
    const uint32_t next = reader.Bits(2);
    if (next == kNoMore) return reader.ok();
    if (next == kNextTemporal) ++temporal;
    if (next == kNextSpatial) {
      temporal = 0;
      ++spatial;
    }
    if (spatial >= kDescriptorSpatialMax || temporal >= kDescriptorTemporalMax) return false;
  }
}

void ReadFrameDiffs(BitReader& reader, FrameDependencies& frame) {
  while (reader.Flag()) {
    if (frame.frame_diff_count == kFrameDiffsMax) return reader.Fail();
    frame.frame_diffs[frame.frame_diff_count++] = static_cast<uint16_t>(reader.Bits(4) + 1);
  }
}

void ReadChains(BitReader& reader, DependencyStructure& out) {
  out.chains = static_cast<uint8_t>(reader.NonSymmetric(out.decode_targets + 1U));
  if (out.chains == 0) return;
  for (size_t i = 0; i < out.decode_targets; ++i) {
    out.protected_by[i] = static_cast<uint8_t>(reader.NonSymmetric(out.chains));
  }
  for (size_t i = 0; i < out.template_count; ++i) {
    for (size_t chain = 0; chain < out.chains; ++chain) {
      out.templates[i].chain_diffs[chain] = static_cast<uint8_t>(reader.Bits(4));
    }
  }
}

void WriteLayers(const DependencyStructure& structure, BitWriter& out) {
  for (size_t i = 1; i < structure.template_count; ++i) {
    const FrameDependencies& before = structure.templates[i - 1];
    const FrameDependencies& next = structure.templates[i];
    if (next.spatial_layer != before.spatial_layer) {
      out.Bits(kNextSpatial, 2);
    } else {
      out.Bits(next.temporal_layer != before.temporal_layer ? kNextTemporal : kSame, 2);
    }
  }
  out.Bits(kNoMore, 2);
}

void WriteChains(const DependencyStructure& structure, BitWriter& out) {
  out.NonSymmetric(structure.chains, structure.decode_targets + 1U);
  if (structure.chains == 0) return;
  for (size_t i = 0; i < structure.decode_targets; ++i) {
    out.NonSymmetric(structure.protected_by[i], structure.chains);
  }
  for (size_t i = 0; i < structure.template_count; ++i) {
    for (size_t chain = 0; chain < structure.chains; ++chain) {
      out.Bits(structure.templates[i].chain_diffs[chain], 4);
    }
  }
}

}  // namespace

const FrameDependencies* DependencyStructure::Template(uint8_t template_id) const {
  const size_t index = (template_id + kFrameTemplatesMax - template_id_offset) % kFrameTemplatesMax;
  return index < template_count ? &templates[index] : nullptr;
}

bool ReadDependencyStructure(BitReader& reader, DependencyStructure& out) {
  out = {};
  out.template_id_offset = static_cast<uint8_t>(reader.Bits(6));
  out.decode_targets = static_cast<uint8_t>(reader.Bits(5) + 1);
  if (!ReadLayers(reader, out)) return false;
  for (size_t i = 0; i < out.template_count; ++i) {
    for (size_t target = 0; target < out.decode_targets; ++target) {
      out.templates[i].indications[target] = static_cast<DecodeTargetIndication>(reader.Bits(2));
    }
  }
  for (size_t i = 0; i < out.template_count; ++i) ReadFrameDiffs(reader, out.templates[i]);
  ReadChains(reader, out);
  out.has_resolutions = reader.Flag();
  for (size_t i = 0; out.has_resolutions && i < out.spatial_layers(); ++i) {
    out.resolutions[i].width = reader.Bits(16) + 1;
    out.resolutions[i].height = reader.Bits(16) + 1;
  }
  return reader.ok();
}

void WriteDependencyStructure(const DependencyStructure& structure, BitWriter& out) {
  out.Bits(structure.template_id_offset, 6);
  out.Bits(structure.decode_targets - 1U, 5);
  WriteLayers(structure, out);
  for (size_t i = 0; i < structure.template_count; ++i) {
    for (size_t target = 0; target < structure.decode_targets; ++target) {
      out.Bits(static_cast<uint32_t>(structure.templates[i].indications[target]), 2);
    }
  }
  for (size_t i = 0; i < structure.template_count; ++i) {
    for (const uint16_t diff : structure.templates[i].diffs()) {
      out.Flag(true);
      out.Bits(diff - 1U, 4);
    }
    out.Flag(false);
  }
  WriteChains(structure, out);
  out.Flag(structure.has_resolutions);
  for (size_t i = 0; structure.has_resolutions && i < structure.spatial_layers(); ++i) {
    out.Bits(structure.resolutions[i].width - 1, 16);
    out.Bits(structure.resolutions[i].height - 1, 16);
  }
}

}  // namespace conclave::wire
