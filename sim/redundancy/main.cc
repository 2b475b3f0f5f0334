// The table of docs/loss-repair.md: copies beside redundant blocks.
#include <cstdio>
#include <string>
#include <vector>

#include "sim/redundancy/audio_repair.h"

namespace conclave::sim {
namespace {

constexpr Duration kFrame = Duration::Millis(20);
constexpr uint64_t kSeeds = 5;

struct Network {
  const char* name;
  LinkQuality link;
  bool pauses = false;
};

double Percent(int64_t part, int64_t all) {
  return all == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(all);
}

RepairResult RunSeeds(const Network& network, const RepairScheme& scheme) {
  RepairResult sum;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RepairResult one =
        RunRepair({.seed = seed, .link = network.link, .pauses = network.pauses}, scheme);
    sum.frames += one.frames;
    sum.missed_80ms += one.missed_80ms;
    sum.missed_160ms += one.missed_160ms;
    sum.missed += one.missed;
    sum.repaired += one.repaired;
    sum.waited += one.waited;
    sum.waited_most = std::max(sum.waited_most, one.waited_most);
    sum.wire_bytes += one.wire_bytes;
    sum.duration += one.duration;
  }
  return sum;
}

void PrintRow(const Network& network, const std::string& scheme, const RepairResult& result) {
  const double waited_ms = result.repaired == 0 ? 0
                                                : static_cast<double>(result.waited.us()) / 1000 /
                                                      static_cast<double>(result.repaired);
  std::printf("| %-24s | %-22s | %5.1f | %6.2f | %6.2f | %6.2f | %5.1f | %5.0f |\n", network.name,
              scheme.c_str(), static_cast<double>(result.rate().bps()) / 1000,
              Percent(result.missed_80ms, result.frames),
              Percent(result.missed_160ms, result.frames), Percent(result.missed, result.frames),
              waited_ms, static_cast<double>(result.waited_most.us()) / 1000);
}

std::string NameOf(const RepairScheme& scheme) {
  const std::string spacing = std::to_string(scheme.spacing.us() / 1000) + " ms";
  if (scheme.copies > 0) return std::to_string(scheme.copies) + " copies, " + spacing;
  if (scheme.blocks > 0) return "RED " + std::to_string(scheme.blocks) + ", " + spacing;
  return "none";
}

void Compare(const Network& network) {
  const RepairScheme built = BuiltScheme({.link = network.link, .pauses = network.pauses});
  std::vector<RepairScheme> schemes = {{}};
  for (int count = 1; count <= 2; ++count) {
    for (const int frames : {1, 2, 4}) {
      schemes.push_back({.copies = count, .spacing = kFrame * frames});
      schemes.push_back({.blocks = count, .spacing = kFrame * frames});
    }
  }
  for (const RepairScheme& scheme : schemes) {
    PrintRow(network, NameOf(scheme), RunSeeds(network, scheme));
  }
  PrintRow(network, "built: " + NameOf(built), RunSeeds(network, built));
}

void PrintTable() {
  std::printf(
      "| network | scheme | kbps | missed at 80 ms, %% | at 160 ms | never there | "
      "repaired after, ms | at most |\n|---|---|---|---|---|---|---|---|\n");
  const LinkQuality narrow = {
      .loss = 0.05, .capacity = DataRate::Kbps(110), .queue = Duration::Millis(100)};
  const std::vector<Network> networks = {
      {"5 % random", {.loss = 0.05}},
      {"10 % random", {.loss = 0.1}},
      {"20 % random", {.loss = 0.2}},
      {"30 % random", {.loss = 0.3}},
      {"10 % in bursts of 30 ms", {.loss = 0.1, .loss_burst = Duration::Millis(30)}},
      {"10 % in bursts of 60 ms", {.loss = 0.1, .loss_burst = Duration::Millis(60)}},
      {"30 % in bursts of 60 ms", {.loss = 0.3, .loss_burst = Duration::Millis(60)}},
      {"10 % random, DTX", {.loss = 0.1}, true},
      {"30 % random, DTX", {.loss = 0.3}, true},
      {"5 % random on 110 kbps", narrow},
  };
  for (const Network& network : networks) Compare(network);
  const Network& random = networks[2];
  const RepairResult copy = RunSeeds(random, {.copies = 1, .spacing = kFrame});
  const RepairResult block = RunSeeds(random, {.blocks = 1, .spacing = kFrame});
  std::printf("redundancy: loss=20 copy_kbps=%.1f copy_missed=%.2f red_kbps=%.1f red_missed=%.2f\n",
              static_cast<double>(copy.rate().bps()) / 1000, Percent(copy.missed, copy.frames),
              static_cast<double>(block.rate().bps()) / 1000, Percent(block.missed, block.frames));
}

}  // namespace
}  // namespace conclave::sim

int main() {
  conclave::sim::PrintTable();
  return 0;
}
