// Loss, jitter, radio, odd queues and paths: scenarios 10 to 23, and 43.
#include <algorithm>
#include <cmath>

#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

struct Run {
  LinkConfig link;
  FlowConfig flow;
  int64_t wanted = 3 * kMbps;
  double seconds = 60;
};

using Build = std::function<Run(Rng&)>;
using Ask = std::function<std::vector<double>(const World&, const Run&)>;

std::function<Outcome(media::Algorithm, uint64_t)> Camera(Build build, Ask ask) {
  return [build, ask](media::Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    Rng rng(world.NextSeed());
    const Run run = build(rng);
    world.AddCamera(world.AddLink(run.link), run.wanted, run.flow);
    world.Run(static_cast<Micros>(run.seconds * kSecond));
    return Finish(world, ask(world, run));
  };
}

Run Plain(double mbps, Micros delay) {
  Run run;
  run.link.capacity = Steps({{0, mbps}});
  run.flow.delay = delay;
  run.wanted = static_cast<int64_t>(1.5 * mbps * kMbps);
  return run;
}

std::vector<double> Whole(const World& world, const Run& run) {
  return {Utilisation(world, run.link.capacity, 2, run.seconds, run.wanted),
          Queue95(world, 2, run.seconds)};
}

Scenario Loss(int number, const char* name, double loss, double pass) {
  const auto build = [loss](Rng&) {
    Run run = Plain(2, 40 * kMilli);
    run.link.loss = loss;
    return run;
  };
  return {number, name, {AtLeast("u", pass), Report("q")}, kNoAudioGate, Camera(build, Whole)};
}

Scenario BurstLoss() {
  const auto build = [](Rng&) {
    Run run = Plain(2, 40 * kMilli);
    run.link.bursts = GilbertElliott{.003, .15, .7, 0};
    return run;
  };
  return {
      14, "Gilbert-Elliott", {AtLeast("u", 90), Report("q")}, kNoAudioGate, Camera(build, Whole)};
}

Scenario Jitter(int number, const char* name, double sigma_ms, bool reorder, double mbps,
                double pass) {
  const auto build = [=](Rng&) {
    Run run = Plain(mbps, 50 * kMilli);
    run.link.jitter_sigma_us = sigma_ms * kMilli;
    run.link.reorder = reorder;
    return run;
  };
  return {number, name, {AtLeast("u", pass), Report("q")}, kAudioGate, Camera(build, Whole)};
}

// 6 Mbps that stall every 150 + exp(250) ms for 5 + exp(35) ms.
Run Stalls(Rng& rng) {
  Run run = Plain(6, 25 * kMilli);
  std::vector<CapacityStep> steps;
  for (Micros at = 0; at < 60 * kSecond;) {
    steps.push_back({at, 6 * kMbps});
    at += static_cast<Micros>((150 + rng.Exponential(250)) * kMilli);
    steps.push_back({at, 0});
    at += static_cast<Micros>((5 + rng.Exponential(35)) * kMilli);
  }
  steps.push_back({steps.back().at + kSecond, 6 * kMbps});
  run.link.capacity = Capacity(std::move(steps));
  return run;
}

// A log-normal walk between .3 and 8 Mbps in steps of 200 ms.
Run Walk(Rng& rng) {
  constexpr double kStepSigma = 0.10;
  Run run = Plain(8, 30 * kMilli);
  const double low = std::log(.3 * kMbps);
  const double high = std::log(8.0 * kMbps);
  double level = std::log(2.0 * kMbps);
  std::vector<CapacityStep> steps;
  for (Micros at = 0; at < 60 * kSecond; at += 200 * kMilli) {
    steps.push_back({at, static_cast<int64_t>(std::exp(level))});
    level += kStepSigma * rng.Gaussian();
    if (level > high) level = 2 * high - level;
    if (level < low) level = 2 * low - level;
  }
  run.link.capacity = Capacity(std::move(steps));
  return run;
}

