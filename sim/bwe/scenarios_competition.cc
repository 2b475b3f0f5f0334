// Several flows on one bottleneck: scenarios 29 to 38 (RFC 8867 sections 5.2 to 5.8).
#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

using media::Algorithm;

LinkConfig Bottleneck(Capacity capacity, Micros queue = 300 * kMilli) {
  LinkConfig link;
  link.capacity = std::move(capacity);
  link.queue_max = queue;
  return link;
}

Outcome TwoFlows(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  const Capacity capacity = Steps({{0, 4}, {25, 2}, {50, 3.5}, {75, 1}, {100, 2}});
  Link& link = world.AddLink(Bottleneck(capacity));
  for (int i = 0; i < 2; ++i) world.AddCamera(link, 4 * kMbps);
  world.Run(125 * kSecond);
  return Finish(world, {Utilisation(world, capacity, 2, 125), JainOf(world, 5, 125),
                        Queue95(world, 2, 125), Drains(world, 75, 100)});
}

Outcome BothWays(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  const Capacity there = Steps({{0, 2}, {20, 1}, {40, .5}, {60, 2}});
  const Capacity back = Steps({{0, 2}, {35, .8}, {70, 2}});
  Link& forward = world.AddLink(Bottleneck(there));
  Link& reverse = world.AddLink(Bottleneck(back));
  MediaFlow& a = world.AddCamera(forward, 3 * kMbps, {}, &reverse);
  MediaFlow& b = world.AddCamera(reverse, 3 * kMbps, {}, &forward);
  world.Run(100 * kSecond);
  const auto used = [](const MediaFlow& flow, const Capacity& capacity) {
    const Micros from = 2 * kSecond;
    const Micros to = 100 * kSecond;
    return 100 * flow.stats().delivered.Bps(from, to) * 98 / capacity.Bits(from, to);
  };
  return Finish(world, {used(a, there), used(b, back)});
}

Outcome ThreeFlows(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  const Capacity capacity = Steps({{0, 3.5}});
  Link& link = world.AddLink(Bottleneck(capacity));
  for (int i = 0; i < 3; ++i) {
    FlowConfig flow;
    flow.start = i * 20 * kSecond;
    world.AddCamera(link, 5 * kMbps, flow);
  }
  world.Run(120 * kSecond);
  return Finish(world, {Utilisation(world, capacity, 2, 120), JainOf(world, 60, 120),
                        Queue95(world, 2, 120)});
}

Outcome RttFairness(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  const Capacity capacity = Steps({{0, 4}});
  Link& link = world.AddLink(Bottleneck(capacity));
  Micros start = 0;
  for (const Micros delay_ms : {10, 25, 50, 100, 150}) {
    FlowConfig flow;
    flow.delay = delay_ms * kMilli;
    flow.start = start;
    start += 10 * kSecond;
    world.AddCamera(link, 4 * kMbps, flow);
  }
  world.Run(300 * kSecond);
  return Finish(world, {JainOf(world, 60, 300), Utilisation(world, capacity, 2, 300)});
}

// One camera beside one endless download; the camera's share of what both got.
std::function<Outcome(Algorithm, uint64_t)> AgainstTcp(TcpKind kind, Micros queue) {
  return [=](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    Link& link = world.AddLink(Bottleneck(Steps({{0, 2}}), queue));
    world.AddCamera(link, 3 * kMbps);
    TcpConfig tcp;
    tcp.kind = kind;
    const TcpFlow& download = world.AddTcp(link, tcp);
    world.Run(120 * kSecond);
    const double media = world.flows()[0]->stats().delivered.Bps(20 * kSecond, 120 * kSecond);
    const double other = download.stats().delivered.Bps(20 * kSecond, 120 * kSecond);
    return Finish(world, {100 * media / (media + other)});
  };
}

Outcome ShortTcp(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  Link& link = world.AddLink(Bottleneck(Steps({{0, 2}})));
  for (int i = 0; i < 2; ++i) {
    FlowConfig flow;
    flow.start = 5 * kSecond;
    world.AddCamera(link, 2 * kMbps, flow);
  }
  for (int i = 0; i < 10; ++i) {
    TcpConfig tcp;
    tcp.transfer_bytes = 40'000;
    tcp.on_at_start = i < 2;
    world.AddTcp(link, tcp);
  }
  world.Run(300 * kSecond);
  double rate = 0;
  for (const auto& flow : world.flows()) {
    rate += flow->stats().delivered.Bps(10 * kSecond, 300 * kSecond) / kMbps / 2;
  }
  return Finish(world, {rate, Queue95(world, 10, 300)});
}

Outcome PauseResume(Algorithm algorithm, uint64_t seed) {
  World world(algorithm, seed);
  Link& link = world.AddLink(Bottleneck(Steps({{0, 3.5}})));
  for (int i = 0; i < 3; ++i) {
    FlowConfig flow;
    if (i == 0) {
      flow.pause_from = 40 * kSecond;
      flow.pause_to = 60 * kSecond;
    }
    world.AddCamera(link, 4 * kMbps, flow);
  }
  world.Run(120 * kSecond);
  double others = 0;
  for (size_t i = 1; i < 3; ++i) {
    others += world.flows()[i]->stats().delivered.Bps(40 * kSecond, 60 * kSecond) / kMbps;
  }
  return Finish(world, {Reaches(world, 0, 1, 60, 120), others});
}

}  // namespace

std::vector<Scenario> CompetitionScenarios() {
  const double none = kNoAudioGate;
  return {
      {29,
       "5.2 two flows",
       {AtLeast("u", 91), AtLeast("Jain", .985), AtMost("q", 75), AtMost("drain@75", 2.2)},
       kAudioGate,
       TwoFlows},
      {30, "5.3 both ways", {AtLeast("u", 89), AtLeast("u back", 91)}, kAudioGate, BothWays},
      {31,
       "5.4 three flows",
       {AtLeast("u", 95), AtLeast("Jain", .98), AtMost("q", 60)},
       kAudioGate,
       ThreeFlows},
      {32, "5.5 RTT fairness", {AtLeast("Jain", .92), AtLeast("u", 95)}, kAudioGate, RttFairness},
      {33,
       "5.6 Reno, 300 ms",
       {AtLeast("share", 25), AtMost("share", 60)},
       none,
       [](Algorithm algorithm, uint64_t seed) {
         Outcome outcome = AgainstTcp(TcpKind::kReno, 300 * kMilli)(algorithm, seed);
         outcome.values.push_back(outcome.values[0]);
         return outcome;
       }},
      {34,
       "5.6 CUBIC, 300 ms",
       {AtLeast("share", 30), AtMost("share", 60)},
       none,
       [](Algorithm algorithm, uint64_t seed) {
         Outcome outcome = AgainstTcp(TcpKind::kCubic, 300 * kMilli)(algorithm, seed);
         outcome.values.push_back(outcome.values[0]);
         return outcome;
       }},
      {35, "5.6 Reno, 1 s", {AtLeast("share", 15, 5)}, none, AgainstTcp(TcpKind::kReno, kSecond)},
      {36, "5.6 CUBIC, 1 s", {Report("share")}, none, AgainstTcp(TcpKind::kCubic, kSecond)},
      {37, "5.7 short TCP", {AtLeast("rate", .42), AtMost("q", 190)}, none, ShortTcp},
      {38, "5.8 pause", {AtMost("resume", 6), AtLeast("others", 3.1)}, kAudioGate, PauseResume},
  };
}

}  // namespace conclave::sim
