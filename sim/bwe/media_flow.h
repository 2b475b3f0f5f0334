// One media transport from sender to receiver: source, pacer and controller on one side, arrivals
// and feedback, through the real codecs, on the other.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "media/bwe/bandwidth_controller.h"
#include "media/bwe/ccfb_matcher.h"
#include "media/bwe/feedback_matcher.h"
#include "media/bwe/remb_fallback.h"
#include "sim/bwe/far_end.h"
#include "sim/bwe/link.h"
#include "sim/bwe/metrics.h"
#include "sim/bwe/pacer.h"
#include "sim/bwe/source.h"
#include "wire/rtcp.h"

namespace conclave::sim {

struct FlowConfig {
  // One way, without the link.
  Micros delay = 50 * kMilli;
  // From then on the path is longer by `route_change`.
  Micros route_change_at = INT64_MAX;
  Micros route_change = 0;
  Micros start = 0;
  Micros end = INT64_MAX;
  Micros pause_from = INT64_MAX;
  Micros pause_to = INT64_MAX;
  Feedback feedback = Feedback::kTwcc;
  double feedback_loss = 0;
  // How much faster the receiver's clock runs.
  double clock_ppm = 0;
  uint64_t seed = 0;
};

class MediaFlow final : public Actor, public PacketSink {
 public:
  // A null `reverse`: feedback meets no queue.
  MediaFlow(FlowConfig config, std::unique_ptr<media::BandwidthController> controller,
            std::unique_ptr<Source> source, Link& forward, Link* reverse, EventQueue& events);

  void OnEvent(int what, int argument, Micros now) override;
  void OnLinkExit(const Packet& packet, Micros at) override;

  const FlowStats& stats() const { return stats_; }
  const media::BandwidthController& controller() const { return *controller_; }

 private:
  enum Event {
    kStart,
    kFrame,
    kAudio,
    kPace,
    kDeadline,
    kArrival,
    kReport,
    kFeedback,
    kSample,
    kPause
  };

  void Start(Micros now);
  bool Active(Micros now) const;
  void OnFrame(Micros now);
  void OnAudio(Micros now);
  void SendPacket(const PacedPacket& paced, Micros now);
  void Pump(Micros now);
  void RunController(Micros now);
  void OnArrival(const Packet& packet, Micros now);
  void OnReport(Micros now);
  void OnFeedbackBytes(const std::vector<uint8_t>& bytes, Micros now);
  void Read(const wire::RtcpBlock& block, Instant now);
  media::SendPlan Plan(Micros now) const;
  Instant ReceiverClock(Micros now) const;
  Micros Delay(Micros now) const;
  void Log(uint64_t value);

  FlowConfig config_;
  std::unique_ptr<media::BandwidthController> controller_;
  std::unique_ptr<Source> source_;
  Link& forward_;
  Link* reverse_;
  EventQueue& events_;
  Rng rng_;

  Pacer pacer_;
  media::FeedbackMatcher matcher_;
  media::CcfbMatcher ccfb_matcher_;
  media::RembFallback remb_;
  int64_t next_sequence_ = 0;
  Micros pace_at_ = INT64_MAX;
  Micros deadline_at_ = INT64_MAX;
  std::vector<int> frame_packets_;
  std::vector<media::PacketResult> results_;

  std::unique_ptr<FarEnd> far_end_;
  Micros report_at_ = INT64_MAX;
  // Packets between the link and the receiver, by slot.
  std::vector<Packet> travelling_;
  std::vector<int> free_slots_;
  Micros last_arrival_ = 0;
  // Feedback on its way back, by number.
  std::map<int64_t, std::vector<uint8_t>> feedback_;
  int64_t next_feedback_ = 0;
  Micros last_feedback_arrival_ = 0;

  int64_t seen_switches_ = 0;
  FlowStats stats_;
};

}  // namespace conclave::sim