Scenario Queue(int number, const char* name, Micros queue, std::vector<Metric> metrics) {
  const auto build = [queue](Rng&) {
    Run run = Plain(2, 50 * kMilli);
    run.link.queue_max = queue;
    return run;
  };
  const auto ask = [](const World& world, const Run& run) {
    std::vector<double> values = Whole(world, run);
    values.push_back(LossPercent(world.flows()[0]->stats()));
    return values;
  };
  return {number, name, std::move(metrics), kAudioGate, Camera(build, ask)};
}

Scenario LongPath() {
  const auto ask = [](const World& world, const Run& run) {
    return std::vector<double>{Reaches(world, 0, 2, 0, 60),
                               Utilisation(world, run.link.capacity, 20, 60, run.wanted)};
  };
  return {21,
          "RTT 300 ms",
          {AtMost("t90", 1), AtLeast("u", 92)},
          kAudioGate,
          Camera([](Rng&) { return Plain(2, 150 * kMilli); }, ask)};
}

Scenario Outage() {
  const auto build = [](Rng&) {
    Run run = Plain(2, 50 * kMilli);
    run.link.capacity = Steps({{0, 2}, {30, 0}, {33, 2}});
    return run;
  };
  const auto ask = [](const World& world, const Run& run) {
    return std::vector<double>{Reaches(world, 0, 2, 33.1, 60) + .1,
                               Utilisation(world, run.link.capacity, 2, 60, run.wanted)};
  };
  return {
      22, "outage 3 s", {AtMost("back", .5), AtLeast("u", 95)}, kNoAudioGate, Camera(build, ask)};
}

Scenario RouteChange() {
  const auto build = [](Rng&) {
    Run run = Plain(2, 25 * kMilli);
    run.flow.route_change_at = 10 * kSecond;
    run.flow.route_change = 70 * kMilli;
    run.seconds = 40;
    return run;
  };
  const auto ask = [](const World& world, const Run& run) {
    return std::vector<double>{Reaches(world, 0, 2, 10.5, 40) + .5,
                               Utilisation(world, run.link.capacity, 12, 40, run.wanted)};
  };
  return {
      23, "route +70 ms", {AtMost("back", 3), AtLeast("u", 92)}, kAudioGate, Camera(build, ask)};
}

Scenario Policer() {
  const auto build = [](Rng&) {
    Run run = Plain(10, 50 * kMilli);
    run.link.policer_bps = kMbps;
    run.link.policer_bytes = 4096;
    run.wanted = 2 * kMbps;
    return run;
  };
  const auto ask = [](const World& world, const Run&) {
    return std::vector<double>{Utilisation(world, Capacity(kMbps), 2, 60),
                               LossPercent(world.flows()[0]->stats())};
  };
  return {43, "policer 1M", {AtLeast("u", 92), AtMost("loss", 7)}, kAudioGate, Camera(build, ask)};
}

}  // namespace

std::vector<Scenario> ImpairmentScenarios() {
  std::vector<Scenario> all;
  all.push_back(Loss(10, "loss 1 %", .01, 89));
  all.push_back(Loss(11, "loss 2 %", .02, 86));
  all.push_back(Loss(12, "loss 5 %", .05, 82));
  all.push_back(Loss(13, "loss 10 %", .10, 55));
  all.push_back(BurstLoss());
  all.push_back(Jitter(15, "jitter 20 ms", 20, false, 2, 84));
  all.push_back(Jitter(16, "jitter 5 ms, reordering", 5, true, 3, 87));
  all.push_back(
      {17, "Wi-Fi stalls", {AtLeast("u", 74), AtMost("q", 90)}, kAudioGate, Camera(Stalls, Whole)});
  all.push_back(
      {18, "LTE walk", {AtLeast("u", 71), AtMost("q", 85)}, kAudioGate, Camera(Walk, Whole)});
  all.push_back(
      Queue(19, "2 s queue", 2 * kSecond, {AtLeast("u", 95), AtMost("q", 55), Report("loss")}));
  all.push_back(
      Queue(20, "40 ms queue", 40 * kMilli, {AtLeast("u", 92), Report("q"), AtMost("loss", .5)}));
  all.push_back(LongPath());
  all.push_back(Outage());
  all.push_back(RouteChange());
  all.push_back(Policer());
  return all;
}

}  // namespace conclave::sim
