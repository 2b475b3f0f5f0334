// One simulated network with its flows: built by a scenario, run once, then asked.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "media/bwe/controllers.h"
#include "sim/bwe/link.h"
#include "sim/bwe/media_flow.h"
#include "sim/bwe/metrics.h"
#include "sim/bwe/sfu_source.h"
#include "sim/bwe/tcp_flow.h"

namespace conclave::sim {

class World {
 public:
  World(media::Algorithm algorithm, uint64_t seed, media::BandwidthConfig limits = {})
      : algorithm_(algorithm), seed_(seed), limits_(limits) {}

  Link& AddLink(LinkConfig config);
  // A camera that can use up to `max_bps`.
  MediaFlow& AddCamera(Link& link, int64_t max_bps, FlowConfig config = {},
                       Link* reverse = nullptr);
  MediaFlow& AddScreen(Link& link, int64_t idle_bps, int64_t max_bps, FlowConfig config = {});
  // What an SFU forwards of `sources` cameras.
  MediaFlow& AddSfu(Link& link, int sources, int64_t top_bps, FlowConfig config = {});
  MediaFlow& AddSfu(Link& link, int sources, SfuLayers layers, FlowConfig config = {});
  // Sends `send_bps` though it could use `desired_bps`.
  MediaFlow& AddLimited(Link& link, int64_t send_bps, int64_t desired_bps, FlowConfig config = {});
  TcpFlow& AddTcp(Link& link, TcpConfig config);

  void Run(Micros length);

  // A seed of its own for each component.
  uint64_t NextSeed() { return Mix(seed_ * 1000 + ++components_); }
  const std::deque<std::unique_ptr<MediaFlow>>& flows() const { return flows_; }
  const std::deque<std::unique_ptr<TcpFlow>>& tcps() const { return tcps_; }
  // The mean of all flows; percent.
  double AudioBad() const;
  uint64_t Hash() const;

 private:
  MediaFlow& Add(Link& link, std::unique_ptr<Source> source, FlowConfig config, Link* reverse);

  media::Algorithm algorithm_;
  uint64_t seed_;
  media::BandwidthConfig limits_;
  uint64_t components_ = 0;
  EventQueue events_;
  std::deque<std::unique_ptr<Link>> links_;
  std::deque<std::unique_ptr<MediaFlow>> flows_;
  std::deque<std::unique_ptr<TcpFlow>> tcps_;
};

}  // namespace conclave::sim
