#include "sim/fake_track.h"

#include <algorithm>
#include <utility>

#include "sim/fake_payload.h"

namespace conclave::sim {
namespace {

constexpr uint32_t kAudioClockHz = 48000;
constexpr uint32_t kVideoClockHz = 90000;
constexpr size_t kHistoryPackets = 256;
constexpr size_t kAudioBytes = 60;
constexpr uint16_t kLowestHeightPx = 180;
constexpr size_t kLowestPacketBytes = 150;
constexpr size_t kPacketBytesMax = 1100;

uint64_t NtpOf(Instant now, uint64_t offset_s) {
  const auto us = static_cast<uint64_t>(now.us());
  return (us / 1'000'000 + offset_s) << 32 | ((us % 1'000'000) << 32) / 1'000'000;
}

}  // namespace

FakeTrack::FakeTrack(const router::TrackConfig& config, const FakePace& pace, uint64_t ntp_offset_s,
                     Random& random)
    : config_(config),
      pace_(pace),
      layers_(std::max<size_t>(1, config.rids.size())),
      active_layers_(layers_.size()),
      timestamp_offset_(random.Next32()),
      ntp_offset_s_(ntp_offset_s),
      muted_(config.muted) {
  for (Layer& layer : layers_) {
    layer.ssrc = random.Next32() | 1;
    layer.rtx_ssrc = random.Next32() | 1;
    layer.sequence = static_cast<uint16_t>(random.Next32() % 0x8000);
    layer.rtx_sequence = static_cast<uint16_t>(random.Next32() % 0x8000);
    layer.picture_id = static_cast<uint16_t>(random.Next32() % 0x8000);
    layer.tl0_picture_index = static_cast<uint8_t>(random.Next32());
  }
  const router::CodecName codec = config.codecs.at(0).name;
  if (codec == router::CodecName::kAv1 || codec == router::CodecName::kVp9) {
    svc_.emplace(config.track, codec, pace.svc);
  }
  if (config.ssrc != 0) layers_[0].ssrc = config.ssrc;
  if (config.rtx_ssrc != 0) layers_[0].rtx_ssrc = config.rtx_ssrc;
}

bool FakeTrack::is_audio() const {
  return config_.source == router::SourceKind::kMicrophone ||
         config_.source == router::SourceKind::kScreenAudio;
}

void FakeTrack::Start(Instant now) { next_ = now; }

uint32_t FakeTrack::TimestampAt(Instant now) const {
  const uint64_t clock = is_audio() ? kAudioClockHz : kVideoClockHz;
  return timestamp_offset_ +
         static_cast<uint32_t>(static_cast<uint64_t>(now.us()) * clock / 1'000'000);
}

void FakeTrack::OnDeadline(Instant now, std::vector<FakePacket>& out) {
  if (NextDeadline() > now) return;
  ApplyWish(now);
  for (size_t layer = 0; layer < std::min(active_layers_, layers_.size()); ++layer) {
    if ((encodings_ >> layer & 1) == 0) continue;
    if (svc_) {
      SendPicture(now, out);
    } else {
      SendFrame(layer, now, out);
    }
  }
  const Duration sound = level_ == kSilence ? pace_.silence : pace_.audio;
  const Duration interval = is_audio() ? sound : pace_.video;
  // After a mute the clock goes on from now instead of catching up.
  next_ = std::max(next_ + interval, now + interval / 2);
}

void FakeTrack::ApplyWish(Instant now) {
  if (wished_.at > now) return;
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    const unsigned switched_on = wished_.layers & ~encodings_;
    if ((switched_on >> layer & 1) != 0) layers_[layer].key_frame_due = true;
  }
  if (svc_) {
    uint8_t spatial = 1;
    while (kLowestHeightPx << (spatial - 1) < wished_.height_px && spatial < pace_.svc.spatial) {
      ++spatial;
    }
    if (svc_->SetSpatialLayers(spatial)) layers_[0].key_frame_due = true;
  }
  encodings_ = wished_.layers;
  wished_.at = Instant::Never();
}

