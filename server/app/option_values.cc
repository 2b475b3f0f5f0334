#include "app/option_values.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "signal/passcode_text.h"

namespace conclave::app {
namespace {

// A setter of an unsigned member with the range that makes sense for it.
template <typename T>
auto Number(T Config::*member, uint64_t min, uint64_t max) {
  return [=](Config& config, std::string_view text) -> Result<void> {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
      return Error{"must be a whole number from " + std::to_string(min) + " to " +
                   std::to_string(max)};
    }
    config.*member = static_cast<T>(value);
    return {};
  };
}

auto Text(std::string Config::*member) {
  return [=](Config& config, std::string_view text) -> Result<void> {
    if (text.empty()) return Error{"must not be empty"};
    config.*member = std::string(text);
    return {};
  };
}

// A line that people read.
auto ShownText(std::string Config::*member, size_t bytes_max) {
  return [=](Config& config, std::string_view text) -> Result<void> {
    const bool hidden = std::any_of(text.begin(), text.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < ' '; });
    if (text.empty() || text.size() > bytes_max || hidden) {
      return Error{"must be one line of at most " + std::to_string(bytes_max) + " bytes"};
    }
    config.*member = std::string(text);
    return {};
  };
}

// A link that people follow: nothing else than http, least of all javascript.
auto Link(std::string Config::*member) {
  return [=](Config& config, std::string_view text) -> Result<void> {
    constexpr size_t kBytesMax = 1000;
    const bool scheme = text.starts_with("https://") || text.starts_with("http://");
    const bool odd = std::any_of(text.begin(), text.end(), [](char c) {
      return c <= ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == 0x7f;
    });
    if (!scheme || odd || text.size() > kBytesMax) {
      return Error{"must be an address such as https://example.org/privacy"};
    }
    config.*member = std::string(text);
    return {};
  };
}

auto Addresses(std::vector<IpAddress> Config::*member) {
  return [=](Config& config, std::string_view text) -> Result<void> {
    const auto address = IpAddress::Parse(text);
    if (!address) return Error{"must be an IP address such as 192.0.2.1 or 2001:db8::1"};
    if ((config.*member).size() == 16) return Error{"can be given at most 16 times"};
    (config.*member).push_back(*address);
    return {};
  };
}

bool IsOrigin(std::string_view text) {
  const bool scheme = text.starts_with("https://") || text.starts_with("http://");
  const size_t host = text.find("//") + 2;
  return scheme && text.size() > host && text.size() <= 300 &&
         text.find_first_of("/?#;, '\"", host) == std::string_view::npos;
}

auto Origins(std::vector<std::string> Config::*member) {
  return [=](Config& config, std::string_view text) -> Result<void> {
    if (!IsOrigin(text)) return Error{"must be an origin such as https://intranet.example"};
    if ((config.*member).size() == 64) return Error{"can be given at most 64 times"};
    (config.*member).emplace_back(text);
    return {};
  };
}

auto Origin(std::string Config::*member) {
  return [=](Config& config, std::string_view text) -> Result<void> {
    if (!IsOrigin(text)) return Error{"must be an origin such as https://meet.example"};
    config.*member = std::string(text);
    return {};
  };
}

Result<void> SetHosts(Config& config, std::string_view text) {
  constexpr std::string_view kNames[] = {"first", "everyone", "nobody"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (text != kNames[i]) continue;
    config.hosts = static_cast<conference::HostPolicy>(i);
    return {};
  }
  return Error{"must be first, everyone or nobody"};
}

Result<void> SetLobby(Config& config, std::string_view text) {
  if (text != "on" && text != "off") return Error{"must be on or off"};
  config.lobby = text == "on";
  return {};
}

// "open/staff-* $argon2id$...".
Result<void> AddPasscode(Config& config, std::string_view text) {
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) {
    return Error{
        "must be rooms, a space and the hash of their passcode: \"open/staff-* $argon2id$...\""};
  }
  auto rooms = signal::RoomPattern::Parse(text.substr(0, space));
  if (!rooms) return rooms.error();
  const auto passcode = signal::ParsePasscode(text.substr(text.find_last_of(' ') + 1));
  if (!passcode) {
    return Error{"for \"" + std::string(text.substr(0, space)) + "\" " + passcode.error().message};
  }
  if (config.passcodes.size() == 64) return Error{"can be given at most 64 times"};
  config.passcodes.push_back({*std::move(rooms), *passcode});
  return {};
}

