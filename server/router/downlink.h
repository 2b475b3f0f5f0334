// What the path to one receiver carries: joins what was sent with what the receiver tells of it,
// and turns the bandwidth controller's target into a budget for video. It tells by transport-wide
// numbers, by RFC 8888, or (where neither is negotiated, or nothing comes) by REMB.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/data_rate.h"
#include "base/time.h"
#include "media/block_outcomes.h"
#include "media/bwe/bandwidth_controller.h"
#include "media/bwe/ccfb_matcher.h"
#include "media/bwe/feedback_matcher.h"
#include "media/bwe/remb_fallback.h"
#include "media/bwe/repeat_attribution.h"
#include "media/pacer.h"
#include "media/repeat_policy.h"
#include "router/probe_sender.h"
#include "wire/ccfb.h"
#include "wire/rtcp.h"

namespace conclave::router {

// Room for what one feedback says; one per shard, so that its size is not paid per receiver.
struct FeedbackScratch {
  std::vector<wire::TwccStatus> statuses;
  std::vector<wire::CcfbStatus> ccfb_statuses;
  std::vector<media::PacketResult> results;
};

// A packet as it left, with and without everything that the network adds to it.
struct SentDatagram {
  size_t wire_bytes = 0;
  // Zero where it is neither audio nor video sent for the first time.
  size_t source_bytes = 0;
  // Of it, earlier audio that it carries again.
  size_t copied_bytes = 0;
  media::PacketKind kind = media::PacketKind::kVideo;
  // Only where RFC 8888 names packets by them.
  uint32_t ccfb_ssrc = 0;
  uint16_t rtp_sequence = 0;
};

// One per receiver; costs nothing before the first numbered packet or REMB. A receiver whose slots
// negotiate no feedback has neither, and so no limit.
class Downlink {
 public:
  // A good link shows everything at once: until feedback speaks against it, or for so long after
  // the first one, a camera at full size is thought to fit. The controller itself starts low, and
  // its first probes tell more meanwhile.
  static constexpr DataRate kStart = DataRate::Kbps(2500);
  static constexpr Duration kGrace = Duration::Millis(300);
  // A packet that travelled so much longer than the fastest one met a queue.
  static constexpr Duration kQueueSeen = Duration::Millis(60);
  // Who numbers packets but never hears of them has a peer that sends no feedback: no limit then.
  static constexpr Duration kFeedbackWait = Duration::Seconds(1);
  // Feedback that stops for so long, though something is sent, is trusted no more: what is sent
  // does not grow, and nothing is probed. After RembFallback's two seconds it counts for nothing.
  static constexpr Duration kHoldAfter = Duration::Seconds(1);
  // The layers are chosen anew where the target has moved so much, and not more often.
  static constexpr int64_t kStepPercent = 5;
  static constexpr Duration kStepInterval = Duration::Millis(100);

  // The low bits of the next packet's number; it is used up by OnSent.
  uint16_t next_sequence() const { return static_cast<uint16_t>(next_sequence_); }
  // A packet with next_sequence() left.
  void OnSent(Instant now, const SentDatagram& datagram);
  // The packet that had left with that number left once more, unchanged (decisions 25).
  void OnCopy(Instant now, uint16_t transport_sequence, size_t wire_bytes);
  // The packet with that number left again within the one that OnSent was told of last.
  void OnBlock(uint16_t transport_sequence);
  // How often, and how far apart, audio is to be sent.
  const media::RepeatPlan& repeat_plan() const { return repeats_.plan(); }
  // A packet left that no transport feedback tells of.
  void OnSentUntold(Instant now, const SentDatagram& datagram);
  // `feedback` may be anything: the peer is hostile.
  void OnFeedback(Instant now, const wire::RtcpTwcc& feedback, FeedbackScratch& scratch);
  void OnCcfb(Instant now, const wire::RtcpCcfb& feedback, FeedbackScratch& scratch);
  void OnRemb(Instant now, DataRate rate);
  // ICE chose another path.
  void OnRouteChange(Instant now);
  // What all layers that the layout wishes for would take, as their sources are measured; and what
  // is sent with the next layer that is to be raised, zero where there is none.
  void SetDesired(Instant now, DataRate video, DataRate next);
  // Nothing of what is wished for is thought to fit, so perhaps nothing is sent at all: the path is
  // measured all the same, with padding alone, as long as that is so. Only where packets are
  // numbered.
  void MeasurePath(Instant now);
  // Whether feedback has come back after a silence since this last said so.
  bool TakeReturn() { return std::exchange(returned_, false); }

  // For video, as its sources are measured (without what the network adds); nullopt: no limit.
  std::optional<DataRate> VideoBudget(Instant now) const;
  // Whether VideoBudget has moved so far since this last said so that layers are to be chosen anew,
  // or has stood since then: what stands may be used (RaiseBudget::kMoment).
  bool TakeStep(Instant now);

  // Hints what OnSent will touch; `step` 0 and 1 as in Receiver::PrefetchForFlush.
  void PrefetchForSending(int step) const;