void FakeTrack::SendFrame(size_t index, Instant now, std::vector<FakePacket>& out) {
  Layer& layer = layers_[index];
  const size_t frame_bytes = index < pace_.frame_bytes.size() ? pace_.frame_bytes[index] : 0;
  const size_t needed = (frame_bytes + kPacketBytesMax - 1) / kPacketBytesMax;
  const size_t packet_bytes = needed > 0 ? frame_bytes / needed : kLowestPacketBytes << index;
  const bool key = !is_audio() && layer.key_frame_due;
  const bool large = key && pace_.packets_per_key_frame != 0;
  const size_t usual = needed > 0 ? needed : pace_.packets_per_frame;
  const auto video = static_cast<uint8_t>(large ? pace_.packets_per_key_frame : usual);
  const uint8_t count = is_audio() ? 1 : video;
  layer.key_frame_due = false;
  key_frames_ += key ? 1 : 0;
  ++layer.picture_id;
  ++layer.tl0_picture_index;
  for (uint8_t i = 0; i < count; ++i) {
    const FakeFrame frame = {config_.track, static_cast<uint8_t>(index), layer.frame, key, i,
                             count};
    FakePacket packet;
    packet.marker = !is_audio() && i + 1 == count;
    if (!config_.rids.empty()) packet.rid = config_.rids[index];
    const auto height_px = static_cast<uint16_t>(kLowestHeightPx << index);
    packet.payload = is_audio() ? EncodeOpus(frame, kAudioBytes)
                                : EncodeVp8(frame, layer.picture_id, layer.tl0_picture_index,
                                            height_px, packet_bytes);
    Send(index, std::move(packet), now, out);
  }
  ++layer.frame;
}

void FakeTrack::SendPicture(Instant now, std::vector<FakePacket>& out) {
  const bool key = std::exchange(layers_[0].key_frame_due, false);
  key_frames_ += key ? 1 : 0;
  std::vector<SvcPacket> packets;
  svc_->Next(key, pace_.frame_bytes, packets);
  for (SvcPacket& made : packets) {
    FakePacket packet;
    packet.marker = made.marker;
    packet.payload = std::move(made.payload);
    packet.descriptor = std::move(made.descriptor);
    Send(0, std::move(packet), now, out);
  }
}

void FakeTrack::Send(size_t index, FakePacket packet, Instant now, std::vector<FakePacket>& out) {
  Layer& layer = layers_[index];
  packet.ssrc = layer.ssrc;
  packet.payload_type = config_.codecs.at(0).payload_type;
  packet.sequence = layer.sequence++;
  packet.timestamp = TimestampAt(now);
  ++layer.packets;
  layer.bytes += static_cast<uint32_t>(packet.payload.size());
  ++packets_sent_;
  bytes_sent_ += packet.payload.size();
  layer.history.push_back(packet);
  if (layer.history.size() > kHistoryPackets) layer.history.pop_front();
  out.push_back(std::move(packet));
}

bool FakeTrack::OnKeyFrameRequest(uint32_t ssrc) {
  for (Layer& layer : layers_) {
    if (layer.ssrc != ssrc || is_audio()) continue;
    layer.key_frame_due = true;
    ++key_frame_requests_;
    return true;
  }
  return false;
}

bool FakeTrack::OnNack(uint32_t ssrc, uint16_t sequence, std::vector<FakePacket>& out) {
  for (Layer& layer : layers_) {
    if (layer.ssrc != ssrc) continue;
    ++nacks_;
    const auto found = std::ranges::find(layer.history, sequence, &FakePacket::sequence);
    const uint8_t payload_type = config_.codecs.at(0).rtx_payload_type;
    if (found == layer.history.end() || payload_type == 0) return true;
    FakePacket packet = *found;
    packet.rtx = true;
    packet.ssrc = layer.rtx_ssrc;
    packet.payload_type = payload_type;
    packet.sequence = layer.rtx_sequence++;
    packet.payload.insert(packet.payload.begin(),
                          {static_cast<uint8_t>(sequence >> 8), static_cast<uint8_t>(sequence)});
    out.push_back(std::move(packet));
    return true;
  }
  return false;
}

std::optional<wire::SenderInfo> FakeTrack::MakeSenderInfo(size_t index, Instant now) const {
  const Layer& layer = layers_[index];
  if (layer.packets == 0) return std::nullopt;
  return wire::SenderInfo{NtpOf(now, ntp_offset_s_), TimestampAt(now), layer.packets, layer.bytes};
}

}  // namespace conclave::sim
