#include "tests/load/run.h"

#include <netdb.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include "io/clock.h"
#include "io/system_address.h"
#include "tests/load/canary.h"
#include "tests/load/worker.h"

namespace conclave::load {
namespace {

constexpr Duration kProgressInterval = Duration::Seconds(1);

Result<SocketAddress> Resolve(const Target& target) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
  if (error != 0) return Error{target.host + ": " + gai_strerror(error)};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (const auto address = io::FromSystem(entry->ai_addr, entry->ai_addrlen)) return *address;
  }
  return Error{target.host + " has no address"};
}

// Two descriptors for each participant.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::atomic<bool> interrupted{false};

// Watches the workers from outside: when to begin measuring, when to stop, what to tell.
class Conductor {
 public:
  Conductor(const Settings& settings, RunState& state, Instant begin, RunResult& result)
      : settings_(settings), state_(state), begin_(begin), result_(result) {
    usage_at_begin_ = Take();
  }

  void Conduct() {
    Instant next_progress = begin_ + kProgressInterval;
    while (!interrupted) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      const Instant now = io::Now();
      if (!settings_.quiet && now >= next_progress) {
        next_progress = next_progress + kProgressInterval;
        std::fprintf(stderr, "%5.0f s: %u of %u in, %u failed\n", (now - begin_).seconds(),
                     state_.joined.load(), settings_.total(), state_.failed.load());
      }
      if (!state_.settled && Settled(now)) BeginMeasuring(now);
      if (state_.settled && now >= measured_since_ + settings_.duration) break;
    }
    if (!state_.settled) BeginMeasuring(io::Now());
    EndMeasuring(io::Now());
    state_.stop = true;
  }

 private:
  struct Usage {
    ProcessUsage own;
    std::optional<ProcessUsage> server;
  };

  Usage Take() const {
    Usage usage;
    usage.own = ReadUsage(0).value_or(ProcessUsage());
    if (settings_.server_pid != 0) usage.server = ReadUsage(settings_.server_pid);
    return usage;
  }
  bool Settled(Instant now) const {
    return state_.joined + state_.failed >= settings_.total() ||
           now >= begin_ + settings_.join_timeout;
  }
  void BeginMeasuring(Instant now) {
    state_.settled = true;
    measured_since_ = now;
    usage_at_settling_ = Take();
    if (usage_at_settling_.server && usage_at_begin_.server) {
      result_.server_join_cpu = usage_at_settling_.server->cpu - usage_at_begin_.server->cpu;
    }
  }
  void EndMeasuring(Instant now) {
    const Usage end = Take();
    result_.measured = now - measured_since_;
    result_.measured_since = measured_since_;
    const auto between = [&](const ProcessUsage& from, const ProcessUsage& to,
                             const ProcessUsage& idle) {
      return Measured{result_.measured, to.cpu - from.cpu, idle.resident_bytes, to.resident_bytes};
    };
    result_.own = between(usage_at_settling_.own, end.own, usage_at_begin_.own);
    if (end.server && usage_at_settling_.server && usage_at_begin_.server) {
      result_.server = between(*usage_at_settling_.server, *end.server, *usage_at_begin_.server);
    }
  }

  const Settings& settings_;
  RunState& state_;
  const Instant begin_;
  RunResult& result_;
  Instant measured_since_;
  Usage usage_at_begin_;
  Usage usage_at_settling_;
};

void Collect(const std::vector<std::unique_ptr<Worker>>& workers, RunResult& result) {
  for (const auto& worker : workers) {
    for (const Tally& tally : worker->tallies()) {
      result.tallies.push_back(tally);
      result.measured_packets += tally.packets;
    }
    result.measured_packets -= worker->packets_before();
    result.audio_delay.Merge(worker->audio_delay());
    result.video_delay.Merge(worker->video_delay());
    result.latest_tick = std::max(result.latest_tick, worker->latest_tick());
  }
  std::ranges::sort(result.tallies, {}, &Tally::number);
}

void TellCalm(const std::vector<std::unique_ptr<Worker>>& workers, const StolenTime& stolen,
              RunResult& result) {
  const Instant end = result.measured_since + result.measured;
  result.stolen_share = stolen.Share(result.measured_since, end);
  for (const auto& worker : workers) {
    for (const AudioSample& sample : worker->samples()) {
      if (sample.at < result.measured_since || sample.at >= end) continue;
      result.measured_audio_delay.Add(sample.delay);
      // What came late was sent in another window, perhaps.
      if (stolen.Stolen(sample.at) || stolen.Stolen(sample.at - sample.delay)) continue;
      result.calm_audio_delay.Add(sample.delay);
    }
  }
}

}  // namespace

Result<RunResult> RunLoad(const Settings& settings) {
  RaiseFileLimit();
  const auto server = Resolve(settings.target);
  if (!server) return server.error();
  const auto certificate = transport::Certificate::Generate();
  if (!certificate) return certificate.error();
  MediaLibrary media;
  if (settings.media.empty()) {
    media = MakeSyntheticMedia(settings.encodings, settings.shape);
  } else {
    auto loaded = LoadMedia(settings.media, settings.codecs, settings.encodings);
    if (!loaded) return loaded.error();
    media = *std::move(loaded);
  }
  TlsClient tls(settings.any_certificate ? TlsClient::Trust::kAnyCertificate
                                         : TlsClient::Trust::kVerify);
  Directory directory;
  RunState state;
  SeededRandom random(settings.seed);
  RunResult result;
  result.synthetic_media = media.synthetic;
  result.begin = io::Now();
  std::vector<std::unique_ptr<Room>> rooms;
  for (uint32_t i = 0; i < settings.rooms; ++i) {
    rooms.push_back(std::make_unique<Room>(settings, i, result.begin, random));
  }
  RunContext run{settings,  media, *certificate, *server,     settings.target.tls ? &tls : nullptr,
                 directory, rooms, state,        result.begin};
  std::vector<std::unique_ptr<Worker>> workers;
  for (uint32_t i = 0; i < settings.threads; ++i) {
    workers.push_back(std::make_unique<Worker>(run, i));
  }
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<std::thread> threads;
  for (const auto& worker : workers) threads.emplace_back([&worker] { worker->Run(); });
  StolenTime stolen(result.begin);
  std::optional<Canary> canary;
  if (settings.canary) canary.emplace(settings.server_pid, stolen);
  Conductor(settings, state, result.begin, result).Conduct();
  for (std::thread& thread : threads) thread.join();
  canary.reset();
  Collect(workers, result);
  TellCalm(workers, stolen, result);
  return result;
}

}  // namespace conclave::load
