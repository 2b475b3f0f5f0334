#include "tests/load/sender.h"

#include <algorithm>

#include "base/check.h"
#include "tests/load/stamp.h"

namespace conclave::load {
namespace {

// What browsers' DTX sends while nobody speaks.
constexpr Duration kSilenceInterval = Duration::Millis(400);
// Until a server has surely seen one of them: browsers repeat MID and RID until RTCP answers.
constexpr uint32_t kIdentifiedPackets = 100;
// Speech is between these, in dBov below full scale; each speaker has a level of his own.
constexpr uint8_t kLoudest = 20;
constexpr uint8_t kLevels = 20;
constexpr uint8_t kSilent = 127;
constexpr size_t kRtxPrefixBytes = 2;

}  // namespace

Sender::Sender(const router::TrackConfig& config, uint32_t participant,
               std::vector<const Clip*> clips, const Clip* silence, Random& random)
    : config_(config),
      participant_(participant),
      silence_(silence),
      layers_(clips.size()),
      timestamp_offset_(random.Next32()),
      muted_(config.muted),
      level_(static_cast<uint8_t>(kLoudest + random.Next32() % kLevels)) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    layer.clip = clips[i];
    layer.ssrc = random.Next32() | 1;
    layer.rtx_ssrc = random.Next32() | 1;
    layer.sequence = static_cast<uint16_t>(random.Next32() % 0x8000);
    layer.rtx_sequence = static_cast<uint16_t>(random.Next32() % 0x8000);
    layer.picture_id = static_cast<uint16_t>(random.Next32() % 0x8000);
    layer.tl0 = static_cast<uint8_t>(random.Next32());
    // Two senders of one clip do not send their key frames together.
    layer.frame = layer.clip->NextKey(random.Next32() % layer.clip->frames.size());
    if (!is_audio()) layer.history.resize(kHistory);
  }
}

void Sender::Start(Instant now) {
  started_ = true;
  for (Layer& layer : layers_) layer.next = now;
}

void Sender::SetTalking(Instant now, bool talking) {
  if (talking_ == talking || !is_audio()) return;
  talking_ = talking;
  if (started_ && talking) layers_[0].next = std::min(layers_[0].next, now);
}

void Sender::SetWanted(uint8_t encodings) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    if ((encodings & ~wanted_) >> i & 1) layers_[i].key_due = true;
  }
  wanted_ = encodings;
}

Instant Sender::NextDeadline() const {
  Instant next = Instant::Never();
  for (const Layer& layer : layers_) next = std::min(next, layer.next);
  return next;
}

uint32_t Sender::TimestampAt(Instant at) const {
  const uint64_t clock_hz = is_audio() ? 48000 : 90000;
  return timestamp_offset_ +
         static_cast<uint32_t>(static_cast<uint64_t>(at.us()) * clock_hz / 1'000'000);
}

void Sender::OnDeadline(Instant now, PacketSink& sink) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    if (layer.next > now) continue;
    if (!muted_ && (wanted_ >> i & 1) != 0) SendFrame(now, i, sink);
    const bool pause = is_audio() && !talking_;
    const Duration interval = pause ? kSilenceInterval : layer.clip->frame_interval;
    // After a standstill the clock goes on from now instead of catching up.
    layer.next = layer.next + interval < now - interval ? now + interval : layer.next + interval;
  }
}

