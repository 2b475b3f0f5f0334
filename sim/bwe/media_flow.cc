#include "sim/bwe/media_flow.h"

#include <algorithm>

#include "sim/bwe/sfu_source.h"
#include "wire/ccfb.h"
#include "wire/twcc.h"

namespace conclave::sim {
namespace {

constexpr Micros kAudioInterval = 20 * kMilli;
// 48 kbps with everything around it.
constexpr int kAudioPacket = 120;
constexpr int64_t kAudioBps = 48'000;
// Half a second of video at the pacing rate.
constexpr Micros kPacerQueueMax = 500 * kMilli;
constexpr Micros kSampleInterval = 100 * kMilli;
// The kind of a packet on the link that is none of media::PacketKind.
constexpr int kFeedbackKind = 100;
// IPv4, UDP and the authentication of SRTCP.
constexpr int kFeedbackOverhead = 20 + 8 + 14;
// Local epochs differ; the controllers may not rely on them.
constexpr Micros kReceiverEpoch = 7'654'321'000;

int64_t WithAudio(int64_t bps) { return bps > 0 ? bps + kAudioBps : 0; }

}  // namespace

MediaFlow::MediaFlow(FlowConfig config, std::unique_ptr<media::BandwidthController> controller,
                     std::unique_ptr<Source> source, Link& forward, Link* reverse,
                     EventQueue& events)
    : config_(config),
      controller_(std::move(controller)),
      source_(std::move(source)),
      forward_(forward),
      reverse_(reverse),
      events_(events),
      rng_(config.seed),
      remb_(media::BandwidthConfig{}),
      far_end_(MakeFarEnd(config.feedback)) {
  events_.At(config_.start, this, kStart);
}

void MediaFlow::OnEvent(int what, int argument, Micros now) {
  switch (what) {
    case kStart:
      return Start(now);
    case kFrame:
      return OnFrame(now);
    case kAudio:
      return OnAudio(now);
    case kPace:
      if (now == pace_at_) Pump(now);
      return;
    case kDeadline:
      if (now == deadline_at_) RunController(now);
      return;
    case kArrival: {
      const Packet packet = travelling_[static_cast<size_t>(argument)];
      free_slots_.push_back(argument);
      return OnArrival(packet, now);
    }
    case kReport:
      if (now == report_at_) OnReport(now);
      return;
    case kFeedback: {
      const auto it = feedback_.find(argument);
      OnFeedbackBytes(it->second, now);
      feedback_.erase(it);
      return;
    }
    case kSample:
      stats_.targets.push_back({now, Plan(now).target.bps()});
      if (now < config_.end) events_.At(now + kSampleInterval, this, kSample);
      return;
    case kPause: {
      const auto desired = Active(now) ? source_->desired_bps() + kAudioBps : 0;
      controller_->SetDesired(DataRate::Bps(desired), Instant::FromMicros(now));
      return;
    }
    default:
      return;
  }
}

void MediaFlow::Start(Micros now) {
  const auto desired = DataRate::Bps(source_->desired_bps() + kAudioBps);
  controller_->SetDesired(desired, Instant::FromMicros(now));
  if (config_.pause_from != INT64_MAX) {
    events_.At(config_.pause_from, this, kPause);
    events_.At(config_.pause_to, this, kPause);
  }
  events_.At(now, this, kSample);
  events_.At(now, this, kAudio);
  events_.At(now, this, kFrame);
  RunController(now);
}

media::SendPlan MediaFlow::Plan(Micros now) const {
  const media::SendPlan plan = controller_->plan();
  return config_.feedback == Feedback::kRemb ? remb_.Apply(plan, Instant::FromMicros(now)) : plan;
}

bool MediaFlow::Active(Micros now) const {
  return now < config_.end && (now < config_.pause_from || now >= config_.pause_to);
}

void MediaFlow::OnFrame(Micros now) {
  if (now >= config_.end) return;
  if (Active(now)) {
    frame_packets_.clear();
    const int64_t target = Plan(now).target.bps() - kAudioBps;
    source_->Emit(now, std::max<int64_t>(0, target), frame_packets_);
    // What would wait too long is not encoded, or not forwarded.
    const int64_t rate = Plan(now).pacing.bps();
    const bool skip = pacer_.queued_bytes() * 8 * kSecond > rate * kPacerQueueMax;
    if (!skip) {
      for (const int size : frame_packets_) pacer_.Push(size);
    }
    if (const auto* sfu = dynamic_cast<SfuSource*>(source_.get())) {
      stats_.switches.Add(now, sfu->switches() - seen_switches_);
      seen_switches_ = sfu->switches();
      if (stats_.all_top < 0 && sfu->AllTop()) stats_.all_top = now;
    }
    controller_->SetNextStep(DataRate::Bps(WithAudio(source_->next_step_bps())));
    Pump(now);
  }
  events_.At(Active(now) ? source_->NextTime() : now + kAudioInterval, this, kFrame);
}

void MediaFlow::OnAudio(Micros now) {
  if (now >= config_.end) return;
  if (Active(now)) {
    pacer_.SetPlan(Plan(now));
    pacer_.OnBypass(kAudioPacket, now);
    SendPacket({kAudioPacket, media::PacketKind::kAudio, media::kNoProbe}, now);
  }
  events_.At(now + kAudioInterval, this, kAudio);
}

void MediaFlow::SendPacket(const PacedPacket& paced, Micros now) {
  media::SentPacket sent;
  sent.sequence = next_sequence_++;
  sent.sent = Instant::FromMicros(now);
  sent.size_bytes = paced.size_bytes;
  sent.kind = paced.kind;
  sent.probe_cluster = paced.probe_cluster;
  matcher_.OnSent(sent);
  ccfb_matcher_.OnSent(kMediaSsrc, static_cast<uint16_t>(sent.sequence), sent.sequence);
  remb_.OnSent(sent.sent);
  controller_->OnSent(sent);
  ++stats_.sent_packets;
  stats_.sent_bytes += paced.size_bytes;
  if (paced.kind == media::PacketKind::kPadding) stats_.padding_bytes += paced.size_bytes;
  if (paced.kind == media::PacketKind::kAudio) {
    ++stats_.audio_sent;
    stats_.audio_on_way.push_back({sent.sequence, now + Delay(now) + kAudioLate});
  }
  Log(static_cast<uint64_t>(now) * 4096 + static_cast<uint64_t>(paced.size_bytes));
  Packet packet;
  packet.sink = this;
  packet.sequence = sent.sequence;
  packet.size_bytes = paced.size_bytes;
  packet.kind = static_cast<int>(paced.kind);
  packet.sent = now;
  forward_.Send(packet, now);
}

void MediaFlow::Pump(Micros now) {
  std::vector<media::ProbeCluster> probes;
  controller_->TakeProbes(probes);
  for (const media::ProbeCluster& probe : probes) pacer_.AddProbe(probe, now);
  media::SendPlan plan = Plan(now);
  if (!Active(now)) plan.padding = DataRate();
  pacer_.SetPlan(plan);
  while (const auto packet = pacer_.Pop(matcher_.bytes_in_flight(), now)) SendPacket(*packet, now);
  pace_at_ = pacer_.NextTime(matcher_.bytes_in_flight(), now);
  if (pace_at_ != Pacer::kIdle) {
    pace_at_ = std::max(pace_at_, now + 1);
    events_.At(pace_at_, this, kPace);
  }
}

void MediaFlow::RunController(Micros now) {
  if (now >= config_.end) return;
  if (controller_->NextDeadline() <= Instant::FromMicros(now)) {
    controller_->OnDeadline(Instant::FromMicros(now));
  }
  deadline_at_ = std::max(now + 1, controller_->NextDeadline().us());
  if (controller_->NextDeadline() != Instant::Never()) events_.At(deadline_at_, this, kDeadline);
  Pump(now);
}

Micros MediaFlow::Delay(Micros now) const {
  return config_.delay + (now >= config_.route_change_at ? config_.route_change : 0);
}

void MediaFlow::OnLinkExit(const Packet& packet, Micros at) {
  Micros arrival = at + Delay(at);
  if (packet.kind == kFeedbackKind) {
    last_feedback_arrival_ = std::max(arrival, last_feedback_arrival_);
    events_.At(last_feedback_arrival_, this, kFeedback, static_cast<int>(packet.sequence));
    return;
  }
  if (!forward_.config().reorder) last_arrival_ = arrival = std::max(arrival, last_arrival_);
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<int>(travelling_.size()));
    travelling_.emplace_back();
  }
  const int slot = free_slots_.back();
  free_slots_.pop_back();
  travelling_[static_cast<size_t>(slot)] = packet;
  events_.At(arrival, this, kArrival, slot);
}