Result<void> SetLogLevel(Config& config, std::string_view text) {
  constexpr std::string_view kNames[] = {"trace", "debug", "info", "warning", "error"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (text != kNames[i]) continue;
    config.log_level = static_cast<LogVerbosity>(i);
    return {};
  }
  return Error{"must be trace, debug, info, warning or error"};
}

template <typename T>
auto Clear(std::vector<T> Config::*member) {
  return [=](Config& config) { (config.*member).clear(); };
}

constexpr uint64_t kPortMax = std::numeric_limits<uint16_t>::max();

std::vector<Option> MakeOptions() {
  return {
      {"listen", "ADDRESS", "Address for HTTPS and WebSocket (repeatable; default: all)",
       OptionKind::kTextList, Addresses(&Config::listen), Clear(&Config::listen)},
      {"port", "PORT", "TCP port for HTTPS and WebSocket (default 8443)", OptionKind::kNumber,
       Number(&Config::port, 0, kPortMax)},
      {"udp-port", "PORT", "First UDP port for media, one per shard from there (default 10000)",
       OptionKind::kNumber, Number(&Config::udp_port, 1, kPortMax)},
      {"public-address", "ADDRESS",
       "Address at which clients reach this machine behind a NAT (repeatable)",
       OptionKind::kTextList, Addresses(&Config::public_addresses),
       Clear(&Config::public_addresses)},
      {"shards", "COUNT", "Media threads (default 0: one per core)", OptionKind::kNumber,
       Number(&Config::shards, 0, 64)},
      {"spread-percent", "PERCENT",
       "A room grows onto another media thread when its own would be busier (default 70; 0: at "
       "once)",
       OptionKind::kNumber, Number(&Config::spread_percent, 0, 100)},
      {"certificate", "FILE", "TLS certificate chain, PEM (default: a self-signed one)",
       OptionKind::kText, Text(&Config::certificate)},
      {"key", "FILE", "TLS private key, PEM", OptionKind::kText, Text(&Config::key)},
      {"state-dir", "DIRECTORY", "Where the self-signed certificate is kept", OptionKind::kText,
       Text(&Config::state_dir)},
      {"web-root", "DIRECTORY", "The built web client", OptionKind::kText, Text(&Config::web_root)},
      {"name", "TEXT", "What this installation is called, on its pages", OptionKind::kText,
       ShownText(&Config::name, 80)},
      {"logo", "FILE", "Its picture beside the name, SVG, PNG or WebP", OptionKind::kText,
       Text(&Config::logo)},
      {"imprint", "URL", "Where it says who runs it", OptionKind::kText, Link(&Config::imprint)},
      {"privacy", "URL", "Where it says what happens to people's data", OptionKind::kText,
       Link(&Config::privacy)},
      {"participants-per-room", "COUNT", "Largest room (default 300)", OptionKind::kNumber,
       Number(&Config::participants_per_room, 1, 10000)},
      {"hosts", "WHO", "Who is a host unasked: first, everyone or nobody (default first)",
       OptionKind::kText, SetHosts},
      {"lobby", "ON", "Whether rooms begin with a lobby: on or off (default off)",
       OptionKind::kText, SetLobby},
      {"passcode", "ROOMS HASH",
       "Rooms and the hash of the passcode that they ask for; the first that fits (repeatable)",
       OptionKind::kTextList, AddPasscode, Clear(&Config::passcodes)},
      {"file-size", "MIB", "Largest file that people give each other; 0 for none (default 5)",
       OptionKind::kNumber, Number(&Config::file_size, 0, 100)},
      {"closed-rooms", "FILE", "Rooms that nobody may be in, one a line; SIGHUP reads it again",
       OptionKind::kText, Text(&Config::closed_rooms)},
      {"allowed-origin", "ORIGIN", "Another site whose pages may join rooms here (repeatable)",
       OptionKind::kTextList, Origins(&Config::allowed_origins), Clear(&Config::allowed_origins)},
      {"meetings-at", "ORIGIN", "Only give the pages: meetings take place at this other server",
       OptionKind::kText, Origin(&Config::meetings_at)},
      {"frame-ancestor", "ORIGIN", "A site that may show our pages in a frame (repeatable)",
       OptionKind::kTextList, Origins(&Config::frame_ancestors), Clear(&Config::frame_ancestors)},
      {"log-level", "LEVEL", "trace, debug, info, warning or error (default info)",
       OptionKind::kText, SetLogLevel},
  };
}

}  // namespace

const std::vector<Option>& Options() {
  static const std::vector<Option> options = MakeOptions();
  return options;
}

}  // namespace conclave::app