  // Whether the next packet that waits may leave, `queued_bytes` of them all. Audio does not ask.
  bool MaySend(Instant now, int64_t queued_bytes) {
    if (!path_) return true;
    return path_->fill_due > 0 || path_->pacer.MaySend(Load(queued_bytes), now);
  }
  // Whether a packet that carries nothing new is to leave, where nothing waits: for a probe, or to
  // fill up.
  bool MayFill(Instant now) {
    return path_ && (path_->fill_due > 0 || path_->pacer.MayPad(Load(0), now));
  }
  // How large such a packet may be.
  int FillBytes() const { return path_ ? path_->prober.packet_bytes() : 0; }
  // What was due and did not leave is not made up for.
  void EndFlush() {
    if (path_) path_->fill_due = 0;
  }
  // How far apart flushes are: so much may leave at once.
  void SetTurn(Duration turn) {
    if (path_) path_->pacer.SetTurn(turn);
  }
  // When MaySend may hold again for what waits; Never where nothing does.
  Instant NextSend(Instant now, int64_t queued_bytes) const {
    return path_ ? path_->pacer.NextTime(Load(queued_bytes), now) : Instant::Never();
  }

  // Whether one more packet may be sent again: what is asked for on a full link must not keep it
  // full.
  bool MayRepair(Instant now);
  // For what is sent again without a number of its own.
  void ChargeRepair(size_t bytes) {
    if (path_) path_->repair_bytes -= static_cast<double>(bytes);
  }
  // Bytes that probes want sent now, whatever they are: MaySend and MayFill hold until that much
  // left. With `can_probe` unset they are not answered.
  int64_t OnDeadline(Instant now, bool can_probe);
  // Never while nothing is sent.
  Instant NextDeadline() const { return deadline_; }

  // The receiver tells by transport feedback, or is to.
  bool told() const { return next_sequence_ > 0 || numbered_; }

  // For tests and metrics.
  DataRate target() const { return path_ ? path_->controller->plan().target : DataRate(); }
  // What layers are chosen by: without the moments in which the path is tried out with less.
  DataRate steady() const {
    return path_ ? std::max(path_->controller->plan().steady, target()) : DataRate();
  }
  uint64_t probe_bytes() const { return probe_bytes_; }

 private:
  // What is made with the first numbered packet.
  struct Path {
    explicit Path(Instant now);
    void OnSent(Instant now) {
      first_sent = std::min(first_sent, now);
      last_sent = now;
    }
    std::unique_ptr<media::BandwidthController> controller;
    media::FeedbackMatcher matcher;
    media::RepeatAttribution copies;
    // Left since the last numbered packet, without a number of their own.
    size_t copied_bytes = 0;
    // Only where the receiver tells by it.
    std::unique_ptr<media::CcfbMatcher> ccfb;
    media::RembFallback fallback;
    ProbeSender prober;
    media::Pacer pacer;
    // Bytes that a probe wants sent now.
    int64_t fill_due = 0;
    Instant first_sent = Instant::Never();
    Instant last_sent;
    std::optional<Instant> heard;
    // Still thought to carry kStart.
    bool grace = true;
    // The last feedback told of no loss and no queue.
    bool calm = false;
    // The least time of travel since then, by two clocks.
    std::optional<Duration> travel_min;
    Instant travel_since;
    // What was sent before went another way.
    int64_t route_first = 0;
    // What got through lately, by the receiver's clock.
    std::optional<media::PacketResult> arrived_last;
    Duration window;
    int64_t window_bytes = 0;
    DataRate arrived;
    // What repairs may still take, as of then; below zero by at most one packet.
    double repair_bytes = 0;
    Instant repair_at;
  };
  // How much audio there is, and how much larger video is on the wire than at its sources.
  struct Measured {
    Instant since;
    int64_t audio_wire = 0;
    int64_t copies_wire = 0;
    int64_t video_wire = 0;
    int64_t video_source = 0;
    double audio_bps = 0;
    double copies_bps = 0;
    // Audio and video of the last interval; before the first, all that there is.
    double media_bps = 1e12;
    double overhead = 1.08;
  };

  // What the path carries, all in all: the target, but not less than about what just got through.
  // To drain a queue the target dips for some round trips, and where little is sent it lags behind
  // what fits; layers that followed it would pause, and come back a probe later.
  DataRate Rate(Instant now, DataRate target) const;
  // The peer was to tell of what it gets, and never did.
  bool Deaf(Instant now) const;
  // Whether only probes can tell that what is wished for fits.
  bool Seeks() const { return numbered_ && desired_ > DataRate() && target() < desired_wire_; }
  // So much video on the wire, with audio and room for it to waver.
  DataRate WithMargin(DataRate video) const;
  void MakePath(Instant now);
  void OnResults(Instant now, std::span<const media::PacketResult> results);
  void CountMedia(const SentDatagram& datagram);
  media::PacerLoad Load(int64_t queued_bytes) const {
    return {queued_bytes, path_->matcher.bytes_in_flight()};
  }
  // What the controller says, for what the path is thought to carry.
  void PlanPacer(Instant now);
  void MeasureArrivals(std::span<const media::PacketResult> results);
  void Judge(Instant now, std::span<const media::PacketResult> results);
  void JudgeAudio(Instant now, std::span<const media::PacketResult> results);
  // Before copies are told from originals: whether anything of a packet came.
  void NoteOutcomes(std::span<const media::PacketResult> results);
  void Measure(Instant now);
  void RunController(Instant now);

  int64_t next_sequence_ = 0;
  // Packets will be, though none has left.
  bool numbered_ = false;
  std::unique_ptr<Path> path_;
  Measured measured_;
  media::RepeatPolicy repeats_;
  media::BlockOutcomes blocks_;
  std::vector<media::ProbeCluster> clusters_;
  DataRate desired_;
  DataRate next_;
  // What is desired on the wire, with audio and a margin.
  DataRate desired_wire_;
  bool returned_ = false;
  // Rate() at the last step.
  DataRate step_;
  Instant stepped_;
  bool stands_ = true;
  Instant deadline_ = Instant::Never();
  uint64_t probe_bytes_ = 0;
};

}  // namespace conclave::router
