#include "sim/bwe/held_out.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "sim/bwe/scenario_tools.h"

namespace conclave::sim {
namespace {

constexpr double kSeconds = 60;
constexpr int64_t kWanted = 8 * kMbps;

// What a network is drawn from. Most paths lose and jitter little; some do so a lot.
constexpr double kCapacityLow = .3 * kMbps;
constexpr double kCapacityHigh = 12.0 * kMbps;
constexpr double kLossy = .3;
constexpr double kJittery = .4;

Capacity DrawCapacity(Rng& rng) {
  std::vector<CapacityStep> steps{
      {0, static_cast<int64_t>(rng.LogUniform(kCapacityLow, kCapacityHigh))}};
  const auto changes = static_cast<int>(rng.Uniform(0, 4));
  std::vector<double> times;
  for (int i = 0; i < changes; ++i) times.push_back(rng.Uniform(5, kSeconds - 5));
  std::sort(times.begin(), times.end());
  for (const double time : times) {
    // Networks change by factors of up to four rather than at random.
    const double rate = static_cast<double>(steps.back().bps) * rng.LogUniform(.25, 4);
    steps.push_back({static_cast<Micros>(time * kSecond),
                     static_cast<int64_t>(std::clamp(rate, kCapacityLow, kCapacityHigh))});
  }
  return Capacity(std::move(steps));
}

LinkConfig DrawLink(Rng& rng) {
  LinkConfig link;
  link.capacity = DrawCapacity(rng);
  link.queue_max = static_cast<Micros>(rng.LogUniform(50, 1000)) * kMilli;
  if (rng.Chance(kLossy)) link.loss = rng.LogUniform(.001, .03);
  if (rng.Chance(kJittery)) link.jitter_sigma_us = rng.LogUniform(1, 15) * kMilli;
  return link;
}

// A network as it was drawn.
struct Network {
  LinkConfig link;
  FlowConfig flow;
  // Transfers that a browsing neighbour makes on each of two connections, in bytes; zero: none.
  std::array<double, 2> transfers{};
};

// `rng` is the network's own.
Network Draw(Rng& rng, const Population& population) {
  Network network;
  network.link = DrawLink(rng);
  network.flow.delay = static_cast<Micros>(rng.LogUniform(5, 200)) * kMilli;
  if (!rng.Chance(population.shared)) return network;
  for (double& transfer : network.transfers) {
    // Pages of up to a second and a half of the link.
    const double seconds = rng.LogUniform(.2, 1.5);
    transfer = seconds * static_cast<double>(network.link.capacity.At(0)) / 8;
  }
  return network;
}

// Transfers that go on at `at`.
int Transfers(const World& world, Micros at) {
  int count = 0;
  for (const auto& tcp : world.tcps()) {
    for (const TcpFlow::Transfer& transfer : tcp->transfers()) {
      if (transfer.begin <= at && at < transfer.end) ++count;
    }
  }
  return count;
}

// An equal share among us and the transfers that go on, or more where those take less.
double AvailableBits(const World& world, const Capacity& capacity, Micros from, Micros to) {
  const double all = capacity.Bits(from, to);
  double fair = 0;
  for (Micros at = from; at < to; at += RateSeries::kBin) {
    fair += capacity.Bits(at, at + RateSeries::kBin) / (1 + Transfers(world, at));
  }
  double taken = 0;
  for (const auto& tcp : world.tcps()) {
    taken += tcp->stats().delivered.Bps(from, to) * static_cast<double>(to - from) / kSecond;
  }
  const double wanted = static_cast<double>(kWanted) * static_cast<double>(to - from) / kSecond;
  return std::min(wanted, std::max(fair, all - taken));
}

}  // namespace

std::string DescribeNetwork(uint64_t number, const Population& population) {
  World world(media::Algorithm::kHybrid, Mix(number) | 1);
  Rng rng(world.NextSeed());
  const Network network = Draw(rng, population);
  std::ostringstream text;
  text.precision(3);
  text << "delay=" << network.flow.delay / kMilli << " queue=" << network.link.queue_max / kMilli
       << " loss=" << 100 * network.link.loss << " jitter=" << network.link.jitter_sigma_us / kMilli
       << " pages=" << network.transfers[0] / 1000 << ',' << network.transfers[1] / 1000
       << " mbps=";
  for (const CapacityStep& step : network.link.capacity.steps()) {
    text << static_cast<double>(step.bps) / kMbps << '@' << step.at / kSecond << ',';
  }
  return text.str();
}

Outcome RunNetwork(media::Algorithm algorithm, uint64_t number, const Population& population) {
  World world(algorithm, Mix(number) | 1);
  Rng rng(world.NextSeed());
  const Network network = Draw(rng, population);
  const LinkConfig& config = network.link;
  Link& link = world.AddLink(config);
  world.AddCamera(link, kWanted, network.flow);
  for (const double transfer : network.transfers) {
    if (transfer == 0) continue;
    TcpConfig tcp;
    tcp.transfer_bytes = transfer;
    tcp.on_at_start = false;
    tcp.kind = TcpKind::kCubic;
    world.AddTcp(link, tcp);
  }
  const auto end = static_cast<Micros>(kSeconds * kSecond);
  world.Run(end);
  const FlowStats& stats = world.flows()[0]->stats();
  double available = 0;
  double used = 0;
  double starved = 0;
  for (Micros at = 0; at < end; at += kSecond) {
    const double bits = AvailableBits(world, config.capacity, at, at + kSecond);
    const double delivered = stats.delivered.Bps(at, at + kSecond);
    available += bits;
    used += std::min(bits, delivered);
    starved += delivered < bits / 2 ? 1 : 0;
  }
  return Finish(world, {100 * used / available, 100 * starved / kSeconds,
                        QueuePercentileMs(stats, 95, 0, end)});
}

std::vector<Metric> NetworkMetrics() {
  return {AtLeast("mean u", 88), AtLeast("p10 u", 76), AtMost("starved %", 2.5),
          AtMost("p90 of q", 110), AtMost("audio %", 1.5)};
}

std::vector<double> Summarise(const std::vector<Outcome>& outcomes) {
  std::vector<double> used;
  std::vector<double> queues;
  double mean = 0;
  double starved = 0;
  double audio = 0;
  const auto count = static_cast<double>(outcomes.size());
  for (const Outcome& outcome : outcomes) {
    used.push_back(outcome.values[0]);
    mean += outcome.values[0] / count;
    starved += outcome.values[1] / count;
    queues.push_back(outcome.values[2]);
    audio += outcome.audio_bad / count;
  }
  return {mean, Percentile(used, 10), starved, Percentile(queues, 90), audio};
}

}  // namespace conclave::sim
