#include "sim/fake_svc.h"

#include <algorithm>
#include <array>

#include "sim/fake_payload.h"

namespace conclave::sim {
namespace {

constexpr size_t kPacketBytesMax = 1100;
constexpr size_t kFrameBytes = 600;
constexpr size_t kKeyFrameFactor = 3;
// Of a frame of the lowest temporal layer, in percent.
constexpr std::array<size_t, wire::kDescriptorTemporalMax> kTemporalPercent = {100, 70, 50, 40,
                                                                               40,  40, 40, 40};

}  // namespace

bool FakeSvc::SetSpatialLayers(uint8_t count) {
  count = std::clamp<uint8_t>(count, 1, mode_.spatial);
  if (count == spatial_layers_) return false;
  const bool up = count > spatial_layers_;
  spatial_layers_ = count;
  tell_active_ = true;
  return up;
}

uint32_t FakeSvc::ActiveTargets() const {
  return (uint32_t{1} << (spatial_layers_ * mode_.temporal)) - 1;
}

std::vector<uint8_t> FakeSvc::Describe(const wire::SvcFrame& frame, bool start, bool end) const {
  const bool structure = start && frame.key_picture && frame.dependencies.spatial_layer == 0;
  // A structure alone would say that everything is being sent.
  const bool active = tell_active_ || (structure && spatial_layers_ < mode_.spatial);
  std::vector<uint8_t> bytes(wire::kDependencyDescriptorBytesMax);
  const wire::DependencyDescriptor descriptor = {.start_of_frame = start,
                                                 .end_of_frame = end,
                                                 .template_id = frame.template_id,
                                                 .frame_number = frame.frame_number,
                                                 .has_structure = structure,
                                                 .has_active_targets = active};
  bytes.resize(
      wire::WriteDependencyDescriptor(descriptor, script_.structure(), ActiveTargets(), {}, bytes));
  return bytes;
}

void FakeSvc::Next(bool key, std::span<const size_t> frame_bytes, std::vector<SvcPacket>& out) {
  for (const wire::SvcFrame& frame : script_.Next(key)) {
    const uint8_t spatial = frame.dependencies.spatial_layer;
    if (spatial >= spatial_layers_) continue;
    const size_t base = spatial < frame_bytes.size() ? frame_bytes[spatial] : kFrameBytes;
    const size_t percent = kTemporalPercent[frame.dependencies.temporal_layer];
    const size_t bytes = base * (frame.key_picture ? 100 * kKeyFrameFactor : percent) / 100;
    const size_t count = (bytes + kPacketBytesMax - 1) / kPacketBytesMax;
    for (size_t i = 0; i < count; ++i) {
      const FakeFrame content = {track_,
                                 spatial,
                                 frame.frame_number,
                                 frame.key_picture,
                                 static_cast<uint8_t>(i),
                                 static_cast<uint8_t>(count)};
      const bool end = i + 1 == count;
      SvcPacket packet;
      packet.marker = end && spatial + 1 == spatial_layers_;
      packet.descriptor = Describe(frame, i == 0, end);
      packet.payload = codec_ == router::CodecName::kAv1 ? EncodeAv1(content, bytes / count)
                                                         : EncodeVp9(content, bytes / count);
      out.push_back(std::move(packet));
    }
    tell_active_ = false;
  }
}

}  // namespace conclave::sim
