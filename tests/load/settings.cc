#include "tests/load/settings.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/load/help.h"

namespace conclave::load {
namespace {

using router::CodecName;

// Options in units that people think in.
struct Raw {
  std::string url;
  std::string microphones = "all";
  std::string codecs = "vp8";
  double reshuffle_s = 0;
  double join_timeout_s = 60;
  double duration_s = 20;
  double loss_up = 0;
  double loss_down = 0;
  std::string hostility = "garbage,flood,messages";
  double tick_ms = 2;
};

Duration Seconds(double seconds) {
  return Duration::Micros(static_cast<int64_t>(seconds * 1'000'000));
}

std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

Result<std::vector<CodecName>> ReadCodecs(const std::string& text) {
  std::vector<CodecName> codecs;
  for (const std::string& name : SplitList(text)) {
    if (name == "vp8")
      codecs.push_back(CodecName::kVp8);
    else if (name == "vp9")
      codecs.push_back(CodecName::kVp9);
    else if (name == "av1")
      codecs.push_back(CodecName::kAv1);
    else
      return Error{"--codecs: \"" + name + "\" is none of vp8, vp9, av1"};
  }
  return codecs;
}

Result<std::vector<Hostility>> ReadHostility(const std::string& text) {
  std::vector<Hostility> kinds;
  for (const std::string& name : SplitList(text)) {
    if (name == "garbage")
      kinds.push_back(Hostility::kGarbage);
    else if (name == "flood")
      kinds.push_back(Hostility::kFlood);
    else if (name == "messages")
      kinds.push_back(Hostility::kMessages);
    else
      return Error{"--hostility: \"" + name + "\" is none of garbage, flood, messages"};
  }
  return kinds;
}

Result<void> Apply(const Raw& raw, Settings& settings) {
  const auto target = ParseTarget(raw.url);
  if (!target) return target.error();
  settings.target = *target;
  if (raw.microphones != "all") {
    char* end = nullptr;
    const unsigned long count = std::strtoul(raw.microphones.c_str(), &end, 10);
    if (*end != '\0' || raw.microphones.empty()) {
      return Error{"--microphones is a number or \"all\""};
    }
    settings.microphones = static_cast<uint32_t>(std::min(count, 1'000'000UL));
  }
  const auto codecs = ReadCodecs(raw.codecs);
  if (!codecs) return codecs.error();
  settings.codecs = *codecs;
  const auto hostility = ReadHostility(raw.hostility);
  if (!hostility) return hostility.error();
  settings.hostility = *hostility;
  if (settings.media.empty() && settings.codecs != std::vector{CodecName::kVp8}) {
    return Error{
        "--codecs other than vp8 want --media; conclave-load-media FOLDER makes the files"};
  }
  settings.reshuffle = Seconds(raw.reshuffle_s);
  settings.join_timeout = Seconds(raw.join_timeout_s);
  settings.duration = Seconds(raw.duration_s);
  settings.tick = Seconds(raw.tick_ms / 1000);
  settings.loss_up = raw.loss_up / 100;
  settings.loss_down = raw.loss_down / 100;
  return {};
}

void AddWho(CLI::App& app, Settings& s, Raw& raw) {
  const std::string group = "Who";
  app.add_option("-n,--participants", s.participants, "Participants in each room")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->group(group);
  app.add_option("--rooms", s.rooms,
                 "Rooms; with more than one, -1, -2, ... follow the room's name")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000))
      ->group(group);
  app.add_option("--microphones", raw.microphones,
                 "Open microphones in each room, or \"all\"; who does not speak sends the rare "
                 "packets of Opus DTX")
      ->capture_default_str()
      ->group(group);
  app.add_option("--talkers", s.talkers,
                 "How many of them speak over time: two at a time, in talkspurts after ITU-T P.59, "
                 "and about every ten seconds another one joins in")
      ->capture_default_str()
      ->group(group);
  app.add_option("--cameras", s.cameras, "Cameras that are on, in each room")
      ->capture_default_str()
      ->group(group);
  app.add_option("--screens", s.screens, "Shared screens, in each room")
      ->capture_default_str()
      ->group(group);
  app.add_option("--encodings", s.encodings, "Simulcast encodings of a camera")
      ->capture_default_str()
      ->check(CLI::Range(1, 3))
      ->group(group);
  app.add_option("--codecs", raw.codecs, "vp8, vp9, av1, or several: cameras take turns")
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--media", s.media,
         "Folder with encoded files to replay, as conclave-load-media FOLDER makes them with "
         "ffmpeg; without it, made-up VP8 and Opus of the same shape")
      ->group(group);
  app.add_option("--frame-packets", s.shape.packets,
                 "Made-up video has frames of so many full packets; 0: like a calm camera's")
      ->capture_default_str()
      ->check(CLI::Range(0, 64))
      ->group(group);
  app.add_option("--frame-rate", s.shape.frames_per_second, "Of such frames, a second")
      ->capture_default_str()
      ->check(CLI::Range(1, 200))
      ->group(group);
}

