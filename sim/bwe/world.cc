#include "sim/bwe/world.h"

#include "sim/bwe/sfu_source.h"

namespace conclave::sim {
namespace {

// An encoder that its application holds below what the transport could carry.
class LimitedEncoder final : public Source {
 public:
  LimitedEncoder(Micros start, int64_t send_bps, int64_t desired_bps, uint64_t seed)
      : encoder_(start, send_bps, seed), desired_bps_(desired_bps) {}
  void Emit(Micros now, int64_t target_bps, std::vector<int>& packets) override {
    encoder_.Emit(now, target_bps, packets);
  }
  Micros NextTime() const override { return encoder_.NextTime(); }
  int64_t desired_bps() const override { return desired_bps_; }

 private:
  AdaptiveEncoder encoder_;
  int64_t desired_bps_;
};

}  // namespace

Link& World::AddLink(LinkConfig config) {
  links_.push_back(std::make_unique<Link>(std::move(config), events_, NextSeed()));
  return *links_.back();
}

MediaFlow& World::Add(Link& link, std::unique_ptr<Source> source, FlowConfig config,
                      Link* reverse) {
  config.seed = NextSeed();
  // What SCReAM was made for: RFC 8888 feedback each 25 ms.
  const bool scream = algorithm_ == media::Algorithm::kScream;
  if (scream && config.feedback == Feedback::kTwcc) config.feedback = Feedback::kCcfb;
  auto controller = media::MakeController(algorithm_, limits_);
  flows_.push_back(std::make_unique<MediaFlow>(config, std::move(controller), std::move(source),
                                               link, reverse, events_));
  return *flows_.back();
}

MediaFlow& World::AddCamera(Link& link, int64_t max_bps, FlowConfig config, Link* reverse) {
  auto source = std::make_unique<AdaptiveEncoder>(config.start, max_bps, NextSeed());
  return Add(link, std::move(source), config, reverse);
}

MediaFlow& World::AddScreen(Link& link, int64_t idle_bps, int64_t max_bps, FlowConfig config) {
  auto source = std::make_unique<ScreenShare>(idle_bps, max_bps, NextSeed());
  return Add(link, std::move(source), config, nullptr);
}

MediaFlow& World::AddSfu(Link& link, int sources, int64_t top_bps, FlowConfig config) {
  auto source = std::make_unique<SfuSource>(sources, top_bps, NextSeed());
  return Add(link, std::move(source), config, nullptr);
}

MediaFlow& World::AddSfu(Link& link, int sources, SfuLayers layers, FlowConfig config) {
  auto source = std::make_unique<SfuSource>(sources, std::move(layers), NextSeed());
  return Add(link, std::move(source), config, nullptr);
}

MediaFlow& World::AddLimited(Link& link, int64_t send_bps, int64_t desired_bps, FlowConfig config) {
  auto source = std::make_unique<LimitedEncoder>(config.start, send_bps, desired_bps, NextSeed());
  return Add(link, std::move(source), config, nullptr);
}

TcpFlow& World::AddTcp(Link& link, TcpConfig config) {
  config.seed = NextSeed();
  tcps_.push_back(std::make_unique<TcpFlow>(config, link, events_));
  return *tcps_.back();
}

void World::Run(Micros length) { events_.RunUntil(length); }

double World::AudioBad() const {
  double sum = 0;
  for (const auto& flow : flows_) sum += AudioBadPercent(flow->stats(), events_.now());
  return flows_.empty() ? 0 : sum / static_cast<double>(flows_.size());
}

uint64_t World::Hash() const {
  uint64_t hash = 0;
  for (const auto& flow : flows_) hash = Mix(hash ^ flow->stats().log_hash);
  return hash;
}

}  // namespace conclave::sim