void Sender::SendFrame(Instant now, size_t encoding, PacketSink& sink) {
  Layer& layer = layers_[encoding];
  const bool pause = is_audio() && !talking_;
  const Clip& clip = pause ? *silence_ : *layer.clip;
  if (layer.key_due && !is_audio()) layer.frame = clip.NextKey(layer.frame);
  layer.key_due = false;
  const ClipFrame& frame = clip.frames[pause ? 0 : layer.frame];
  if (!pause) layer.frame = (layer.frame + 1) % clip.frames.size();
  ++layer.picture_id;
  if (frame.temporal_layer == 0) ++layer.tl0;
  if (frame.key && !is_audio()) ++stats_.key_frames;
  // A frame's time is that of its schedule: the looks of the load generator are no jitter of the
  // camera's.
  const uint32_t timestamp = TimestampAt(layer.next);
  for (uint32_t i = 0; i < frame.packet_count; ++i) {
    const bool last = i + 1 == frame.packet_count;
    const Sent sent = {true,
                       layer.sequence,
                       &clip,
                       frame.first_packet + i,
                       layer.picture_id,
                       layer.tl0,
                       frame.key && i == 0,
                       last && !is_audio(),
                       layer.counter,
                       timestamp,
                       now};
    if (!layer.history.empty()) layer.history[sent.sequence % kHistory] = sent;
    OutgoingPacket packet;
    packet.ssrc = layer.ssrc;
    packet.payload_type = config_.codecs.at(0).payload_type;
    packet.sequence = layer.sequence++;
    packet.timestamp = timestamp;
    packet.marker = sent.marker;
    packet.audio_level = pause ? kSilent : level_;
    packet.payload = Payload(encoding, sent, 0);
    Identify(layer, encoding, packet);
    ++layer.counter;
    ++layer.packets;
    layer.bytes += static_cast<uint32_t>(packet.payload.size());
    ++stats_.packets;
    stats_.bytes += packet.payload.size();
    sink.OnPacket(packet);
  }
}

void Sender::Identify(const Layer& layer, size_t encoding, OutgoingPacket& packet) const {
  packet.identify = layer.counter < kIdentifiedPackets;
  if (encoding < config_.rids.size()) packet.rid = config_.rids[encoding];
}

std::span<const uint8_t> Sender::Payload(size_t encoding, const Sent& sent, size_t prefix_bytes) {
  const auto source = sent.clip->payload(sent.clip->packets[sent.packet]);
  CHECK(prefix_bytes + source.size() <= scratch_.size());
  const auto payload = std::span(scratch_).subspan(prefix_bytes, source.size());
  std::ranges::copy(source, payload.begin());
  if (const size_t at = sent.clip->picture_id_offset; at != 0) {
    payload[at] = static_cast<uint8_t>(0x80 | (sent.picture_id >> 8 & 0x7f));
    payload[at + 1] = static_cast<uint8_t>(sent.picture_id);
  }
  if (sent.clip->tl0_offset != 0) payload[sent.clip->tl0_offset] = sent.tl0;
  WriteStamp({participant_, static_cast<uint8_t>(config_.source), static_cast<uint8_t>(encoding),
              sent.key_start, sent.counter, sent.at},
             payload);
  return std::span(scratch_).first(prefix_bytes + source.size());
}

bool Sender::OnKeyFrameRequest(uint32_t ssrc) {
  for (Layer& layer : layers_) {
    if (layer.ssrc != ssrc || is_audio()) continue;
    layer.key_due = true;
    ++stats_.key_frame_requests;
    return true;
  }
  return false;
}

bool Sender::OnNack(Instant, uint32_t ssrc, uint16_t sequence, PacketSink& sink) {
  for (size_t i = 0; i < layers_.size(); ++i) {
    Layer& layer = layers_[i];
    if (layer.ssrc != ssrc) continue;
    const uint8_t payload_type = config_.codecs.at(0).rtx_payload_type;
    if (layer.history.empty() || payload_type == 0) return true;
    const Sent& sent = layer.history[sequence % kHistory];
    if (!sent.valid || sent.sequence != sequence) return true;
    // RFC 4588 section 4: the original sequence number goes before the payload.
    const auto payload = Payload(i, sent, kRtxPrefixBytes);
    scratch_[0] = static_cast<uint8_t>(sequence >> 8);
    scratch_[1] = static_cast<uint8_t>(sequence);
    OutgoingPacket packet;
    packet.ssrc = layer.rtx_ssrc;
    packet.payload_type = payload_type;
    packet.sequence = layer.rtx_sequence++;
    packet.timestamp = sent.timestamp;
    packet.marker = sent.marker;
    packet.rtx = true;
    packet.payload = payload;
    if (i < config_.rids.size()) packet.rid = config_.rids[i];
    packet.identify = true;
    ++stats_.rtx_packets;
    sink.OnPacket(packet);
    return true;
  }
  return false;
}

std::optional<wire::SenderInfo> Sender::Report(size_t encoding, Instant now,
                                               uint64_t ntp_time) const {
  const Layer& layer = layers_[encoding];
  if (layer.packets == 0) return std::nullopt;
  return wire::SenderInfo{ntp_time, TimestampAt(now), layer.packets, layer.bytes};
}

}  // namespace conclave::load
