// The way in: from a plaintext packet to a packet of a known track and layer.
#include <algorithm>
#include <array>

#include "base/byte_reader.h"
#include "media/rtx.h"
#include "router/publisher.h"
#include "wire/codec.h"
#include "wire/rtp_extensions.h"

namespace conclave::router {
namespace {

// A track without the audio-level extension is ranked as quiet speech while it sends: else nobody
// would ever hear it.
constexpr wire::AudioLevelValue kUnknownLevel = {.voice = true, .level = 40};

std::optional<std::string_view> StreamId(const wire::RtpPacket& packet, uint8_t id) {
  const auto value = wire::FindExtension(packet, id);
  return value ? wire::ParseStreamId(*value) : std::nullopt;
}

}  // namespace

bool Publisher::IsVideo(std::span<const uint8_t> rtp) const {
  ByteReader reader(rtp);
  reader.Skip(8);
  const auto key = streams_.Find(reader.U32());
  return reader.ok() && key && tracks_[key->track]->kind() == MediaKind::kVideo;
}

IngestVerdict Publisher::OnRtp(Instant now, media::Packet& packet, Arrived& arrived) {
  const auto rtp = wire::ParseRtp(std::span(packet.bytes).first(packet.size_bytes));
  if (!rtp) return IngestVerdict::kMalformed;
  NoteTransportSequence(now, *rtp, packet.size_bytes);
  const std::optional<StreamKey> key = FindStream(*rtp);
  if (!key) return IngestVerdict::kNothing;
  newest_ssrc_ = rtp->ssrc;
  active_ = true;
  if (takes_remb_) {
    if (remb_.NextDeadline() == Instant::Never()) touched_.Add(self_);
    remb_.OnPacket(now, packet.size_bytes);
  }
  if (next_report_ == Instant::Never()) {
    next_report_ = now + kReportInterval;
    touched_.Add(self_);
  }
  return Take(now, *key, *rtp, packet, arrived);
}

void Publisher::NoteTransportSequence(Instant now, const wire::RtpPacket& packet,
                                      size_t size_bytes) {
  const auto value = wire::FindExtension(packet, ids_.transport_cc);
  const auto sequence = value ? wire::ParseTransportSequence(*value) : std::nullopt;
  if (!sequence) return;
  const Instant before = twcc_.NextDeadline();
  twcc_.OnPacket(now, *sequence, size_bytes);
  if (twcc_.NextDeadline() < before) touched_.Add(self_);
}

std::optional<StreamKey> Publisher::FindStream(const wire::RtpPacket& packet) {
  if (const auto key = streams_.Find(packet.ssrc)) return key;
  const auto key = Learn(packet);
  if (key) Assign(*key, packet.ssrc);
  return key;
}

std::optional<StreamKey> Publisher::Learn(const wire::RtpPacket& packet) const {
  const auto mid = StreamId(packet, ids_.mid);
  const auto index = mid ? TrackOfMid(*mid) : OnlyTrackWith(packet.payload_type);
  if (!index) return std::nullopt;
  const SourceTrack& track = *tracks_[*index];
  const bool rtx = track.CodecOfRtx(packet.payload_type) != nullptr;
  if (!rtx && !track.CodecOf(packet.payload_type)) return std::nullopt;
  if (track.config().rids.empty()) return StreamKey{*index, 0, rtx};
  const auto rid = StreamId(packet, rtx ? ids_.repaired_rid : ids_.rid);
  const auto layer = rid ? track.LayerOfRid(*rid) : std::nullopt;
  if (!layer) return std::nullopt;
  return StreamKey{*index, *layer, rtx};
}

std::optional<uint16_t> Publisher::TrackOfMid(std::string_view mid) const {
  for (size_t i = 0; i < tracks_.size(); ++i) {
    if (tracks_[i]->config().mid == mid) return static_cast<uint16_t>(i);
  }
  return std::nullopt;
}

// RFC 8843 section 9.2: the last resort, where only one section has the payload type.
std::optional<uint16_t> Publisher::OnlyTrackWith(uint8_t payload_type) const {
  std::optional<uint16_t> only;
  for (size_t i = 0; i < tracks_.size(); ++i) {
    if (!tracks_[i]->CodecOf(payload_type) && !tracks_[i]->CodecOfRtx(payload_type)) continue;
    if (only) return std::nullopt;
    only = static_cast<uint16_t>(i);
  }
  return only;
}

void Publisher::Assign(const StreamKey& key, uint32_t ssrc) {
  streams_.Set(key, ssrc);
  if (!key.rtx) tracks_[key.track]->BeginSsrc(key.layer, ssrc);
}

IngestVerdict Publisher::Take(Instant now, const StreamKey& key, const wire::RtpPacket& rtp,
                              media::Packet& packet, Arrived& arrived) {
  SourceTrack& track = *tracks_[key.track];
  TrackLayer& layer = track.layer(key.layer);
  media::PacketInfo& info = packet.info;
  info.arrival = now;
  info.track = track.id();
  info.layer = key.layer;
  info.marker = rtp.marker;
  info.payload_offset = static_cast<uint16_t>(rtp.header_bytes);
  info.payload_bytes = static_cast<uint16_t>(rtp.payload.size());
  if (!TakeNumbers(key, rtp, layer, info)) return IngestVerdict::kNothing;
  if (!layer.came.Take(info.sequence)) return IngestVerdict::kNothing;
  if (!InspectPayload(key, rtp, packet)) return IngestVerdict::kMalformed;
  if (!key.rtx) {
    layer.statistics->OnPacket(now, info.sequence, rtp.timestamp);
    if (layer.clock->OnPacket(now, rtp.timestamp)) clock_.OnBreak();
  }
  UpdateLayer(now, key, info);
  arrived.track = &track;
  arrived.layer = key.layer;
  // Padding, with which browsers probe too, is no part of the layer's rate.
  arrived.layer_began = info.payload_bytes != 0 && track.OnActivity(now, info, packet.size_bytes);
  return IngestVerdict::kMedia;
}

// The codec's payload type and the unwrapped numbers; false: not ours to forward.
bool Publisher::TakeNumbers(const StreamKey& key, const wire::RtpPacket& rtp, TrackLayer& layer,
                            media::PacketInfo& info) {
  const SourceTrack& track = *tracks_[key.track];
  std::optional<int64_t> sequence;
  if (key.rtx) {
    const CodecConfig* codec = track.CodecOfRtx(rtp.payload_type);
    // Padding only: a probe of the sender's bandwidth estimation.
    if (!codec || rtp.payload.size() <= media::kRtxOsnBytes) return false;
    info.payload_type = codec->payload_type;
    info.payload_offset = static_cast<uint16_t>(info.payload_offset + media::kRtxOsnBytes);
    info.payload_bytes = static_cast<uint16_t>(info.payload_bytes - media::kRtxOsnBytes);
    // RFC 4588 section 4: the original sequence number.
    const auto original = static_cast<uint16_t>(rtp.payload[0] << 8 | rtp.payload[1]);
    sequence = layer.sequence.Peek(original);
  } else {
    if (!track.CodecOf(rtp.payload_type)) return false;
    info.payload_type = rtp.payload_type;
    sequence = layer.sequence.OnPacket(rtp.sequence);
  }
  if (!sequence) return false;
  info.sequence = *sequence + layer.sequence_base;
  layer.sequence_highest = std::max(layer.sequence_highest, info.sequence);
  info.timestamp =
      key.rtx ? layer.timestamp.Peek(rtp.timestamp) : layer.timestamp.Unwrap(rtp.timestamp);
  return true;
}

bool Publisher::InspectPayload(const StreamKey& key, const wire::RtpPacket& rtp,
                               media::Packet& packet) {
  const SourceTrack& track = *tracks_[key.track];
  media::PacketInfo& info = packet.info;
  if (track.kind() == MediaKind::kAudio) {
    const auto value = wire::FindExtension(rtp, ids_.audio_level);
    info.audio_level = value ? wire::ParseAudioLevel(*value) : std::nullopt;
    if (!info.audio_level && ids_.audio_level == 0) info.audio_level = kUnknownLevel;
  }
  // Padding only: it has a sequence number, but nothing to look at.
  if (info.payload_bytes == 0) return true;
  const std::span<const uint8_t> payload = rtp.payload.last(info.payload_bytes);
  const wire::Codec codec = WireCodec(track.CodecOf(info.payload_type)->name);
  const auto descriptor =
      wire::FindExtension(rtp, ids_.dependency_descriptor).value_or(std::span<const uint8_t>());
  const auto offset = descriptor.empty() ? 0 : descriptor.data() - packet.bytes.data();
  return tracks_[key.track]->layer(key.layer).frames->Read(codec, payload, descriptor,
                                                           static_cast<uint16_t>(offset), info);
}

void Publisher::UpdateLayer(Instant now, const StreamKey& key, const media::PacketInfo& info) {
  SourceTrack& track = *tracks_[key.track];
  if (track.kind() == MediaKind::kAudio) return;
  TrackLayer& layer = track.layer(key.layer);
  const bool key_frame = info.frame.key_frame;
  // One that came late, by retransmission, helps nobody: what follows it has gone by unforwarded
  // (LayerSelector), so the request stands.
  if (key_frame && info.sequence == layer.sequence_highest) layer.keyframes.OnKeyFrame();
  if (layer.subscriptions.empty()) return;
  const Instant before = layer.nack.NextDeadline();
  layer.nack.OnPacket(now, info.sequence, key_frame);
  if (layer.nack.NextDeadline() < before) touched_.Add(self_);
  if (layer.nack.TakeKeyFrameNeeded()) track.RequestKeyFrame(now, key.layer);
}

void Publisher::OnSenderReport(Instant now, const wire::RtcpSenderReport& report) {
  const auto key = streams_.Find(report.sender_ssrc);
  if (!key || key->rtx) return;
  TrackLayer& layer = tracks_[key->track]->layer(key->layer);
  clock_.OnSenderReport(now, report.info.ntp_time);
  layer.clock->OnSenderReport(report.info.ntp_time, report.info.rtp_timestamp);
  if (layer.statistics) layer.statistics->OnSenderReport(now, report.info.ntp_time);
}

}  // namespace conclave::router
