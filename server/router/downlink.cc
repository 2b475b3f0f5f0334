#include "router/downlink.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "media/bwe/controllers.h"
#include "wire/twcc.h"

namespace conclave::router {
namespace {

// A second of a small call; it grows where more is sent (FeedbackMatcher::kMemory).
constexpr size_t kFirstRoom = 256;
// The controller is run with each feedback; without any, so often.
constexpr Duration kQuietTick = Duration::Millis(200);
constexpr Duration kIdle = Duration::Seconds(1);
// Half a second of packets makes a rate; half of the old one stays.
constexpr Duration kMeasureInterval = Duration::Millis(500);
constexpr double kKeep = 0.5;
// Small packets of a thumbnail; more is a mistake of measuring.
constexpr double kOverheadMax = 1.5;
// A layer is switched up to only where it fits with a margin of a fifth (media/layer_choice.h), and
// sources waver.
constexpr double kDesiredMargin = 1.25;

// Several feedbacks. Of what arrived in it, what may surely be sent again: a little more where it
// met no queue (a window has a frame more or less), else what lets the queue drain.
constexpr Duration kArrivalWindow = Duration::Millis(250);
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

double Smooth(double before, double now) { return before * kKeep + now * (1 - kKeep); }

}  // namespace

Downlink::Path::Path(Instant now)
    : controller(media::MakeController(media::Algorithm::kHybrid, {})),
      matcher(kFirstRoom),
      first_sent(now) {}

void Downlink::OnSent(Instant now, const SentDatagram& datagram) {
  if (!path_) {
    path_ = std::make_unique<Path>(now);
    measured_.since = now;
    step_ = kStart;
    SetDesired(now, desired_);
  }
  if (deadline_ == Instant::Never()) deadline_ = now;
  media::SentPacket sent;
  sent.sequence = next_sequence_++;
  sent.sent = now;
  // Copies have no number of their own, but the network carries them: they count with what is next.
  sent.size_bytes =
      static_cast<int>(datagram.wire_bytes + std::exchange(path_->copied_bytes, size_t{0}));
  sent.kind = datagram.kind;
  sent.probe_cluster = path_->prober.cluster();
  path_->last_sent = now;
  path_->prober.OnSent(sent.size_bytes);
  path_->matcher.OnSent(sent);
  path_->controller->OnSent(sent);
  const auto bytes = static_cast<int64_t>(datagram.wire_bytes);
  if (datagram.kind == media::PacketKind::kAudio) measured_.audio_wire += bytes;
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

void Downlink::OnFeedback(Instant now, const wire::RtcpTwcc& feedback, FeedbackScratch& scratch) {
  if (!path_) return;
  scratch.statuses.clear();
  scratch.results.clear();
  const auto parsed = wire::ParseTwcc(feedback.body, scratch.statuses);
  if (!parsed) return;
  path_->matcher.OnFeedback(*parsed, scratch.statuses, scratch.results);
  path_->copies.Apply(path_->travel_min.value_or(kSlowest), scratch.results);
  if (scratch.results.empty()) return;
  if (!path_->heard) path_->heard = now;
  path_->controller->OnFeedback(scratch.results, now);
  MeasureArrivals(scratch.results);
  Judge(now, scratch.results);
  Measure(now);
  JudgeAudio(now, scratch.results);
  RunController(now);
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
    if (!path_->window_start) path_->window_start = result.arrival;
    path_->window_bytes += result.packet.size_bytes;
    const Duration time = result.arrival - *path_->window_start;
    if (time < kArrivalWindow) continue;
    path_->arrived = DataRate::Of(path_->window_bytes, time);
    path_->window_start = result.arrival;
    path_->window_bytes = 0;
  }
}

DataRate Downlink::Rate() const {
  if (path_->grace) return std::max(target(), kStart);
  const int64_t percent = path_->calm ? kCalmPercent : kDrainPercent;
  const int64_t safe_bps = path_->arrived.bps() * percent / 100;
  return std::max(target(), DataRate::Bps(safe_bps));
}

void Downlink::OnRouteChange(Instant now) {
  repeats_.OnRouteChange();
  if (path_) path_->controller->OnRouteChange(now);
}

void Downlink::SetDesired(Instant now, DataRate video) {
  desired_ = video;
  // What is wished for is not known before the first source is measured.
  if (!path_ || video == DataRate()) return;
  const double bps = static_cast<double>(video.bps()) * measured_.overhead * kDesiredMargin +
                     measured_.audio_bps + measured_.copies_bps;
  path_->controller->SetDesired(DataRate::Bps(static_cast<int64_t>(bps)), now);
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

std::optional<DataRate> Downlink::VideoBudget(Instant now) const {
  if (!path_) return std::nullopt;
  if (!path_->heard && now - path_->first_sent > kFeedbackWait) return std::nullopt;
  const auto bps = static_cast<double>(Rate().bps()) - measured_.audio_bps - measured_.copies_bps;
  return DataRate::Bps(std::max<int64_t>(0, std::llround(bps / measured_.overhead)));
}

bool Downlink::TakeStep(Instant now) {
  if (!path_ || now - stepped_ < kStepInterval) return false;
  const DataRate rate = Rate();
  const int64_t change = std::abs(rate.bps() - step_.bps());
  if (change * 100 < step_.bps() * kStepPercent) return false;
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
  for (const media::ProbeCluster& cluster : clusters_) path_->prober.Add(cluster, now);
  deadline_ = std::min(now + kQuietTick, path_->prober.NextDeadline());
}

int64_t Downlink::OnDeadline(Instant now, bool can_probe) {
  if (!path_ || now < deadline_) return 0;
  RunController(now);
  if (!can_probe) path_->prober = ProbeSender();
  const int64_t due = path_->prober.Due(now);
  const bool idle = now - path_->last_sent > kIdle && due == 0;
  deadline_ = idle ? Instant::Never() : std::min(now + kQuietTick, path_->prober.NextDeadline());
  return due;
}

}  // namespace conclave::router
