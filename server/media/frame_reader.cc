#include "media/frame_reader.h"

#include <algorithm>

#include "wire/av1.h"
#include "wire/h264.h"

namespace conclave::media {
namespace {

uint8_t Clamp(uint8_t layer, uint8_t count) {
  return std::min(layer, static_cast<uint8_t>(count - 1));
}

PointMask Union(PointMask a, PointMask b) { return static_cast<PointMask>(a | b); }

// Whether frame `a` is before `b`, in the cycle of 16 bits.
bool IsBefore(uint16_t a, uint16_t b) { return static_cast<int16_t>(a - b) < 0; }

void SetTemporal(uint8_t temporal, FrameFacts& facts) {
  facts.temporal_layer = temporal;
  facts.needed_for = FromTemporal(temporal);
}

}  // namespace

void FrameReader::Begin(wire::Codec codec) {
  codec_ = codec;
  spatial_layers_ = temporal_layers_ = 1;
  heights_px_ = {};
  av1_layers_ = {};
  structure_.reset();
}

bool FrameReader::Read(wire::Codec codec, std::span<const uint8_t> payload,
                       std::span<const uint8_t> descriptor, uint16_t descriptor_offset,
                       PacketInfo& info) {
  info.frame = {};
  if (codec_ != codec) {
    if (info.sequence < newest_sequence_) {
      // Of the codec before, and late: nobody can use it any more.
      info.frame.needed_for = 0;
      return true;
    }
    Begin(codec);
  }
  newest_sequence_ = std::max(newest_sequence_, info.sequence);
  info.frame.frame_end = info.marker;
  if (!ReadPayload(payload, info)) return false;
  NoteLayers(info.frame);
  if (info.frame.key_frame) info.frame.entry_to = kAllPoints;
  info.frame.available =
      UpTo({static_cast<uint8_t>(spatial_layers_ - 1), static_cast<uint8_t>(temporal_layers_ - 1)});
  if (!descriptor.empty()) ReadDescriptor(descriptor, descriptor_offset, info);
  return true;
}

bool FrameReader::ReadPayload(std::span<const uint8_t> payload, PacketInfo& info) {
  switch (*codec_) {
    case wire::Codec::kOpus:
      info.frame.key_frame = info.frame.frame_start = info.frame.frame_end = true;
      return !payload.empty();
    case wire::Codec::kVp8:
      return ReadVp8(payload, info);
    case wire::Codec::kVp9:
      return ReadVp9(payload, info);
    case wire::Codec::kH264:
      return ReadH264(payload, info);
    case wire::Codec::kAv1:
      return ReadAv1(payload, info);
  }
  return false;
}

void FrameReader::NoteLayers(const FrameFacts& facts) {
  // Where there is a structure, that one tells.
  if (structure_) return;
  spatial_layers_ = std::max(spatial_layers_, static_cast<uint8_t>(facts.spatial_layer + 1));
  temporal_layers_ = std::max(temporal_layers_, static_cast<uint8_t>(facts.temporal_layer + 1));
}

bool FrameReader::ReadVp8(std::span<const uint8_t> payload, PacketInfo& info) {
  const auto descriptor = wire::ParseVp8(payload);
  if (!descriptor) return false;
  FrameFacts& facts = info.frame;
  info.picture = descriptor->fields();
  info.closes_picture_gaps = true;
  facts.key_frame = descriptor->key_frame;
  facts.frame_start = descriptor->frame_start();
  const uint8_t temporal = Clamp(descriptor->temporal_layer.value_or(0), kTemporalLayersMax);
  SetTemporal(temporal, facts);
  if (temporal > 0 && descriptor->layer_sync) {
    // It depends on the base layer alone, but those after it may depend on the layer between.
    facts.entry_to = BitOf({0, temporal});
    facts.entry_from = LayerPoint{0, static_cast<uint8_t>(temporal - 1)};
  }
  return true;
}

bool FrameReader::ReadVp9(std::span<const uint8_t> payload, PacketInfo& info) {
  const auto descriptor = wire::ParseVp9(payload);
  if (!descriptor) return false;
  FrameFacts& facts = info.frame;
  info.picture = descriptor->fields();
  facts.key_frame = descriptor->key_frame();
  facts.frame_start = descriptor->frame_start;
  facts.frame_end = descriptor->frame_end;
  const uint8_t spatial = Clamp(descriptor->spatial_layer.value_or(0), kSpatialLayersMax);
  const uint8_t temporal = Clamp(descriptor->temporal_layer.value_or(0), kTemporalLayersMax);
  SetTemporal(temporal, facts);
  facts.spatial_layer = spatial;
  PointMask spatials = OfSpatial(spatial);
  for (uint8_t s = static_cast<uint8_t>(spatial + 1); s < kSpatialLayersMax; ++s) {
    if (!descriptor->not_inter_layer_reference) spatials = Union(spatials, OfSpatial(s));
  }
  facts.needed_for = static_cast<PointMask>(facts.needed_for & spatials);
  if (descriptor->switching_up_point) {
    // What is above depends on nothing before this picture but its layer and those below.
    facts.entry_to = static_cast<PointMask>(OfSpatial(spatial) & FromTemporal(temporal));
    facts.entry_from = LayerPoint{spatial, temporal};
  }
  if (facts.key_frame && descriptor->has_scalability_structure && !structure_) {
    spatial_layers_ = std::min(descriptor->spatial_layers, kSpatialLayersMax);
    std::copy_n(descriptor->heights_px.begin(), kSpatialLayersMax, heights_px_.begin());
  }
  return true;
}

bool FrameReader::ReadH264(std::span<const uint8_t> payload, PacketInfo& info) {
  const auto h264 = wire::ParseH264(payload);
  if (!h264) return false;
  info.frame.key_frame = h264->key_frame;
  info.frame.frame_start = h264->nal_start;
  // All that the format tells without SVC: a frame to which none refers may be left out.
  if (h264->discardable) {
    SetTemporal(1, info.frame);
    info.frame.entry_to = FromTemporal(1);
    info.frame.entry_from = LayerPoint{0, 0};
  }
  return true;
}

bool FrameReader::ReadAv1(std::span<const uint8_t> payload, PacketInfo& info) {
  const auto av1 = wire::ParseAv1(payload);
  if (!av1) return false;
  if (!av1->continues_previous) av1_layers_ = {};
  if (av1->temporal_layer) {
    av1_layers_ = {Clamp(*av1->spatial_layer, kSpatialLayersMax),
                   Clamp(*av1->temporal_layer, kTemporalLayersMax)};
  }
  info.frame.key_frame = av1->new_sequence;
  info.frame.frame_start = !av1->continues_previous;
  // Where a frame of a spatial layer ends is not to be seen, so these are not told apart.
  SetTemporal(av1_layers_.temporal, info.frame);
  return true;
}

// Keeps the structure unless it is of a frame before the one that brought the present one.
bool FrameReader::TakeStructure(std::span<const uint8_t> value, uint16_t frame_number) {
  if (structure_ && IsBefore(frame_number, structure_->frame)) return true;
  wire::DependencyStructure templates;
  if (!wire::ParseAttachedStructure(value, templates)) return false;
  if (!structure_) structure_.emplace();
  Structure& structure = *structure_;
  structure.templates = templates;
  structure.frame = newest_frame_ = frame_number;
  spatial_layers_ = temporal_layers_ = 1;
  for (size_t target = 0; target < templates.decode_targets; ++target) {
    LayerPoint point;
    for (size_t i = 0; i < templates.template_count; ++i) {
      const wire::FrameDependencies& frame = templates.templates[i];
      if (frame.indications[target] == wire::DecodeTargetIndication::kNotPresent) continue;
      point.spatial = std::max(point.spatial, frame.spatial_layer);
      point.temporal = std::max(point.temporal, frame.temporal_layer);
    }
    const bool told_apart =
        point.spatial < kSpatialLayersMax && point.temporal < kTemporalLayersMax;
    structure.target_bits[target] = told_apart ? BitOf(point) : PointMask{0};
    structure.target_points[target] =
        static_cast<uint8_t>(told_apart ? point.spatial * kTemporalLayersMax + point.temporal : 0);
    if (!told_apart) continue;
    spatial_layers_ = std::max(spatial_layers_, static_cast<uint8_t>(point.spatial + 1));
    temporal_layers_ = std::max(temporal_layers_, static_cast<uint8_t>(point.temporal + 1));
  }
  for (size_t s = 0; templates.has_resolutions && s < kSpatialLayersMax; ++s) {
    heights_px_[s] =
        static_cast<uint16_t>(std::min<uint32_t>(templates.resolutions[s].height, UINT16_MAX));
  }
  return true;
}

void FrameReader::ReadDescriptor(std::span<const uint8_t> value, uint16_t offset,
                                 PacketInfo& info) {
  const auto descriptor = wire::ParseDependencyDescriptor(value);
  if (!descriptor || value.size() > wire::kDependencyDescriptorBytesMax) return;
  if (descriptor->has_structure && !TakeStructure(value, descriptor->frame_number)) return;
  if (!structure_) return;
  if (IsBefore(descriptor->frame_number, structure_->frame)) {
    // It came after the key frame that made it useless.
    info.frame.key_frame = false;
    info.frame.needed_for = info.frame.entry_to = 0;
    return;
  }
  const auto frame = wire::ParseFrameDependencies(value, structure_->templates);
  if (!frame) return;
  if (!IsBefore(descriptor->frame_number, newest_frame_)) {
    newest_frame_ = descriptor->frame_number;
    active_targets_ = frame->active_targets.value_or(active_targets_);
  }
  FillFacts(*descriptor, *frame, info.frame);
  SourceDescriptor& out = info.descriptor.emplace();
  out.offset = offset;
  out.size_bytes = static_cast<uint8_t>(value.size());
  out.frame_number = descriptor->frame_number;
  out.layout = frame->layout;
  out.template_id_offset = structure_->templates.template_id_offset;
  out.template_count = structure_->templates.template_count;
  out.active_targets = frame->active_targets.value_or(active_targets_);
  out.target_points = structure_->target_points;
}

void FrameReader::FillFacts(const wire::DependencyDescriptor& descriptor,
                            const wire::ParsedFrame& parsed, FrameFacts& facts) const {
  const wire::FrameDependencies& frame = parsed.dependencies;
  facts = {};
  facts.frame_start = descriptor.start_of_frame;
  facts.frame_end = descriptor.end_of_frame;
  facts.spatial_layer = Clamp(frame.spatial_layer, kSpatialLayersMax);
  facts.temporal_layer = Clamp(frame.temporal_layer, kTemporalLayersMax);
  facts.available = facts.needed_for = 0;
  const uint32_t active = parsed.active_targets.value_or(active_targets_);
  for (size_t target = 0; target < structure_->templates.decode_targets; ++target) {
    const PointMask bit = structure_->target_bits[target];
    const auto indication = frame.indications[target];
    if ((active >> target & 1) != 0) facts.available = Union(facts.available, bit);
    if (indication != wire::DecodeTargetIndication::kNotPresent) {
      facts.needed_for = Union(facts.needed_for, bit);
    }
    if (indication == wire::DecodeTargetIndication::kSwitch) {
      facts.entry_to = Union(facts.entry_to, bit);
    }
  }
  if (facts.available == 0) facts.available = kBasePoint;
  for (const uint16_t diff : frame.diffs()) {
    if (diff > 64) {
      facts.refers_further = true;
    } else {
      facts.references |= uint64_t{1} << (diff - 1);
    }
  }
  const bool independent = frame.frame_diff_count == 0;
  facts.key_frame = descriptor.start_of_frame && independent && frame.spatial_layer == 0;
}

}  // namespace conclave::media
