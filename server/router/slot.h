// One receive slot of one receiver: which track and layer it carries, and everything that makes it
// one continuous stream.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "media/descriptor_rewriter.h"
#include "media/first_pli.h"
#include "media/layer_filter.h"
#include "media/layer_selector.h"
#include "media/packet_pool.h"
#include "media/rtx.h"
#include "media/send_history.h"
#include "media/sender_report.h"
#include "media/skipped_run.h"
#include "media/slot_rewriter.h"
#include "router/commands.h"
#include "router/egress.h"
#include "router/layer_choice.h"
#include "router/source_track.h"

namespace conclave::router {

class Slot {
 public:
  // A source that was replaced goes on until the new one's first key frame, but no longer than
  // this: then the slot rather stands still than shows what nobody wants any more.
  static constexpr Duration kSwitchMax = Duration::Seconds(1);

  // `index` is the slot's place in its receiver, whose `egress` outlives the slot, as `histories`
  // does.
  Slot(const SlotConfig& config, uint16_t index, Egress& egress, media::HistoryPool& histories,
       Random& random);
  ~Slot();
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  const SlotConfig& config() const { return config_; }
  MediaKind kind() const { return config_.kind; }
  // Its place in its receiver.
  uint16_t index() const { return index_; }
  // The track that the slot is to carry; null where it is empty.
  SourceTrack* assigned() const { return assigned_; }

  // What to carry from now on: some of a track, or a track without sending it (nullopt: paused,
  // for the reason that the client is told), or nothing (null). The track must be of the slot's
  // kind and stay until Assign or Forget.
  void Assign(Instant now, SourceTrack* track, std::optional<LayerChoice> choice,
              PauseReason why_paused = PauseReason::kNotWanted);
  // What the assigned track's publisher is to send for it: the layer of `granted`, of which the
  // assigned one may take the place until it comes, and `others`. Requires a track.
  void Hold(Instant now, std::optional<LayerChoice> granted, LayerMask others);
  // What the slot is to have, sooner or later.
  std::optional<LayerChoice> granted() const { return granted_; }
  // When a lower layer last took the place of a higher one.
  Instant fell_at() const { return fell_at_; }
  // Why it was assigned without a layer; kNone where it has one or no track.
  PauseReason pause_reason() const { return why_paused_; }
  // Nothing is carried, and no track is known any more: those that were may go away.
  void Clear(Instant now);
  // The track goes away at once. Returns whether the slot had anything to do with it.
  bool Forget(Instant now, const SourceTrack& track);
  // The layer that is being forwarded or waited for.
  std::optional<uint8_t> layer() const { return layer_; }
  // Whether the track is what the slot forwards now.
  bool Carries(TrackId track) const { return current_ && current_->track->id() == track; }
  // The layer of the assigned track that is being forwarded.
  std::optional<uint8_t> forwarded() const;
  // Whether only the lowest temporal layer is to be forwarded for now, since more does not get
  // through.
  void SetThinned(Instant now, bool thinned);
  // Cuts off the replaced source where its successor is late.
  void CutLateSwitch(Instant now);

  // ---- The packet path: what the slot makes of one source packet.
  enum class Action : uint8_t { kNothing, kMedia, kPadding };
  struct Outgoing {
    Action action = Action::kNothing;
    media::SlotPacket sent;
    // Of the packet's own source, for kPadding.
    TrackId track;
    // The first of its source, or of a codec.
    bool begins_source = false;
  };
  Outgoing Next(Instant now, const media::PacketRef& packet);
  // For a packet that is left out because the path is full: closes the slot's numbers over it. What
  // kPadding says is to be sent. One that comes late, so that the rest of its frame may have left,
  // is sent all the same.
  Outgoing Discard(Instant now, const media::PacketRef& packet);
  // Whether the packet's source is what the slot is to carry.
  bool IsTarget(const media::PacketInfo& info) const {
    return target_ && target_->track->id() == info.track && target_->layer == info.layer;
  }
  // What was to be sent is lost: goes on at the next key frame, and asks for it.
  void Restart(Instant now);
  // Hints what sending will touch: with 0 this slot, with 1 and 2 what it points to.
  void PrefetchForSending(int step) const;
  // The packet was sent: remember it.
  void OnSent(media::SlotPacket&& sent);

  // ---- Feedback of the receiver.
  void OnNack(std::span<const uint16_t> sequences);
  void OnKeyFrameRequest(Instant now);
  // What to send again as RTX, if anything. `rtx_payload_type` is set with it.
  std::optional<media::SlotPacket> TakeForResend(Instant now, uint16_t sequence, Duration rtt,
                                                 uint8_t& rtx_payload_type);
  // What to send as RTX to measure the path, if anything; payload of `payload_bytes_max` at most.
  std::optional<media::SlotPacket> TakeForProbe(Instant now, size_t payload_bytes_max,
                                                uint8_t& rtx_payload_type);
  // Whether padding may go into the stream itself: the last frame was sent as a whole.
  bool CanPad() const { return frame_complete_ && current_ && sink_; }
  // Requires CanPad: a packet of padding with the stream's next number.
  Outgoing Pad(uint8_t padding_bytes);
  uint16_t NextRtxSequence() { return static_cast<uint16_t>(rtx_.Next()); }