Instant MediaFlow::ReceiverClock(Micros now) const {
  const double drift = static_cast<double>(now) * config_.clock_ppm / 1e6;
  return Instant::FromMicros(kReceiverEpoch + now + static_cast<Micros>(drift));
}

void MediaFlow::OnArrival(const Packet& packet, Micros now) {
  const auto kind = static_cast<media::PacketKind>(packet.kind);
  ++stats_.received_packets;
  stats_.delivered.Add(now, packet.size_bytes);
  if (kind != media::PacketKind::kPadding) stats_.delivered_media.Add(now, packet.size_bytes);
  stats_.queue.push_back({now, packet.queue_delay});
  if (kind == media::PacketKind::kAudio) {
    if (packet.queue_delay <= kAudioLate) ++stats_.audio_in_time;
    auto& on_way = stats_.audio_on_way;
    while (!on_way.empty() && on_way.front().sequence <= packet.sequence) on_way.pop_front();
  }
  Log(static_cast<uint64_t>(now) ^ static_cast<uint64_t>(packet.sequence) << 40);
  const Instant local = ReceiverClock(now);
  far_end_->OnPacket({local, Instant::FromMicros(packet.sent),
                      static_cast<uint16_t>(packet.sequence), packet.size_bytes});
  if (far_end_->NextDeadline() == Instant::Never()) return;
  const Duration wait = far_end_->NextDeadline() - local;
  const Micros due = now + std::max<Micros>(0, wait.us());
  if (due != report_at_) {
    report_at_ = due;
    events_.At(due, this, kReport);
  }
}

