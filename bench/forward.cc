// forward: CPU of the server's thread per packet that it forwards from one publisher to N
// receivers, beside a minimal floor (bench/floor.h) on the same sockets, round by round: with
// bandwidth estimation, pacing and history, and without. Prints medians and ratios of medians.
//
//   forward [ROUNDS] [--only RECEIVERS] [--sink NAMESPACE SENDER RECEIVERS]
//
// 1 to 50 rounds; bench/sink.sh makes the sink. --only: ours alone, for a profiler.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "bench/floor.h"
#include "bench/forward_scene.h"

namespace conclave::bench {
namespace {

constexpr int kRoundsMax = 50;
constexpr int kReceiversMax = 1000;
// So many packets leave in a round.
constexpr size_t kPacketsPerRound = 160'000;
// A path's estimate has grown to what is sent, and remembers three seconds, long before.
constexpr int kWarmUpFrames = 600;
constexpr FrameShape kVideo;
constexpr FrameShape kUneven = {.uneven = true};
// Opus of 80 kbps; at the rate of one voice.
constexpr FrameShape kAudio = {router::MediaKind::kAudio, 1, 200, Duration::Millis(20)};

class Figure {
 public:
  void Add(double value) { values_.push_back(value); }
  double Median() {
    std::sort(values_.begin(), values_.end());
    return values_[values_.size() / 2];
  }

 private:
  std::vector<double> values_;
};

// Medians in CPU ns per packet; floor is NaN where it could not be run.
struct Row {
  double floor = std::numeric_limits<double>::quiet_NaN();
  double ours = 0;
  double plain = 0;
  double mean_run = 0;
};

int FramesPerRound(const FrameShape& shape, size_t receivers) {
  return static_cast<int>(std::max<size_t>(20, kPacketsPerRound / (receivers * shape.packets)));
}

Row Measure(const Network& network, const FrameShape& shape, size_t receivers, int rounds) {
  const int frames = FramesPerRound(shape, receivers);
  const auto floor = Floor::Make(network, receivers, shape.packets, shape.packet_bytes);
  ForwardScene ours(network, shape, receivers, Estimation::kOn);
  ForwardScene plain(network, shape, receivers, Estimation::kOff);
  ours.Verify();
  plain.Verify();
  ours.Round(kWarmUpFrames);
  plain.Round(kWarmUpFrames);
  Figure floor_ns, ours_ns, plain_ns, runs;
  for (int i = 0; i < rounds; ++i) {
    if (floor) floor_ns.Add(floor->Round(frames));
    ours_ns.Add(ours.Round(frames));
    CHECK(ours.whole());
    runs.Add(ours.mean_run());
    plain_ns.Add(plain.Round(frames));
    CHECK(plain.whole());
  }
  return {floor ? floor_ns.Median() : std::numeric_limits<double>::quiet_NaN(), ours_ns.Median(),
          plain_ns.Median(), runs.Median()};
}

// Ours alone, so that a profile shows nothing else.
int Profile(const Network& network, size_t receivers, int rounds) {
  ForwardScene ours(network, kVideo, receivers, Estimation::kOn);
  ours.Verify();
  ours.Round(kWarmUpFrames);
  Figure ns;
  for (int i = 0; i < rounds; ++i) ns.Add(ours.Round(FramesPerRound(kVideo, receivers)));
  std::printf("forward: n%zu_ns=%.0f n%zu_mean_run=%.1f\n", receivers, ns.Median(), receivers,
              ours.mean_run());
  return 0;
}

void Print(const char* what, size_t receivers, const Row& row) {
  std::printf(
      "%-5s N=%-3zu  floor %5.0f  ours %5.0f (x%.2f)  without estimation %5.0f (x%.2f)"
      "  %.1f packets a message\n",
      what, receivers, row.floor, row.ours, row.ours / row.floor, row.plain, row.plain / row.floor,
      row.mean_run);
  std::fflush(stdout);
}

struct Settings {
  int rounds = 7;
  // Zero: all rows.
  size_t only = 0;
};

std::optional<Network> Parse(int argc, char** argv, Settings& settings) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--sink" && i + 3 < argc) {
      const auto sender = IpAddress::Parse(argv[i + 2]);
      const auto receivers = IpAddress::Parse(argv[i + 3]);
      if (!sender || !receivers) return std::nullopt;
      return Network::Between(argv[i + 1], *sender, *receivers);
    }
    if (std::string_view(argv[i]) == "--only" && i + 1 < argc) {
      settings.only = static_cast<size_t>(std::clamp(std::atoi(argv[++i]), 1, kReceiversMax));
      continue;
    }
    settings.rounds = std::clamp(std::atoi(argv[i]), 1, kRoundsMax);
  }
  return Network();
}

int Main(int argc, char** argv) {
  Settings settings;
  const std::optional<Network> network = Parse(argc, argv, settings);
  if (!network) {
    std::fprintf(stderr, "forward: that sink cannot be used\n");
    return 2;
  }
  const int rounds = settings.rounds;
  if (settings.only > 0) return Profile(*network, settings.only, rounds);
  std::printf("CPU ns per forwarded packet, medians of %d rounds, sink: %s\n", rounds,
              network->name());
  std::string summary = "forward: sink=" + std::string(network->name());
  const auto add = [&](const std::string& name, const Row& row) {
    char text[160];
    std::snprintf(text, sizeof(text), " %s_ns=%.0f %s_ratio=%.2f %s_mean_run=%.1f", name.c_str(),
                  row.ours, name.c_str(), row.ours / row.floor, name.c_str(), row.mean_run);
    summary += text;
  };
  for (const size_t receivers : {10u, 50u, 100u, 300u}) {
    const Row row = Measure(*network, kVideo, receivers, rounds);
    Print("video", receivers, row);
    add("n" + std::to_string(receivers), row);
  }
  const Row uneven = Measure(*network, kUneven, 100, rounds);
  Print("split", 100, uneven);
  add("split_n100", uneven);
  const Row audio = Measure(*network, kAudio, 100, rounds);
  Print("audio", 100, audio);
  add("audio_n100", audio);
  std::printf("%s\n", summary.c_str());
  return 0;
}

}  // namespace
}  // namespace conclave::bench

int main(int argc, char** argv) { return conclave::bench::Main(argc, argv); }
