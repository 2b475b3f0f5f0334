#include "router/downlink.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "base/prefetch.h"
#include "media/bwe/controllers.h"
#include "wire/twcc.h"

namespace conclave::router {
namespace {

// Half a second of a small call; it grows where more is on the way (FeedbackMatcher::kMemory).
constexpr size_t kFirstRoom = 64;
// What a controller has to say of a packet that is sent lies at its beginning.
constexpr size_t kPrefetchedBytes = 128;
// The controller is run with each feedback; without any, so often.
constexpr Duration kQuietTick = Duration::Millis(200);
constexpr Duration kIdle = Duration::Seconds(1);
// Where only probes are sent, a packet so often tells whether the queue that the last one left is
// gone: nothing else would, and on a full path nothing is probed.
constexpr Duration kSoundingInterval = Duration::Millis(500);
// Half a second of packets makes a rate; half of the old one stays.
constexpr Duration kMeasureInterval = Duration::Millis(500);
constexpr double kKeep = 0.5;
// Small packets of a thumbnail; more is a mistake of measuring.
constexpr double kOverheadMax = 1.5;
// A layer is switched up to at once where it fits amply (RaiseBudget::kSafePercent); a little more,
// since the controller is content with 97 % of what is desired.
constexpr double kDesiredMargin = 1.3;

// Several feedbacks. Of what arrived in it, what may surely be sent again: a little more where it
// met no queue (a window has a frame more or less), else what lets the queue drain.
constexpr Duration kArrivalWindow = Duration::Millis(250);
// A path that gets longer, or a radio that stalls, holds up one packet; a narrow link spreads all
// of them, by this much where it carries 160 kbps. So no gap counts more than it was sent with, and
// this.
constexpr Duration kArrivalGap = Duration::Millis(60);
constexpr int64_t kCalmPercent = 110;
constexpr int64_t kDrainPercent = 80;
// Clocks drift by 12 ms in a minute at 200 ppm.
constexpr Duration kTravelMemory = Duration::Seconds(60);
// Where no packet's travel is known yet.
constexpr Duration kSlowest = Duration::Seconds(-1'000'000'000);
// Repairs get what media leaves of the target, within these shares of it: some always, and never
// so much that they are the congestion. So much time of it may be saved up.
constexpr double kRepairShareMin = 0.1;
constexpr double kRepairShareMax = 0.5;
constexpr double kRepairSeconds = 0.5;

// libwebrtc's: media is spread, but a queue of ours never stays; before the path was heard of, who
// waits longer knows no more.
constexpr int64_t kPacingPercent = 110;
constexpr int64_t kPacingPercentUnheard = 250;

double Smooth(double before, double now) { return before * kKeep + now * (1 - kKeep); }

}  // namespace

Downlink::Path::Path(Instant now)
    : controller(media::MakeController(media::Algorithm::kHybrid, {})),
      matcher(kFirstRoom),
      fallback(media::BandwidthConfig()),
      last_sent(now) {}

void Downlink::MakePath(Instant now) {
  if (path_) return;
  path_ = std::make_unique<Path>(now);
  measured_.since = now;
  step_ = kStart;
  SetDesired(now, desired_, next_);
  PlanPacer(now);
}

void Downlink::MeasurePath(Instant now) {
  numbered_ = true;
  MakePath(now);
  if (deadline_ == Instant::Never()) deadline_ = now;
}

void Downlink::OnSent(Instant now, const SentDatagram& datagram) {
  MakePath(now);
  if (deadline_ == Instant::Never()) deadline_ = now;
  media::SentPacket sent;
  sent.sequence = next_sequence_++;
  sent.sent = now;
  // Copies have no number of their own, but the network carries them: they count with what is next.
  sent.size_bytes =
      static_cast<int>(datagram.wire_bytes + std::exchange(path_->copied_bytes, size_t{0}));
  sent.kind = datagram.kind;
  sent.probe_cluster = path_->prober.cluster();
  path_->OnSent(now);
  path_->prober.OnSent(sent.size_bytes);
  path_->pacer.OnSent(sent.size_bytes, now);
  path_->fill_due -= sent.size_bytes;
  path_->matcher.OnSent(sent);
  path_->controller->OnSent(sent);
  path_->fallback.OnSent(now);
  if (datagram.ccfb_ssrc != 0) {
    if (!path_->ccfb) path_->ccfb = std::make_unique<media::CcfbMatcher>();
    path_->ccfb->OnSent(datagram.ccfb_ssrc, datagram.rtp_sequence, sent.sequence);
  }
  CountMedia(datagram);
}

void Downlink::PrefetchForSending(int step) const {
  if (!path_) return;
  if (step == 0) {
    Prefetch(path_.get(), sizeof(Path));
  } else if (step == 1) {
    path_->matcher.PrefetchForSending(next_sequence_);
    Prefetch(path_->controller.get(), kPrefetchedBytes);
  }
}

void Downlink::OnSentUntold(Instant now, const SentDatagram& datagram) {
  // Where there is transport feedback, what it says fits is beside this.
  if (!path_ || told()) return;
  if (deadline_ == Instant::Never()) deadline_ = now;
  path_->OnSent(now);
  path_->fallback.OnSent(now);
  path_->pacer.OnSent(static_cast<int>(datagram.wire_bytes), now);
  CountMedia(datagram);
}

void Downlink::CountMedia(const SentDatagram& datagram) {
  const auto bytes = static_cast<int64_t>(datagram.wire_bytes);
  if (datagram.kind == media::PacketKind::kAudio) {
    const auto copied = static_cast<int64_t>(datagram.copied_bytes);
    measured_.audio_wire += bytes - copied;
    measured_.copies_wire += copied;
  }
  if (datagram.kind == media::PacketKind::kRetransmission) {
    path_->repair_bytes -= static_cast<double>(datagram.wire_bytes);
  }
  if (datagram.kind == media::PacketKind::kPadding) probe_bytes_ += datagram.wire_bytes;
  if (datagram.kind == media::PacketKind::kVideo && datagram.source_bytes > 0) {
    measured_.video_wire += bytes;
    measured_.video_source += static_cast<int64_t>(datagram.source_bytes);
  }
}

void Downlink::OnCopy(Instant now, uint16_t transport_sequence, size_t wire_bytes) {
  if (!path_) return;
  const auto behind = static_cast<uint16_t>(next_sequence() - transport_sequence);
  path_->copies.OnCopy(next_sequence_ - behind, now);
  path_->copied_bytes += wire_bytes;
  measured_.copies_wire += static_cast<int64_t>(wire_bytes);
}

void Downlink::OnBlock(uint16_t transport_sequence) {
  if (!path_) return;
  const int64_t carrier = next_sequence_ - 1;
  blocks_.OnBlock(carrier, carrier - static_cast<uint16_t>(carrier - transport_sequence));
}

void Downlink::OnFeedback(Instant now, const wire::RtcpTwcc& feedback, FeedbackScratch& scratch) {
  if (!path_) return;
  scratch.statuses.clear();
  scratch.results.clear();
  const auto parsed = wire::ParseTwcc(feedback.body, scratch.statuses);
  if (!parsed) return;
  path_->matcher.OnFeedback(*parsed, scratch.statuses, scratch.results);
  NoteOutcomes(scratch.results);
  path_->copies.Apply(path_->travel_min.value_or(kSlowest), scratch.results);
  OnResults(now, scratch.results);
}

void Downlink::OnCcfb(Instant now, const wire::RtcpCcfb& feedback, FeedbackScratch& scratch) {
  if (!path_ || !path_->ccfb) return;
  scratch.ccfb_statuses.clear();
  scratch.results.clear();
  const auto time = wire::ParseCcfb(feedback.body, scratch.ccfb_statuses);
  if (!time) return;
  path_->ccfb->OnFeedback(*time, scratch.ccfb_statuses, path_->matcher, scratch.results);
  NoteOutcomes(scratch.results);
  path_->copies.Apply(path_->travel_min.value_or(kSlowest), scratch.results);
  OnResults(now, scratch.results);
}

void Downlink::OnResults(Instant now, std::span<const media::PacketResult> results) {
  if (results.empty()) return;
  if (!path_->heard) path_->heard = now;
  // At once, whatever the budget was when it last counted.
  if (path_->fallback.silence(now) > kHoldAfter) {
    returned_ = true;
    step_ = DataRate();
  }
  path_->fallback.OnTransportFeedback();
  // They are in the order of sending. What went the old way, and may have ended there, tells
  // nothing of the new one: its delays would be the base of all queues to come.
  const auto first = std::ranges::find_if(results, [this](const media::PacketResult& result) {
    return result.packet.sequence >= path_->route_first;
  });
  results = results.subspan(static_cast<size_t>(first - results.begin()));
  if (results.empty()) return;
  path_->controller->OnFeedback(results, now);
  MeasureArrivals(results);
  Judge(now, results);
  Measure(now);
  JudgeAudio(now, results);
  RunController(now);
}

void Downlink::NoteOutcomes(std::span<const media::PacketResult> results) {
  for (const media::PacketResult& result : results) {
    if (result.packet.kind != media::PacketKind::kAudio) continue;
    const auto came = [this](Instant sent) { repeats_.OnLateOutcome(sent); };
    if (!result.recovered) {
      repeats_.OnOutcome(result.packet.sent, result.received);
      if (!result.received) blocks_.OnLost(result.packet.sequence, result.packet.sent);
    } else if (blocks_.OnRecovered(result.packet.sequence)) {
      came(result.packet.sent);
    }
    if (result.received) blocks_.OnReceived(result.packet.sequence, came);
  }
}

void Downlink::OnRemb(Instant now, DataRate rate) {
  MakePath(now);
  path_->fallback.OnRemb(rate, now);
  PlanPacer(now);
}

void Downlink::JudgeAudio(Instant now, std::span<const media::PacketResult> results) {
  std::optional<Duration> fastest;
  for (const media::PacketResult& result : results) {
    if (result.received) {
      const Duration travel = result.arrival - result.packet.sent;
      fastest = std::min(fastest.value_or(travel), travel);
    }
    if (result.packet.kind != media::PacketKind::kAudio) continue;
    if (result.recovered) {
      repeats_.OnLate();
    } else {
      repeats_.OnPacket(result.packet.sent, result.received);
    }
  }
  if (fastest) repeats_.OnTravel(now, *fastest);
  const DataRate audio = DataRate::Bps(static_cast<int64_t>(measured_.audio_bps));
  repeats_.Update(now, audio, target());
}

void Downlink::Judge(Instant now, std::span<const media::PacketResult> results) {
  if (now - path_->travel_since > kTravelMemory) {
    path_->travel_since = now;
    path_->travel_min.reset();
  }
  path_->calm = true;
  for (const media::PacketResult& result : results) {
    if (!result.received) {
      path_->calm = false;
      continue;
    }
    const Duration travel = result.arrival - result.packet.sent;
    path_->travel_min = std::min(path_->travel_min.value_or(travel), travel);
    if (travel - *path_->travel_min > kQueueSeen) path_->calm = false;
  }
  const bool over = target() >= kStart || now - *path_->heard >= kGrace;
  if (over || !path_->calm) path_->grace = false;
}

void Downlink::MeasureArrivals(std::span<const media::PacketResult> results) {
  for (const media::PacketResult& result : results) {
    if (!result.received) continue;
    const std::optional<media::PacketResult> last = std::exchange(path_->arrived_last, result);
    path_->window_bytes += result.packet.size_bytes;
    if (!last) continue;
    const Duration sent = result.packet.sent - last->packet.sent;
    path_->window += std::min(result.arrival - last->arrival, sent + kArrivalGap);
    if (path_->window < kArrivalWindow) continue;
    path_->arrived = DataRate::Of(path_->window_bytes, path_->window);
    path_->window = Duration();
    path_->window_bytes = 0;
  }
}

DataRate Downlink::Rate(Instant now, DataRate target) const {
  if (path_->fallback.active(now) && (path_->heard || path_->fallback.remb(now))) {
    return path_->fallback.Apply(path_->controller->plan(), now).target;
  }
  if (path_->grace) return std::max(target, kStart);
  const int64_t percent = path_->calm ? kCalmPercent : kDrainPercent;
  const int64_t safe_bps = path_->arrived.bps() * percent / 100;
  const DataRate rate = std::max(target, DataRate::Bps(safe_bps));
  if (!path_->heard || path_->fallback.silence(now) <= kHoldAfter) return rate;
  // Not measured before, so that it is no limit, it is 1e12.
  return std::min(rate, DataRate::Bps(static_cast<int64_t>(measured_.media_bps)));
}

void Downlink::OnRouteChange(Instant now) {
  repeats_.OnRouteChange();
  if (!path_) return;
  path_->controller->OnRouteChange(now);
  path_->route_first = next_sequence_;
  path_->travel_min.reset();
  path_->travel_since = now;
  path_->arrived_last.reset();
}

DataRate Downlink::WithMargin(DataRate video) const {
  const double bps = static_cast<double>(video.bps()) * measured_.overhead * kDesiredMargin +
                     measured_.audio_bps + measured_.copies_bps;
  return DataRate::Bps(static_cast<int64_t>(bps));
}

void Downlink::SetDesired(Instant now, DataRate video, DataRate next) {
  desired_ = video;
  next_ = next;
  // What is wished for is not known before the first source is measured.
  if (!path_ || video == DataRate()) return;
  desired_wire_ = WithMargin(video);
  path_->controller->SetNextStep(next == DataRate() ? DataRate() : WithMargin(next));
  path_->controller->SetDesired(desired_wire_, now);
}

void Downlink::Measure(Instant now) {
  const Duration time = now - measured_.since;
  if (time < kMeasureInterval) return;
  const auto audio_bps = static_cast<double>(DataRate::Of(measured_.audio_wire, time).bps());
  const auto copies_bps = static_cast<double>(DataRate::Of(measured_.copies_wire, time).bps());
  measured_.audio_bps = Smooth(measured_.audio_bps, audio_bps);
  measured_.copies_bps = Smooth(measured_.copies_bps, copies_bps);
  if (measured_.video_source > 0) {
    const double ratio =
        static_cast<double>(measured_.video_wire) / static_cast<double>(measured_.video_source);
    measured_.overhead = Smooth(measured_.overhead, std::clamp(ratio, 1.0, kOverheadMax));
  }
  measured_.media_bps =
      audio_bps + copies_bps + static_cast<double>(DataRate::Of(measured_.video_wire, time).bps());
  measured_.since = now;
  measured_.audio_wire = measured_.copies_wire = 0;
  measured_.video_wire = measured_.video_source = 0;
}

bool Downlink::Deaf(Instant now) const {
  const bool heard = path_->heard || path_->fallback.remb(now);
  return !heard && now - path_->first_sent > kFeedbackWait;
}

std::optional<DataRate> Downlink::VideoBudget(Instant now) const {
  if (!path_ || Deaf(now)) return std::nullopt;
  const auto bps =
      static_cast<double>(Rate(now, steady()).bps()) - measured_.audio_bps - measured_.copies_bps;
  return DataRate::Bps(std::max<int64_t>(0, std::llround(bps / measured_.overhead)));
}

bool Downlink::TakeStep(Instant now) {
  if (!path_ || now - stepped_ < kStepInterval) return false;
  const DataRate rate = Rate(now, steady());
  const int64_t change = std::abs(rate.bps() - step_.bps());
  const bool moved = change * 100 >= step_.bps() * kStepPercent;
  if (!moved && stands_) return false;
  stands_ = !moved;
  step_ = rate;
  stepped_ = now;
  return true;
}

bool Downlink::MayRepair(Instant now) {
  if (!path_ || !path_->heard) return true;
  const auto bps = static_cast<double>(target().bps());
  const double left =
      std::clamp(bps - measured_.media_bps, kRepairShareMin * bps, kRepairShareMax * bps);
  const double per_second = left / 8;
  const double earned = (now - path_->repair_at).seconds() * per_second;
  path_->repair_at = now;
  path_->repair_bytes = std::min(path_->repair_bytes + earned, per_second * kRepairSeconds);
  return path_->repair_bytes > 0;
}

void Downlink::RunController(Instant now) {
  if (path_->controller->NextDeadline() <= now) path_->controller->OnDeadline(now);
  clusters_.clear();
  path_->controller->TakeProbes(clusters_);
  // A probe whose result nobody tells is only a burden; but where nothing else is sent, only one
  // can find out whether somebody tells again.
  const bool stopped = path_->heard && path_->fallback.silence(now) > kHoldAfter;
  const bool alone = Seeks() && now - path_->last_sent > kIdle;
  const bool silent = !told() || (stopped && !alone);
  for (const media::ProbeCluster& cluster : clusters_) {
    if (!silent) path_->prober.Add(cluster, now);
  }
  Measure(now);
  PlanPacer(now);
  deadline_ = std::min(now + kQuietTick, path_->prober.NextDeadline());
}

void Downlink::PlanPacer(Instant now) {
  const auto remb = path_->fallback.remb(now);
  if (Deaf(now)) {
    path_->pacer.SetPlan({}, DataRate(), now);
    return;
  }
  media::SendPlan plan = path_->controller->plan();
  plan.target = Rate(now, plan.target);
  if (path_->fallback.active(now) && (path_->heard || remb)) {
    plan = path_->fallback.Apply(plan, now);
    // What the receiver says grows with what it gets: up to it there is padding, as long as more is
    // wished for.
    if (remb && *remb < desired_wire_) plan.padding = *remb;
  }
  const int64_t percent = path_->heard ? kPacingPercent : kPacingPercentUnheard;
  plan.pacing = std::max(plan.pacing, DataRate::Bps(plan.target.bps() * percent / 100));
  const auto sending_bps = static_cast<int64_t>(measured_.media_bps);
  path_->pacer.SetPlan(plan, DataRate::Bps(sending_bps), now);
}

int64_t Downlink::OnDeadline(Instant now, bool can_probe) {
  if (!path_ || now < deadline_) return 0;
  RunController(now);
  if (!can_probe) path_->prober = ProbeSender();
  path_->fill_due = path_->prober.Due(now);
  const bool sounds = can_probe && Seeks() && now - path_->last_sent >= kSoundingInterval;
  if (sounds && path_->fill_due == 0) path_->fill_due = 1;
  const bool idle = now - path_->last_sent > kIdle && path_->fill_due == 0 && !Seeks();
  deadline_ = idle ? Instant::Never() : std::min(now + kQuietTick, path_->prober.NextDeadline());
  return path_->fill_due;
}

}  // namespace conclave::router
