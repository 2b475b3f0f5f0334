// Lost feedback and drifting clocks: scenarios 39 to 42.
#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

using media::Algorithm;

std::function<Outcome(Algorithm, uint64_t)> FeedbackLoss(double loss) {
  return [loss](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    LinkConfig link;
    link.capacity = Steps({{0, 2}, {30, 1}, {60, 2}});
    FlowConfig flow;
    flow.feedback_loss = loss;
    world.AddCamera(world.AddLink(link), 3 * kMbps, flow);
    world.Run(90 * kSecond);
    return Finish(world, {Utilisation(world, link.capacity, 10, 30), Drains(world, 30, 60),
                          Reaches(world, 0, 2, 60, 90)});
  };
}

std::function<Outcome(Algorithm, uint64_t)> Drift(double ppm) {
  return [ppm](Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    LinkConfig link;
    link.capacity = Steps({{0, 2}});
    FlowConfig flow;
    flow.clock_ppm = ppm;
    world.AddCamera(world.AddLink(link), 3 * kMbps, flow);
    world.Run(300 * kSecond);
    return Finish(world, {Utilisation(world, link.capacity, 2, 300), Queue95(world, 2, 300)});
  };
}

}  // namespace

std::vector<Scenario> FeedbackScenarios() {
  return {
      {39,
       "feedback loss 10 %",
       {AtLeast("u", 94), AtMost("drain", 1.2), AtMost("up", 6)},
       kAudioGate,
       FeedbackLoss(.1)},
      {40,
       "feedback loss 30 %",
       {AtLeast("u", 92), AtMost("drain", 1.2), AtMost("up", 8)},
       kAudioGate,
       FeedbackLoss(.3)},
      {41, "clock -200 ppm", {AtLeast("u", 95), Report("q")}, kAudioGate, Drift(-200)},
      {42, "clock +200 ppm", {AtLeast("u", 95), Report("q")}, kAudioGate, Drift(200)},
  };
}

}  // namespace conclave::sim
