// What the reference note names as still to add, 44 and on: CoDel, made-up radio traces, peers
// whose feedback is RFC 8888 or REMB alone, heavy loss. The note has no gates for these; ours say
// what a call needs there.
#include "sim/bwe/scenario_tools.h"
#include "sim/bwe/trace.h"

namespace conclave::sim {
namespace {

using media::Algorithm;

constexpr double kSeconds = 90;

Outcome Measure(World& world, const Capacity& capacity, int64_t wanted) {
  world.Run(static_cast<Micros>(kSeconds * kSecond));
  const auto end = static_cast<Micros>(kSeconds * kSecond);
  const FlowStats& stats = world.flows()[0]->stats();
  return Finish(world,
                {Utilisation(world, capacity, 2, kSeconds, wanted), Queue95(world, 2, kSeconds),
                 LossPercent(stats), StarvedPercent(stats, capacity, wanted, 2 * kSecond, end)});
}

std::vector<Metric> Measured(Metric used = Report("u"), Metric queue = Report("q")) {
  return {std::move(used), std::move(queue), Report("loss"), Report("starved %")};
}

// 3, 1, 3 Mbps behind a queue that CoDel manages.
Scenario ManagedQueue() {
  const auto run = [](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    LinkConfig link;
    link.capacity = Steps({{0, 3}, {30, 1}, {60, 3}});
    link.queue_max = kSecond;
    link.codel = true;
    world.AddCamera(world.AddLink(link), 4 * kMbps);
    return Measure(world, link.capacity, 4 * kMbps);
  };
  return {44, "CoDel, 3-1-3M", Measured(AtLeast("u", 80)), kAudioGate, run};
}

// The same beside a download: CoDel keeps the queue short for both.
Scenario ManagedQueueShared() {
  const auto run = [](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    LinkConfig link;
    link.capacity = Steps({{0, 4}});
    link.queue_max = kSecond;
    link.codel = true;
    Link& bottleneck = world.AddLink(link);
    world.AddCamera(bottleneck, 4 * kMbps);
    TcpConfig tcp;
    tcp.kind = TcpKind::kCubic;
    const TcpFlow& download = world.AddTcp(bottleneck, tcp);
    world.Run(static_cast<Micros>(kSeconds * kSecond));
    const auto end = static_cast<Micros>(kSeconds * kSecond);
    const double media = world.flows()[0]->stats().delivered.Bps(20 * kSecond, end);
    const double other = download.stats().delivered.Bps(20 * kSecond, end);
    const double share = 100 * media / (media + other);
    return Finish(world, {share, share, Queue95(world, 20, kSeconds)});
  };
  // As behind a drop-tail queue (34).
  return {45,
          "CoDel, CUBIC",
          {AtLeast("share", 30), AtMost("share", 60), Report("q")},
          kAudioGate,
          run};
}

Scenario Radio(int number, const char* name, const RadioModel& model) {
  const auto run = [model](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    Rng rng(world.NextSeed());
    LinkConfig link;
    link.capacity = MakeTrace(model, kSeconds, rng);
    link.queue_max = 500 * kMilli;
    const auto wanted = static_cast<int64_t>(1.2 * model.mean_bps);
    FlowConfig flow;
    flow.delay = 30 * kMilli;
    world.AddCamera(world.AddLink(link), wanted, flow);
    return Measure(world, link.capacity, wanted);
  };
  return {number, name, Measured(), kNoAudioGate, run};
}

// 3 Mbps, as many of which as the path lets through; a picture must get through.
Scenario HeavyLoss(int number, const char* name, double loss, double pass) {
  const auto run = [loss](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    LinkConfig link;
    link.capacity = Steps({{0, 3}});
    link.queue_max = 300 * kMilli;
    link.loss = loss;
    FlowConfig flow;
    flow.delay = 40 * kMilli;
    world.AddCamera(world.AddLink(link), 4 * kMbps, flow);
    return Measure(world, link.capacity, 4 * kMbps);
  };
  return {number, name, Measured(AtLeast("u", pass)), kNoAudioGate, run};
}

// One camera as a browser sends it, at three sizes with gaps between them.
MediaFlow& AddLayered(World& world, const Capacity& capacity, double loss = 0) {
  LinkConfig link;
  link.capacity = capacity;
  link.loss = loss;
  link.queue_max = 300 * kMilli;
  FlowConfig flow;
  flow.delay = 10 * kMilli;
  const SfuLayers layers{{250 * kKbps, 700 * kKbps, 1700 * kKbps}, 1, 10};
  return world.AddSfu(world.AddLink(link), 1, layers, flow);
}

// A link between two layers: what fits is to stay, and what does not is not to be tried on and on.
Scenario BetweenLayers() {
  const auto run = [](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    const FlowStats& stats = AddLayered(world, Steps({{0, .5}})).stats();
    const Micros from = 5 * kSecond;
    const Micros end = 120 * kSecond;
    world.Run(end);
    return Finish(
        world, {stats.delivered_media.Bps(from, end) / kMbps, MeanTarget(stats, from, end) / kMbps,
                stats.switches.Bps(from, end) / 8 * 60, Queue95(world, 5, 120)});
  };
  return {53,
          ".25/.7/1.7M on .5M",
          {AtLeast("media", .285), Report("target"), AtMost("switches/min", 6), AtMost("q", 60)},
          kAudioGate,
          run};
}

// 3, .5, 3 Mbps.
Scenario LayersReturn() {
  const auto run = [](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    const FlowStats& stats = AddLayered(world, Steps({{0, 3}, {20, .5}, {50, 3}})).stats();
    world.Run(80 * kSecond);
    return Finish(world, {Drains(world, 20, 50),
                          stats.delivered_media.Bps(25 * kSecond, 50 * kSecond) / kMbps,
                          Reaches(world, 0, 1.7, 50, 80)});
  };
  return {54,
          ".25/.7/1.7M on 3-.5-3M",
          {AtMost("drain", 1.5), AtLeast("media", .285), AtMost("back", 6)},
          kAudioGate,
          run};
}

// The same where a fifth is lost all the time: what is lost is no reason to stay below.
Scenario LayersReturnLossy() {
  const auto run = [](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    AddLayered(world, Steps({{0, 3}, {20, .5}, {50, 3}}), .2);
    world.Run(80 * kSecond);
    return Finish(world, {Reaches(world, 0, 1.2, 50, 80)});
  };
  return {55, "the same, 20 % lost", {AtMost("back", 6)}, kNoAudioGate, run};
}

// 2, 1, 2 Mbps where the peer's feedback is `feedback`. (SCReAM gets RFC 8888 in all other rows.)
Scenario FeedbackOf(int number, const char* name, Feedback feedback) {
  const auto run = [feedback](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    LinkConfig link;
    link.capacity = Steps({{0, 2}, {30, 1}, {60, 2}});
    FlowConfig flow;
    flow.feedback = feedback;
    world.AddCamera(world.AddLink(link), 3 * kMbps, flow);
    return Measure(world, link.capacity, 3 * kMbps);
  };
  return {number, name, Measured(), kNoAudioGate, run};
}

}  // namespace

std::vector<Scenario> ExtraScenarios() {
  return {
      ManagedQueue(),
      ManagedQueueShared(),
      // Means after the reference's mobile traces; spreads as a walk, a drive and a train have
      // them.
      Radio(46, "radio, on foot", {2.0 * kMbps, .35, .98, .01, .3}),
      Radio(47, "radio, by car", {4.0 * kMbps, .6, .95, .05, .4}),
      Radio(48, "radio, by train", {1.0 * kMbps, .8, .9, .1, .8}),
      FeedbackOf(49, "CCFB alone, 2-1-2M", Feedback::kCcfb),
      FeedbackOf(50, "REMB alone, 2-1-2M", Feedback::kRemb),
      HeavyLoss(51, "loss 20 %, 3M", .2, 55),
      HeavyLoss(52, "loss 30 %, 3M", .3, 45),
      BetweenLayers(),
      LayersReturn(),
      LayersReturnLossy(),
  };
}

}  // namespace conclave::sim
