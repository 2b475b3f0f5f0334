#include "router/slot.h"

#include <utility>

#include "base/check.h"
#include "base/prefetch.h"
#include "router/codec_match.h"

namespace conclave::router {
namespace {

// A clock that is known better by more than this is told again: both slots of a person must have
// been told the same offset of its clock, and half of a frame is the least that is seen.
constexpr Duration kClockTolerance = Duration::Millis(10);

media::SourceLayer Name(const SourceTrack& track, uint8_t layer) { return {track.id(), layer}; }

bool Same(const SlotAssignment& a, const SlotAssignment& b) {
  return a.track == b.track && a.rtp_timestamp == b.rtp_timestamp &&
         a.capture_time == b.capture_time && a.paused == b.paused &&
         a.pause_reason == b.pause_reason;
}

}  // namespace

Slot::Slot(const SlotConfig& config, uint16_t index, Egress& egress, media::HistoryPool& histories,
           Random& random)
    : config_(config),
      index_(index),
      egress_(egress),
      rewriter_(ClockRateOf(config.kind), media::SlotRewriter::RandomStart(random)),
      history_(histories),
      rtx_(static_cast<uint16_t>(random.Next32())) {
  told_.slot = config.slot;
}

Slot::~Slot() {
  Unsubscribe(target_ == current_ ? std::nullopt : target_);
  Unsubscribe(current_);
  Release();
}

void Slot::Subscribe(const std::optional<Leg>& leg) {
  if (leg) leg->track->Subscribe(leg->layer, Self());
}

void Slot::Unsubscribe(const std::optional<Leg>& leg) {
  if (leg) leg->track->Unsubscribe(leg->layer, Self());
}

void Slot::Assign(Instant now, SourceTrack* track, std::optional<LayerChoice> choice,
                  PauseReason why_paused) {
  CHECK(!track || track->kind() == config_.kind);
  why_paused_ = track && !choice ? why_paused : PauseReason::kNone;
  if (assigned_ != track) {
    unplayable_ = false;
    Release();
  }
  assigned_ = track;
  changed_ = true;
  layer_ = track && choice ? std::optional(choice->layer) : std::nullopt;
  const StreamPoint place = layer_ ? track->PointOf(*choice) : StreamPoint();
  target_point_ = place.point;
  SetTarget(now, layer_ ? std::optional(Leg{track, place.encoding}) : std::nullopt);
  AimFilter(now);
}

void Slot::Hold(Instant now, std::optional<LayerChoice> granted, LayerMask others) {
  CHECK(assigned_);
  const auto held = static_cast<LayerMask>(others | (granted ? 1U << granted->layer : 0U));
  if (granted && granted_ && *granted < *granted_) fell_at_ = now;
  granted_ = granted;
  if (held == held_) return;
  assigned_->Hold(held);
  assigned_->Release(std::exchange(held_, held));
}

void Slot::Release() {
  if (assigned_) assigned_->Release(held_);
  held_ = 0;
  granted_.reset();
  fell_at_ = Instant();
}

void Slot::Clear(Instant now) {
  Assign(now, nullptr, std::nullopt);
  sink_source_ = nullptr;
}

bool Slot::Forget(Instant now, const SourceTrack& track) {
  const bool had = assigned_ == &track || (current_ && current_->track == &track) ||
                   (target_ && target_->track == &track);
  if (sink_source_ == &track) sink_source_ = nullptr;
  if (!had) return false;
  if (current_ && current_->track == &track) DropCurrent();
  if (assigned_ == &track) Assign(now, nullptr, std::nullopt);
  return true;
}

void Slot::AimFilter(Instant now) {
  const bool same = !current_ || !target_ || current_ == target_;
  if (same) {
    current_point_ = target_point_;
  } else if (current_->track == target_->track && target_->layer < current_->layer) {
    // On the way to a lower encoding fewer frames of this one, until the other's key frame is
    // there.
    current_point_ = {media::kTopPoint.spatial, 0};
  }
  const uint8_t temporal = thinned_ ? uint8_t{0} : current_point_.temporal;
  filter_.SetTarget({current_point_.spatial, temporal});
  if (filter_.TakeKeyFrameNeeded() && current_) {
    current_->track->RequestKeyFrame(now, current_->layer);
  }
}

void Slot::SetThinned(Instant now, bool thinned) {
  if (thinned == thinned_) return;
  thinned_ = thinned;
  AimFilter(now);
}

std::optional<uint8_t> Slot::forwarded() const {
  const bool is_it = current_ && current_->track == assigned_;
  if (is_it && assigned_->scalable()) return filter_.current().spatial;
  return is_it ? std::optional(current_->layer) : std::nullopt;
}

void Slot::CutLateSwitch(Instant now) {
  if (now >= switch_deadline_ && current_ && target_ && current_->track != target_->track) {
    DropCurrent();
  }
}

void Slot::SetTarget(Instant now, std::optional<Leg> target) {
  if (target == target_) return;
  if (target_ != current_) Unsubscribe(target_);
  target_ = target;
  if (target_ && target_ != current_) Subscribe(target_);
  selector_.SetTarget(target_ ? std::optional(Name(*target_->track, target_->layer))
                              : std::nullopt);
  if (!target_) DropCurrent();
  const bool other_track = current_ && target_ && current_->track != target_->track;
  switch_deadline_ = other_track ? now + kSwitchMax : Instant::Never();
  if (selector_.WaitsForKeyFrame()) target_->track->RequestKeyFrame(now, target_->layer);
}

void Slot::Restart(Instant now) {
  const std::optional<Leg> target = target_;
  SetTarget(now, std::nullopt);
  SetTarget(now, target);
}

void Slot::DropCurrent() {
  if (!current_) return;
  // The target's subscription is the same one where they are equal.
  const bool is_target = current_ == target_;
  if (!is_target) Unsubscribe(current_);
  current_.reset();
  selector_.DropCurrent();
  ResetClock();
}

SourceTrack* Slot::SourceOf(const media::PacketInfo& info) const {
  const auto is_it = [&info](const std::optional<Leg>& leg) {
    return leg && leg->layer == info.layer && leg->track->id() == info.track;
  };
  if (is_it(current_)) return current_->track;
  return is_it(target_) ? target_->track : nullptr;
}

const std::optional<Slot::Sink>& Slot::SinkOf(const SourceTrack& source, uint8_t payload_type) {
  if (&source != sink_source_ || payload_type != sink_source_type_) {
    const CodecConfig* codec = source.CodecOf(payload_type);
    const CodecConfig* match = codec ? MatchCodec(*codec, config_.codecs) : nullptr;
    sink_.reset();
    if (match) sink_ = {match->name, match->payload_type, match->rtx_payload_type};
    sink_source_ = &source;
    sink_source_type_ = payload_type;
  }
  if (&source == assigned_ && unplayable_ == sink_.has_value()) [[unlikely]] {
    unplayable_ = !sink_;
    changed_ = true;
  }
  return sink_;
}

void Slot::Switch(Instant now) {
  if (current_ != target_) Unsubscribe(current_);
  current_ = target_;
  switch_deadline_ = Instant::Never();
  BeginStream();
  AimFilter(now);
}

void Slot::BeginStream() {
  began_ = true;
  rewriter_.BeginSource();
  descriptors_.BeginSource();
  filter_.Begin();
  ResetClock();
}

// Whether a packet of the current source goes on with what was sent of it. A source that changes
// its codec begins anew with a key frame.
bool Slot::Follow(const media::PacketInfo& info) {
  if (info.payload_type == current_type_) return true;
  if (!info.frame.key_frame || !rewriter_.IsNewest(info.sequence)) return false;
  current_type_ = info.payload_type;
  BeginStream();
  return true;
}

// Decisions 24: with it, VP8 and H.264 would need numbers that go without gaps.
bool Slot::CarriesDescriptor(const Sink& sink) const {
  if (config_.extensions.dependency_descriptor == 0) return false;
  return sink.name == CodecName::kAv1 || sink.name == CodecName::kVp9;
}

Slot::Outgoing Slot::Skip(const media::PacketInfo& info) {
  if (selector_.current() != media::SourceLayer{info.track, info.layer}) return {};
  const std::optional<media::SlotHeader> hole = rewriter_.Drop(info);
  if (!hole || !sink_) return {};
  Outgoing out;
  out.action = Action::kPadding;
  out.sent.header = *hole;
  out.sent.padding_bytes = 1;
  out.sent.payload_type = sink_->payload_type;
  out.track = info.track;
  return out;
}

Slot::Outgoing Slot::Discard(Instant now, const media::PacketRef& packet) {
  const media::PacketInfo& info = packet->info;
  const bool carried = selector_.current() == media::SourceLayer{info.track, info.layer};
  if (carried && rewriter_.Passed(info)) return Next(now, packet);
  skipped_.OnSkipped(info);
  return SourceOf(info) ? Skip(info) : Outgoing();
}

Slot::Outgoing Slot::Next(Instant now, const media::PacketRef& packet) {
  const media::PacketInfo& info = packet->info;
  // What was queued before the slot changed is nobody's any more.
  SourceTrack* source = SourceOf(info);
  if (!source) return {};
  if (info.payload_bytes == 0 || skipped_.Covers(info)) return Skip(info);
  if (skipped_.Breaks(info)) {
    source->RequestKeyFrame(now, info.layer);
    return Skip(info);
  }
  const std::optional<Sink>& sink = SinkOf(*source, info.payload_type);
  if (!sink) {
    // What cannot be decoded has begun; what can be again will begin with a key frame too.
    if (info.frame.key_frame && current_ && current_->track == source) DropCurrent();
    return {};
  }
  switch (selector_.OnPacket(info)) {
    case media::LayerVerdict::kDrop:
      return {};
    case media::LayerVerdict::kSwitch:
      current_type_ = info.payload_type;
      Switch(now);
      break;
    case media::LayerVerdict::kForward:
      if (!Follow(info)) return Skip(info);
      break;
  }
  const media::LayerFilter::Verdict verdict = filter_.OnPacket(info);
  if (filter_.TakeKeyFrameNeeded()) [[unlikely]]
    source->RequestKeyFrame(now, info.layer);
  if (!verdict.forward) return Skip(info);
  skipped_.OnForwarded(info);
  const std::optional<media::SlotHeader> header = rewriter_.Forward(now, info);
  if (!header) return {};
  if (clock_ != Clock::kTold || clock_version_ != source->clock_version()) [[unlikely]]
    NoteClock(*source, info, *header);
  Outgoing out;
  out.action = Action::kMedia;
  out.sent.source = packet;
  out.sent.header = *header;
  out.sent.payload_type = sink->payload_type;
  out.sent.marker = verdict.marker;
  if (info.descriptor && CarriesDescriptor(*sink)) {
    out.sent.descriptor = descriptors_.Map(info, verdict.complete);
  }
  out.sent.sent_at = now;
  out.begins_source = std::exchange(began_, false);
  return out;
}

void Slot::NoteClock(const SourceTrack& source, const media::PacketInfo& info,
                     const media::SlotHeader& header) {
  const auto captured = source.CaptureTime(info.layer, static_cast<uint32_t>(info.timestamp));
  clock_version_ = source.clock_version();
  const bool broken = std::exchange(clock_breaks_, source.clock_breaks()) != source.clock_breaks();
  const bool is_wrong = broken && clock_ == Clock::kTold;
  // Another layer's clock may not be known yet: what was told of the one before holds on.
  if (!captured && clock_ != Clock::kUnknown && !is_wrong) return;
  if (captured && clock_ == Clock::kTold && StillHolds(*captured, header.timestamp)) return;
  clock_ = captured ? Clock::kTold : Clock::kTimestampOnly;
  clock_timestamp_ = header.timestamp;
  capture_time_ = captured.value_or(Instant());
  changed_ = true;
}

bool Slot::StillHolds(Instant captured, uint32_t timestamp) const {
  const auto ticks = static_cast<int32_t>(timestamp - clock_timestamp_);
  const Duration since = Duration::Micros(int64_t{ticks} * 1'000'000 / ClockRateOf(kind()));
  const Duration error = captured - (capture_time_ + since);
  return error <= kClockTolerance && -error <= kClockTolerance;
}

void Slot::ResetClock() {
  clock_ = Clock::kUnknown;
  clock_timestamp_ = 0;
  capture_time_ = Instant();
  changed_ = true;
}

void Slot::PrefetchForSending(int step) const {
  if (step == 0) {
    const auto* begin = reinterpret_cast<const char*>(&assigned_);
    const auto* end = reinterpret_cast<const char*>(&counters_ + 1);
    Prefetch(config_);
    Prefetch(begin, static_cast<size_t>(end - begin));
  } else {
    history_.PrefetchForInsert(step - 1);
  }
}

void Slot::OnSent(media::SlotPacket&& sent) {
  active_ = true;
  if (!sent.source) return;
  frame_complete_ = sent.marker;
  counters_.OnSent(sent.source->info.payload_bytes);
  // Without RTX nothing is ever sent again (decisions 25), so nothing needs to be kept.
  if (sink_ && sink_->rtx_payload_type != 0) history_.Insert(std::move(sent));
}

void Slot::OnNack(std::span<const uint16_t> sequences) {
  for (const uint16_t sequence : sequences) {
    egress_.Push(Egress::Priority::kRetransmission, {{}, index_, sequence});
  }
}

void Slot::OnKeyFrameRequest(Instant now) {
  if (kind() != MediaKind::kVideo) return;
  const std::optional<Leg>& source = current_ ? current_ : target_;
  if (!source) return;
  const bool can_resend = sink_ && sink_->rtx_payload_type != 0 && history_.HasKeyFrame(now);
  if (first_pli_.OnPli(can_resend) == media::PliAnswer::kAskSource) {
    source->track->RequestKeyFrame(now, source->layer);
    return;
  }
  resend_.clear();
  history_.ListFromKeyFrame(now, resend_);
  OnNack(resend_);
}

std::optional<media::SlotPacket> Slot::TakeForResend(Instant now, uint16_t sequence, Duration rtt,
                                                     uint8_t& rtx_payload_type) {
  return AsRtx(history_.TakeForResend(now, sequence, rtt), rtx_payload_type);
}

std::optional<media::SlotPacket> Slot::TakeForProbe(Instant now, size_t payload_bytes_max,
                                                    uint8_t& rtx_payload_type) {
  return AsRtx(history_.TakeForProbe(now, payload_bytes_max), rtx_payload_type);
}

Slot::Outgoing Slot::Pad(uint8_t padding_bytes) {
  CHECK(CanPad());
  Outgoing out;
  out.action = Action::kPadding;
  out.sent.header = rewriter_.Padding();
  out.sent.payload_type = sink_->payload_type;
  out.sent.padding_bytes = padding_bytes;
  out.track = current_->track->id();
  return out;
}

std::optional<media::SlotPacket> Slot::AsRtx(std::optional<media::SlotPacket> sent,
                                             uint8_t& rtx_payload_type) const {
  if (!sent) return std::nullopt;
  for (const CodecConfig& codec : config_.codecs) {
    if (codec.payload_type != sent->payload_type) continue;
    rtx_payload_type = codec.rtx_payload_type;
    if (rtx_payload_type == 0) break;
    return sent;
  }
  return std::nullopt;
}

SlotAssignment Slot::Describe() const {
  SlotAssignment now;
  now.slot = config_.slot;
  const SourceTrack* visible = current_ ? current_->track : assigned_;
  if (!visible) return now;
  now.track = visible->id();
  now.paused = visible == assigned_ && (!target_ || unplayable_);
  if (now.paused) now.pause_reason = unplayable_ ? PauseReason::kUnplayable : why_paused_;
  now.rtp_timestamp = clock_timestamp_;
  now.capture_time = capture_time_;
  return now;
}

std::optional<SlotAssignment> Slot::TakeAssignment() {
  if (!std::exchange(changed_, false)) return std::nullopt;
  const SlotAssignment assignment = Describe();
  if (Same(assignment, told_)) return std::nullopt;
  told_ = assignment;
  return assignment;
}

}  // namespace conclave::router