void MediaFlow::OnReport(Micros now) {
  const Instant local = ReceiverClock(now) + Duration::Micros(1);
  while (true) {
    std::vector<uint8_t> bytes = far_end_->Write(local);
    if (bytes.empty()) break;
    if (rng_.Chance(config_.feedback_loss)) continue;
    Packet packet;
    packet.sink = this;
    packet.sequence = next_feedback_;
    packet.size_bytes = static_cast<int>(bytes.size()) + kFeedbackOverhead;
    packet.kind = kFeedbackKind;
    feedback_[next_feedback_++] = std::move(bytes);
    if (reverse_ != nullptr) {
      reverse_->Send(packet, now);
    } else {
      OnLinkExit(packet, now);
    }
  }
  report_at_ = INT64_MAX;
  if (far_end_->NextDeadline() != Instant::Never()) {
    report_at_ = now + std::max<Micros>(1, (far_end_->NextDeadline() - local).us());
    events_.At(report_at_, this, kReport);
  }
}

void MediaFlow::OnFeedbackBytes(const std::vector<uint8_t>& bytes, Micros now) {
  auto compound = wire::ParseRtcp(bytes);
  while (auto block = compound->Next()) Read(*block, Instant::FromMicros(now));
  RunController(now);
}

void MediaFlow::Read(const wire::RtcpBlock& block, Instant now) {
  results_.clear();
  if (const auto* remb = std::get_if<wire::RtcpRemb>(&block)) {
    remb_.OnRemb(DataRate::Bps(remb->bitrate_bps), now);
  } else if (const auto* twcc = std::get_if<wire::RtcpTwcc>(&block)) {
    std::vector<wire::TwccStatus> statuses;
    const auto feedback = wire::ParseTwcc(twcc->body, statuses);
    if (feedback) matcher_.OnFeedback(*feedback, statuses, results_);
  } else if (const auto* ccfb = std::get_if<wire::RtcpCcfb>(&block)) {
    std::vector<wire::CcfbStatus> statuses;
    const auto report = wire::ParseCcfb(ccfb->body, statuses);
    if (report) ccfb_matcher_.OnFeedback(*report, statuses, matcher_, results_);
  }
  if (!results_.empty()) controller_->OnFeedback(results_, now);
}

void MediaFlow::Log(uint64_t value) { stats_.log_hash = Mix(stats_.log_hash ^ value); }

}  // namespace conclave::sim
