// What an impairment relay does to each direction, and the commands that change it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/virtual_network.h"

namespace conclave::impair {

// From the relay's clients to the server, and back.
struct Settings {
  sim::LinkQuality up{.delay = Duration()};
  sim::LinkQuality down{.delay = Duration()};
};

// "down rate_kbps=500 queue_ms=300 delay_ms=25 jitter_ms=20 in_order=1 loss=0.1 duplicate=0": what
// is not named stays as it is; rate 0 is no limit. Returns what is wrong with the line, and then
// changes nothing.
std::optional<std::string> Apply(std::string_view line, Settings& settings);

}  // namespace conclave::impair
