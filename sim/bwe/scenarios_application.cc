// Senders that do not fill what they get, and an SFU's layers: scenarios 24 to 28.
#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

using media::Algorithm;

Outcome Screen(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  LinkConfig link;
  link.capacity = Steps({{0, 3}});
  world.AddScreen(world.AddLink(link), 150 * kKbps, 3 * kMbps);
  world.Run(120 * kSecond);
  const FlowStats& stats = world.flows()[0]->stats();
  return Finish(world, {MeanTarget(stats, 0, 120 * kSecond) / kMbps, PaddingPercent(stats)});
}

Outcome Limited(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  LinkConfig link;
  link.capacity = Steps({{0, 3}});
  world.AddLimited(world.AddLink(link), 450 * kKbps, 1500 * kKbps);
  world.Run(120 * kSecond);
  const FlowStats& stats = world.flows()[0]->stats();
  return Finish(world, {MeanTarget(stats, 0, 120 * kSecond) / kMbps, PaddingPercent(stats)});
}

Outcome SfuJoin(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  LinkConfig link;
  link.capacity = Steps({{0, 10}});
  FlowConfig flow;
  flow.delay = 25 * kMilli;
  world.AddSfu(world.AddLink(link), 8, 900 * kKbps, flow);
  world.Run(20 * kSecond);
  const Micros top = world.flows()[0]->stats().all_top;
  return Finish(world, {top < 0 ? kNeverSeconds : static_cast<double>(top) / kSecond});
}

Outcome SfuConstant(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  LinkConfig link;
  link.capacity = Steps({{0, 2}});
  world.AddSfu(world.AddLink(link), 8, 900 * kKbps);
  world.Run(120 * kSecond);
  const FlowStats& stats = world.flows()[0]->stats();
  const double media = stats.delivered_media.Bps(5 * kSecond, 120 * kSecond) / kMbps;
  const double switches = stats.switches.Bps(5 * kSecond, 120 * kSecond) / 8 * 60;
  return Finish(world, {media, switches});
}

Outcome SfuStep(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  LinkConfig link;
  link.capacity = Steps({{0, 4}, {30, 1}, {60, 4}});
  world.AddSfu(world.AddLink(link), 4, 775 * kKbps);
  world.Run(90 * kSecond);
  return Finish(world, {Drains(world, 30, 60), Reaches(world, 0, 3.1, 60, 90)});
}

}  // namespace

std::vector<Scenario> ApplicationScenarios() {
  return {
      {24,
       "screen share on 3M",
       {AtLeast("target", 2.5), AtMost("padding", 5)},
       kAudioGate,
       Screen},
      {25, "sends .5M on 3M", {AtLeast("target", 1.2), AtMost("padding", .5)}, kAudioGate, Limited},
      {26, "SFU join 10M, 8 sources", {AtMost("all top", .6)}, kAudioGate, SfuJoin},
      {27,
       "SFU on 2M",
       {AtLeast("media", 1.7), AtMost("switches/min", 20)},
       kAudioGate,
       SfuConstant},
      {28, "SFU 4-1-4M", {AtMost("drain", 1.5), AtMost("back", 5.5)}, kAudioGate, SfuStep},
  };
}

}  // namespace conclave::sim
