// Joining, and capacity that changes: scenarios 1 to 9.
#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

struct Path {
  Capacity capacity{int64_t{0}};
  Micros delay = 50 * kMilli;
  Micros queue = 300 * kMilli;
  int64_t wanted = 0;
  double seconds = 60;
  double jitter_ms = 0;
};

// Runs one camera over the path and asks `ask` for the values.
template <typename Ask>
std::function<Outcome(media::Algorithm, uint64_t)> Camera(Path path, Ask ask) {
  return [path, ask](media::Algorithm algorithm, uint64_t seed) {
    World world(algorithm, seed);
    LinkConfig link;
    link.capacity = path.capacity;
    link.queue_max = path.queue;
    link.jitter_sigma_us = path.jitter_ms * kMilli;
    FlowConfig flow;
    flow.delay = path.delay;
    world.AddCamera(world.AddLink(link), path.wanted, flow);
    world.Run(static_cast<Micros>(path.seconds * kSecond));
    return Finish(world, ask(world, path));
  };
}

Scenario Join(int number, const char* name, Path path, double mbps, std::vector<Metric> metrics) {
  return {number, name, std::move(metrics), kAudioGate,
          Camera(path, [mbps](const World& world, const Path& on) {
            return std::vector<double>{Reaches(world, 0, mbps, 0, on.seconds),
                                       Utilisation(world, on.capacity, 0, on.seconds, on.wanted),
                                       Queue95(world, 0, on.seconds)};
          })};
}

Scenario Variable() {
  Path path{Steps({{0, 1}, {40, 2.5}, {60, .6}, {80, 1}})};
  path.wanted = 4 * kMbps;
  path.seconds = 100;
  path.jitter_ms = 10;
  return {5,
          "RFC 8867 5.1",
          {AtLeast("u", 84), AtMost("up@40", 7), AtMost("drain@60", 2), AtMost("up@80", 5)},
          kAudioGate,
          Camera(path, [](const World& world, const Path& on) {
            return std::vector<double>{Utilisation(world, on.capacity, 0, 100, on.wanted),
                                       Reaches(world, 0, 2.5, 40, 60), Drains(world, 60, 80),
                                       Reaches(world, 0, 1, 80, 100)};
          })};
}

Scenario Halve() {
  const Path path{Steps({{0, 2}, {30, 1}}), 25 * kMilli, 300 * kMilli, 3 * kMbps};
  return {6,
          "halve 2-1M",
          {AtMost("drain", 1), AtLeast("u", 95)},
          kAudioGate,
          Camera(path, [](const World& world, const Path& on) {
            return std::vector<double>{Drains(world, 30, 60),
                                       Utilisation(world, on.capacity, 2, 60, on.wanted)};
          })};
}

Scenario DeepDrop() {
  const Path path{Steps({{0, 4}, {30, .5}, {60, 4}}), 25 * kMilli, 1000 * kMilli, 5 * kMbps, 90};
  return {7,
          "4-.5-4M, 1 s queue",
          {AtMost("drain", 4.5), AtMost("back", 5)},
          3,
          Camera(path, [](const World& world, const Path&) {
            return std::vector<double>{Drains(world, 30, 60), Reaches(world, 0, 4, 60, 90)};
          })};
}

Scenario StepUp(int number, const char* name, double from, double to, double limit) {
  const Path path{Steps({{0, from}, {30, to}}), 25 * kMilli, 300 * kMilli,
                  static_cast<int64_t>(1.5 * to * kMbps), 75};
  return {number,
          name,
          {AtMost("up", limit)},
          kAudioGate,
          Camera(path, [to](const World& world, const Path&) {
            return std::vector<double>{Reaches(world, 0, to, 30, 75)};
          })};
}

}  // namespace

std::vector<Scenario> JoinAndStepScenarios() {
  const auto path = [](double mbps, Micros delay, double wanted) {
    Path made{Steps({{0, mbps}}), delay};
    made.wanted = static_cast<int64_t>(wanted * kMbps);
    return made;
  };
  std::vector<Scenario> all;
  all.push_back(Join(1, "join 1M", path(1, 50 * kMilli, 2), 1,
                     {AtMost("t90", .5), AtLeast("u", 94), AtMost("q", 65)}));
  all.push_back(Join(2, "join 3M", path(3, 25 * kMilli, 5), 3,
                     {AtMost("t90", .5), AtLeast("u", 96), AtMost("q", 50)}));
  all.push_back(Join(3, "join 10M, wants 4M", path(10, 25 * kMilli, 4), 4,
                     {AtMost("t90", .4), Report("u"), Report("q")}));
  all.push_back(Join(4, "join .3M", path(.3, 50 * kMilli, 1), .3,
                     {Report("t90"), AtLeast("u", 88), AtMost("q", 120)}));
  all.back().audio_max = 2.5;
  all.push_back(Variable());
  all.push_back(Halve());
  all.push_back(DeepDrop());
  all.push_back(StepUp(8, "double 1-2M", 1, 2, 4));
  all.push_back(StepUp(9, ".5-5M", .5, 5, 5.5));
  return all;
}

}  // namespace conclave::sim
