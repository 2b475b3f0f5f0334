// What an operator can set: a TOML file and command-line options with the same names. An option
// given on the command line goes before the file's.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/socket_address.h"
#include "base/time.h"
#include "conference/roles.h"
#include "conference/shard_loads.h"
#include "signal/control_plane.h"

namespace conclave::app {

enum class LogVerbosity : uint8_t { kTrace, kDebug, kInfo, kWarning, kError };

struct Config {
  // Empty: all addresses.
  std::vector<IpAddress> listen;
  uint16_t port = 8443;
  // The first shard's; the others take the ports after it.
  uint16_t udp_port = 10000;
  // Addresses at which clients reach this machine although it does not have them (NAT).
  std::vector<IpAddress> public_addresses;
  // 0: one per core.
  uint16_t shards = 0;
  // How busy a shard is before a room of it goes on on another one, too.
  uint8_t spread_percent = conference::ShardLoads::kSpreadPercent;
  // Both or neither; without them a self-signed certificate is made in state_dir.
  std::string certificate;
  std::string key;
  std::string state_dir;
  std::string web_root;
  // What the pages say of whoever runs this server; empty: nothing. See app/branding.h.
  std::string name;
  std::string logo;
  std::string imprint;
  std::string privacy;
  uint32_t participants_per_room = 300;
  // A file that names rooms which nobody may be in; empty: none. See closed_rooms.h.
  std::string closed_rooms;
  conference::HostPolicy hosts = conference::HostPolicy::kFirst;
  // In MiB; 0: no files.
  size_t file_size = 5;
  // Rooms begin with a lobby.
  bool lobby = false;
  // Rooms whose passcode is set here, and nowhere else.
  std::vector<signal::RoomPasscode> passcodes;
  // The configuration file that they are from; empty: from the command line, or there is no file.
  std::string passcode_file;
  // The pages say that meetings take place at this origin, and none take place here; empty: here.
  std::string meetings_at;
  // Origins whose pages may open the WebSocket, and that may show our pages in a frame.
  std::vector<std::string> allowed_origins;
  std::vector<std::string> frame_ancestors;
  LogVerbosity log_level = LogVerbosity::kInfo;
  // Where the file sets each of its options ("conclave.toml:12: "), for faults that show only when
  // all is known. An option of the command line is not in it.
  std::map<std::string, std::string, std::less<>> places;
};

// Reads the TOML text of `file` into `config`. An unknown key, a wrong type or a value out of range
// is an error that names file, line and remedy; nothing is taken from a file with an error.
Result<void> ApplyToml(std::string_view text, const std::string& file, Config& config);

// The same for a file by its path.
Result<void> ApplyTomlFile(const std::string& path, Config& config);

// What is wrong with the whole: a key without a certificate, say. Names file and line where it
// can.
Result<void> CheckConfig(const Config& config);

// The first of `options` that the file sets, as the beginning of an error: "conclave.toml:12: ".
// Empty where it sets none of them.
std::string PlaceOf(const Config& config, std::initializer_list<std::string_view> options);

// The names of every option, as in the file: "udp-port".
std::vector<std::string_view> OptionNames();

// The option that somebody who wrote `name` most likely meant; empty when none is near.
std::string_view NearestOption(std::string_view name);

}  // namespace conclave::app
