#include "sim/slot_receiver.h"

#include <algorithm>

#include "wire/red.h"
#include "wire/rtp_extensions.h"

namespace conclave::sim {
namespace {

// As browsers do: ask at once, again after about a round trip, and give up after a second or so.
constexpr Duration kAskInterval = Duration::Millis(100);
constexpr int kAsksMax = 10;
constexpr Duration kKeyFrameRequestInterval = Duration::Millis(500);
constexpr size_t kMissingMax = 500;
// 20 ms of Opus.
constexpr uint16_t kFrameTicks = 960;

}  // namespace

SlotReceiver::SlotReceiver(const router::SlotConfig& config) : config_(config) {
  const router::CodecName codec = config.codecs.at(0).name;
  if (codec == router::CodecName::kAv1 || codec == router::CodecName::kVp9) svc_.emplace();
}

bool SlotReceiver::OnPacket(Instant now, const wire::RtpPacket& packet) {
  if (packet.ssrc == config_.ssrc) {
    if (packet.payload.empty()) ++stats_.padding_packets;
    if (stats_.packets++ > 0) stats_.longest_gap = std::max(stats_.longest_gap, now - last_packet_);
    const bool red = packet.payload_type == config_.red_payload_type && !packet.payload.empty();
    Take(now, packet.sequence, packet, red ? TakeRedundant(now, packet) : packet.payload);
    return true;
  }
  if (config_.rtx_ssrc == 0 || packet.ssrc != config_.rtx_ssrc) return false;
  ++stats_.rtx_packets;
  // Padding-only RTX (a probe) carries no original sequence number.
  if (packet.payload.size() < 2) {
    ++stats_.probe_packets;
    return true;
  }
  const auto original = static_cast<uint16_t>(packet.payload[0] << 8 | packet.payload[1]);
  Take(now, original, packet, packet.payload.subspan(2));
  return true;
}

void SlotReceiver::Take(Instant now, uint16_t wrapped, const wire::RtpPacket& packet,
                        std::span<const uint8_t> payload) {
  const int64_t sequence = unwrapper_.Unwrap(wrapped);
  last_packet_ = now;
  // An hour of Opus wraps no timestamp's half.
  if (record_) travel_us_.try_emplace(sequence, now.us() - int64_t{packet.timestamp} * 1000 / 48);
  if (!next_play_) next_play_ = sequence;
  missing_.erase(sequence);
  if (sequence < *next_play_) return;
  if (highest_ >= 0) {
    for (int64_t gap = highest_ + 1; gap < sequence; ++gap) NoteGap(now, gap);
  }
  highest_ = std::max(highest_, sequence);
  Received received;
  received.timestamp = packet.timestamp;
  received.csrc = packet.csrcs.empty() ? 0 : packet.csrcs[0];
  if (!payload.empty()) {
    if (is_video()) {
      ReadVideo(packet, payload, received);
    } else {
      received.frame = ReadOpus(payload);
    }
    if (!received.frame || received.frame->track.value() != received.csrc) ++stats_.wrong_source;
  }
  waiting_.emplace(sequence, received);
  Advance(now);
}

std::optional<FakeFrame> SlotReceiver::ReadOpus(std::span<const uint8_t> payload) {
  const std::optional<FakeFrame> frame = DecodeOpus(payload);
  // To the last byte: in-band FEC is in there.
  if (frame && !std::ranges::equal(EncodeOpus(*frame, payload.size()), payload)) {
    ++stats_.wrong_source;
  }
  return frame;
}

std::span<const uint8_t> SlotReceiver::TakeRedundant(Instant now, const wire::RtpPacket& packet) {
  std::vector<wire::RedBlock> blocks;
  if (!wire::ParseRed(packet.payload, blocks)) {
    ++stats_.wrong_source;
    return {};
  }
  for (const wire::RedBlock& block : std::span(blocks).first(blocks.size() - 1)) {
    ++stats_.redundant_frames;
    const std::optional<FakeFrame> frame = ReadOpus(block.data);
    const bool ours = frame && !packet.csrcs.empty() && frame->track.value() == packet.csrcs[0];
    const bool in_steps = block.timestamp_offset % kFrameTicks == 0;
    if (!ours || !in_steps || block.payload_type != config_.codecs[0].payload_type) {
      ++stats_.wrong_source;
    }
    const int64_t sequence =
        unwrapper_.Unwrap(packet.sequence) - block.timestamp_offset / kFrameTicks;
    const int64_t timestamp = int64_t{packet.timestamp} - block.timestamp_offset;
    if (record_) travel_us_.try_emplace(sequence, now.us() - timestamp * 1000 / 48);
  }
  return blocks.back().data;
}

void SlotReceiver::ReadVideo(const wire::RtpPacket& packet, std::span<const uint8_t> payload,
                             Received& out) const {
  out.marker = packet.marker;
  if (!svc_) {
    const auto decoded = DecodeVp8(payload);
    if (!decoded) return;
    out.frame = decoded->frame;
    out.picture_id = decoded->picture_id;
    return;
  }
  const bool av1 = config_.codecs[0].name == router::CodecName::kAv1;
  out.frame = av1 ? DecodeAv1(payload) : DecodeVp9(payload);
  const auto value = wire::FindExtension(packet, config_.extensions.dependency_descriptor);
  if (value) out.descriptor.assign(value->begin(), value->end());
}

double SlotReceiver::MissedShare(Duration playout) const {
  if (travel_us_.empty()) return 1;
  int64_t fastest_us = travel_us_.begin()->second;
  for (const auto& [sequence, travel_us] : travel_us_) {
    fastest_us = std::min(fastest_us, travel_us);
  }
  const auto in_time = std::ranges::count_if(
      travel_us_, [&](const auto& entry) { return entry.second - fastest_us <= playout.us(); });
  const int64_t sent = travel_us_.rbegin()->first - travel_us_.begin()->first + 1;
  return 1 - static_cast<double>(in_time) / static_cast<double>(sent);
}

void SlotReceiver::NoteGap(Instant now, int64_t sequence) {
  if (missing_.size() >= kMissingMax) {
    GiveUp(missing_.begin()->first);
  }
  missing_.emplace(sequence, Missing{now, 0});
}

void SlotReceiver::GiveUp(int64_t sequence) {
  missing_.erase(sequence);
  if (next_play_ && sequence >= *next_play_) {
    ++stats_.abandoned;
    // An empty packet stands for the lost one.
    waiting_.emplace(sequence, Received{});
    if (is_video()) {
      needs_key_frame_ = true;
      after_loss_ = true;
      if (svc_) svc_->Restart();
    }
  }
}

void SlotReceiver::CollectNacks(Instant now, std::vector<uint16_t>& out) {
  std::vector<int64_t> lost;
  for (auto& [sequence, missing] : missing_) {
    if (missing.next_ask > now) continue;
    // Audio is not asked for unless it was negotiated: browsers do not.
    const bool may_ask = config_.rtx_ssrc != 0 || config_.audio_nack;
    if (missing.asks >= kAsksMax || !may_ask) {
      lost.push_back(sequence);
      continue;
    }
    ++missing.asks;
    missing.next_ask = now + kAskInterval;
    out.push_back(static_cast<uint16_t>(sequence));
  }
  for (const int64_t sequence : lost) GiveUp(sequence);
  if (!lost.empty()) Advance(now);
}

Instant SlotReceiver::NextDeadline() const {
  Instant next = Instant::Never();
  for (const auto& [sequence, missing] : missing_) next = std::min(next, missing.next_ask);
  if (is_video() && needs_key_frame_ && next_play_) next = std::min(next, next_key_frame_request_);
  return next;
}

bool SlotReceiver::TakeKeyFrameRequest(Instant now) {
  if (!is_video() || !needs_key_frame_ || !next_play_ || now < next_key_frame_request_)
    return false;
  next_key_frame_request_ = now + kKeyFrameRequestInterval;
  return true;
}

void SlotReceiver::Advance(Instant now) {
  while (!waiting_.empty() && waiting_.begin()->first == *next_play_) {
    const Received packet = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    ++*next_play_;
    if (packet.frame) Play(now, packet);
  }
}

void SlotReceiver::Play(Instant now, const Received& packet) {
  current_track_ = TrackId(packet.csrc);
  // Of a scalable stream, the highest layer of a picture.
  if (!svc_ || packet.marker) current_layer_ = packet.frame->layer;
  last_timestamp_ = packet.timestamp;
  if (svc_) {
    PlaySvc(now, packet);
  } else if (is_video()) {
    PlayVideo(now, packet);
  } else {
    FinishFrame(now, packet);
  }
}

void SlotReceiver::PlayVideo(Instant now, const Received& packet) {
  const FakeFrame& frame = *packet.frame;
  if (needs_key_frame_) {
    const bool continues = last_frame_ && next_packet_in_frame_ > 0 && frame.key &&
                           frame.packet == next_packet_in_frame_;
    if (!(frame.key && frame.packet == 0) && !continues) {
      // Without loss, the first packet of a slot or of a new source begins a key frame.
      if (!after_loss_ && last_frame_) ++stats_.broken_frames;
      next_packet_in_frame_ = 0;
      return;
    }
  }
  if (frame.packet == 0 && !frame.key) {
    const bool follows = last_frame_ && last_frame_->track == frame.track &&
                         last_frame_->layer == frame.layer &&
                         last_frame_->number + 1 == frame.number && next_packet_in_frame_ == 0;
    if (!follows) {
      ++stats_.broken_frames;
      needs_key_frame_ = true;
      return;
    }
  }
  if (frame.packet != next_packet_in_frame_ && frame.packet != 0) {
    ++stats_.broken_frames;
    needs_key_frame_ = true;
    next_packet_in_frame_ = 0;
    return;
  }
  if (frame.packet == 0 && last_picture_id_ &&
      packet.picture_id != ((*last_picture_id_ + 1) & 0x7fff) && !after_loss_) {
    ++stats_.broken_frames;
  }
  last_picture_id_ = packet.picture_id;
  last_frame_ = frame;
  next_packet_in_frame_ = static_cast<uint8_t>(frame.packet + 1);
  if (next_packet_in_frame_ < frame.packet_count) return;
  next_packet_in_frame_ = 0;
  needs_key_frame_ = false;
  after_loss_ = false;
  stats_.key_frames_decoded += frame.key ? 1 : 0;
  FinishFrame(now, packet);
}

void SlotReceiver::PlaySvc(Instant now, const Received& packet) {
  const bool waited = svc_->waiting();
  const SvcPlayer::Outcome outcome = svc_->Play(*packet.frame, packet.marker, packet.descriptor);
  if (waited && svc_->waiting()) {
    // Without loss, the first packet of a slot or of a new source begins a key frame.
    if (!after_loss_ && last_frame_) ++stats_.broken_frames;
    return;
  }
  last_frame_ = *packet.frame;
  needs_key_frame_ = after_loss_ = false;
  switch (outcome) {
    case SvcPlayer::Outcome::kPart:
      return;
    case SvcPlayer::Outcome::kBroken:
      ++stats_.broken_frames;
      needs_key_frame_ = true;
      svc_->Restart();
      return;
    case SvcPlayer::Outcome::kKeyPicture:
      ++stats_.key_frames_decoded;
      break;
    case SvcPlayer::Outcome::kPicture:
      break;
  }
  FinishFrame(now, packet);
}

void SlotReceiver::FinishFrame(Instant now, const Received& packet) {
  if (last_frame_timestamp_ &&
      static_cast<int32_t>(packet.timestamp - *last_frame_timestamp_) <= 0) {
    ++stats_.timestamp_errors;
  }
  last_frame_timestamp_ = packet.timestamp;
  if (stats_.frames_decoded++ == 0) stats_.first_frame = now;
}

}  // namespace conclave::sim