  // Sent packets since the last call: whether a sender report is worth its bytes.
  bool TakeActive() { return std::exchange(active_, false); }
  std::optional<wire::SenderInfo> Report(Instant now, const media::NtpClock& clock) const {
    return counters_.Report(now, clock, rewriter_);
  }
  void Expire(Instant now) { history_.Expire(now); }
  bool holds_history() const { return history_.size() > 0; }
  void DropHistoryBefore(Instant before) { history_.DropBefore(before); }

  bool changed() const { return changed_; }
  // What the client has to know now, if that differs from what it was told last.
  std::optional<SlotAssignment> TakeAssignment();

 private:
  struct Leg {
    SourceTrack* track = nullptr;
    uint8_t layer = 0;
    bool operator==(const Leg&) const = default;
  };

  // What is needed of the receiver's codec.
  struct Sink {
    CodecName name = CodecName::kVp8;
    uint8_t payload_type = 0;
    uint8_t rtx_payload_type = 0;
  };

  Subscription Self() { return {&egress_, index_}; }
  void SetTarget(Instant now, std::optional<Leg> target);
  void AimFilter(Instant now);
  void DropCurrent();
  void Release();
  void Subscribe(const std::optional<Leg>& leg);
  void Unsubscribe(const std::optional<Leg>& leg);
  SourceTrack* SourceOf(const media::PacketInfo& info) const;
  const std::optional<Sink>& SinkOf(const SourceTrack& source, uint8_t payload_type);
  Outgoing Skip(const media::PacketInfo& info);
  std::optional<media::SlotPacket> AsRtx(std::optional<media::SlotPacket> sent,
                                         uint8_t& rtx_payload_type) const;
  void Switch(Instant now);
  bool Follow(const media::PacketInfo& info);
  void BeginStream();
  bool CarriesDescriptor(const Sink& sink) const;
  void NoteClock(const SourceTrack& source, const media::PacketInfo& info,
                 const media::SlotHeader& header);
  bool StillHolds(Instant captured, uint32_t timestamp) const;
  void ResetClock();
  SlotAssignment Describe() const;

  const SlotConfig config_;
  const uint16_t index_;
  Egress& egress_;

  // ---- What each packet touches, in one place: the first of these until the last.
  SourceTrack* assigned_ = nullptr;
  // Forwarded, and what it is to be replaced by (the same, once it is).
  std::optional<Leg> current_;
  std::optional<Leg> target_;
  media::LayerSelector selector_;
  media::LayerFilter filter_;
  media::SkippedRun skipped_;
  // The receiver's number for the codec of the last packet: the same for nearly every packet.
  const SourceTrack* sink_source_ = nullptr;
  uint8_t sink_source_type_ = 0;
  // None where the receiver has no such codec.
  std::optional<Sink> sink_;
  // The receiver has no codec for what the source sends.
  bool unplayable_ = false;
  // What the current source encodes with, by its own number.
  uint8_t current_type_ = 0;
  bool active_ = false;
  bool frame_complete_ = false;
  // A source began, and nothing of it has been sent.
  bool began_ = false;
  // Whether told_ may be out of date.
  bool changed_ = false;
  // What the client may be told of the current source's clock.
  enum class Clock : uint8_t { kUnknown, kTimestampOnly, kTold };
  Clock clock_ = Clock::kUnknown;
  // Of the source's clock when it was looked at last.
  uint32_t clock_version_ = 0;
  uint32_t clock_breaks_ = 0;
  media::SlotRewriter rewriter_;
  media::SendHistory history_;
  media::SenderCounters counters_;

  // ---- The rest.
  PauseReason why_paused_ = PauseReason::kNone;
  // Of assigned_.
  std::optional<LayerChoice> granted_;
  Instant fell_at_;
  LayerMask held_ = 0;
  // As it was assigned, and what of the target's stream that is.
  std::optional<uint8_t> layer_;
  media::LayerPoint target_point_;
  // What of the current source is forwarded: that of the target, once it is the same stream.
  media::LayerPoint current_point_ = media::kTopPoint;
  bool thinned_ = false;
  Instant switch_deadline_ = Instant::Never();
  media::DescriptorRewriter descriptors_;
  media::RtxCounter rtx_;
  media::FirstPli first_pli_;
  std::vector<uint16_t> resend_;
  uint32_t clock_timestamp_ = 0;
  Instant capture_time_;
  SlotAssignment told_;
};

}  // namespace conclave::router