void AddLooks(CLI::App& app, Settings& s, Raw& raw) {
  const std::string group = "What each one watches";
  app.add_option("--tiles", s.tiles, "Small pictures")
      ->capture_default_str()
      ->group(group)
      ->check(CLI::Range(0, 60));
  app.add_option("--tile-height", s.tile_height, "Their height in pixels")
      ->capture_default_str()
      ->group(group);
  app.add_option("--large", s.large, "Large pictures; a shared screen goes first")
      ->capture_default_str()
      ->group(group)
      ->check(CLI::Range(0, 4));
  app.add_option("--large-height", s.large_height, "Their height in pixels")
      ->capture_default_str()
      ->group(group);
  app.add_flag("--follow-speaker", s.follow_speaker,
               "The large picture is whoever the server says is speaking, where he has a camera");
  app.add_flag("--same-view", s.same_view,
               "Everybody looks at the room's first cameras, and the others at nobody");
  app.add_option("--reshuffle", raw.reshuffle_s, "Seconds until each one looks at other cameras")
      ->type_name("SECONDS")
      ->group(group);
}

void AddTimes(CLI::App& app, Settings& s, Raw& raw) {
  const std::string group = "When";
  app.add_option(
         "--live", s.live,
         "So many join first, 20 a second; the others join --join-rate 3 s after them. Then "
         "the report says how the others' joining went, and what it did to the audio of the "
         "first")
      ->capture_default_str()
      ->group(group);
  app.add_option("--join-rate", s.joins_per_second, "Joins a second; 0: all at once")
      ->capture_default_str()
      ->group(group);
  app.add_option("--join-timeout", raw.join_timeout_s, "How long all joins together may take")
      ->capture_default_str()
      ->type_name("SECONDS")
      ->group(group);
  app.add_option("-d,--duration", raw.duration_s, "How long they stay once all have joined")
      ->capture_default_str()
      ->type_name("SECONDS")
      ->group(group);
  app.add_option("--churn", s.churn_per_minute,
                 "Listeners that leave and come back after a second, a minute")
      ->capture_default_str()
      ->group(group);
}

void AddTrouble(CLI::App& app, Settings& s, Raw& raw) {
  const std::string group = "Trouble";
  app.add_option("--loss-up", raw.loss_up, "Percent of the datagrams to the server that are lost")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0))
      ->group(group);
  app.add_option("--loss-down", raw.loss_down, "Percent of those from the server")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0))
      ->group(group);
  app.add_option("--hostile", s.hostile, "Participants that attack, beside the others in room one")
      ->capture_default_str()
      ->group(group);
  app.add_option("--hostility", raw.hostility,
                 "What they do: garbage (malformed datagrams, some of them correctly encrypted), "
                 "flood (thousands of forged ones a second), messages (malformed WebSocket "
                 "messages)")
      ->capture_default_str()
      ->group(group);
}

void AddRun(CLI::App& app, Settings& s, Raw& raw) {
  const std::string group = "How";
  app.add_flag("--insecure", s.any_certificate, "Take any certificate of the server")->group(group);
  app.add_option("--verify-every", s.verify_every,
                 "One of so many decrypts all it receives and verifies whose it is, its order and "
                 "its delay; 0: nobody. The others read the clear headers and answer feedback")
      ->capture_default_str()
      ->group(group);
  app.add_option("--threads", s.threads, "Threads of the load generator")
      ->capture_default_str()
      ->check(CLI::Range(1, 64))
      ->group(group);
  app.add_option("--tick", raw.tick_ms,
                 "How often sockets and clocks are looked at. Between two looks nothing wakes this "
                 "program, so that sending to it costs the server little; delays are measured by "
                 "the kernel's timestamps all the same")
      ->capture_default_str()
      ->type_name("MS")
      ->check(CLI::Range(0.5, 20.0))
      ->group(group);
  app.add_option("--seed", s.seed, "Of everything random")->capture_default_str()->group(group);
  app.add_option("--server-pid", s.server_pid,
                 "A server on this machine whose CPU time and memory are to be reported")
      ->group(group);
  app.add_flag("--canary", s.canary,
               "Tell apart the audio of moments in which something else took more than 2 ms from "
               "the threads of this program or the server, or from a core")
      ->group(group);
  app.add_option("--json", s.json, "Write the report as JSON to a file, or - for standard output")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--json-receivers", s.json_receivers, "With every receiver in it")->group(group);
  app.add_flag("-q,--quiet", s.quiet, "No progress on standard error")->group(group);
}

}  // namespace

CommandLine ParseCommandLine(int argc, const char* const* argv) {
  CommandLine result;
  Raw raw;
  CLI::App app{std::string(kHelpHead), "conclave-load"};
  app.footer(std::string(kHelpFoot));
  app.set_version_flag("--version", "conclave-load " CONCLAVE_VERSION);
  app.add_option("ADDRESS", raw.url, "The room's link: https://meet.example/open/room")->required();
  AddWho(app, result.settings, raw);
  AddLooks(app, result.settings, raw);
  AddTimes(app, result.settings, raw);
  AddTrouble(app, result.settings, raw);
  AddRun(app, result.settings, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are not errors, though CLI11 throws them.
    result.exit_status = error.get_exit_code() == 0 ? app.exit(error) : 2;
    if (result.exit_status == 2) std::fprintf(stderr, "conclave-load: %s\n", error.what());
    return result;
  }
  if (const auto applied = Apply(raw, result.settings); !applied) {
    std::fprintf(stderr, "conclave-load: %s\n", applied.error().message.c_str());
    result.exit_status = 2;
  }
  return result;
}

}  // namespace conclave::load
