// What a run is to do: the command line's options with their defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "router/commands.h"
#include "tests/load/media_library.h"

namespace conclave::load {

// "https://meet.example:8443/open/room" taken apart.
struct Target {
  bool tls = false;
  std::string host;
  uint16_t port = 0;
  // "open/room".
  std::string room;
};

// Accepts http, https, ws and wss, and the pages' paths /open/NAME and /n/NAME.
Result<Target> ParseTarget(const std::string& url);

// What unfriendly participants do.
enum class Hostility : uint8_t { kGarbage, kFlood, kMessages };

struct Settings {
  Target target;
  bool any_certificate = false;

  uint32_t participants = 10;
  uint32_t rooms = 1;
  // Per room; the first participants of each are those. Unset: everybody.
  std::optional<uint32_t> microphones;
  uint32_t talkers = 3;
  uint32_t cameras = 0;
  uint32_t screens = 0;
  uint32_t encodings = 3;
  std::vector<router::CodecName> codecs = {router::CodecName::kVp8};
  std::string media;
  // Without `media`.
  FrameShape shape;

  uint32_t tiles = 9;
  uint16_t tile_height = 180;
  uint32_t large = 1;
  uint16_t large_height = 720;
  bool follow_speaker = false;
  // Everybody looks at the room's first cameras; else each at others.
  bool same_view = false;
  // Zero: a layout stays as it is.
  Duration reshuffle;

  // So many join first, at a rate that is easy, and are there when the others come.
  uint32_t live = 0;
  double joins_per_second = 50;
  Duration join_timeout = Duration::Seconds(60);
  Duration duration = Duration::Seconds(20);
  // Leave and come back, per minute.
  double churn_per_minute = 0;

  // 0..1.
  double loss_up = 0;
  double loss_down = 0;
  uint32_t hostile = 0;
  std::vector<Hostility> hostility = {Hostility::kGarbage, Hostility::kFlood, Hostility::kMessages};

  // One of so many decrypts and verifies; 0: nobody.
  uint32_t verify_every = 25;
  uint32_t threads = 1;
  Duration tick = Duration::Millis(2);
  uint64_t seed = 1;
  // "-": standard output. Empty: none.
  std::string json;
  bool json_receivers = false;
  int server_pid = 0;
  // Watch what the machine takes away, and tell the delay of audio without it.
  bool canary = false;
  bool quiet = false;

  uint32_t total() const { return participants * rooms; }
  uint32_t microphones_per_room() const { return microphones.value_or(participants); }
};

struct CommandLine {
  Settings settings;
  // Set: print nothing more and end with this status.
  std::optional<int> exit_status;
};
CommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace conclave::load
