#include "tests/impair/settings.h"

#include <charconv>

namespace conclave::impair {
namespace {

// The next word of `rest`, which it is taken off.
std::string_view TakeWord(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

bool Set(std::string_view name, double value, sim::LinkQuality& link) {
  const auto millis = Duration::Micros(static_cast<int64_t>(value * 1000));
  if (name == "rate_kbps") {
    link.capacity = DataRate::Bps(static_cast<int64_t>(value * 1000));
  } else if (name == "queue_ms") {
    link.queue = millis;
  } else if (name == "delay_ms") {
    link.delay = millis;
  } else if (name == "jitter_ms") {
    link.jitter = millis;
  } else if (name == "in_order") {
    link.in_order = value != 0;
  } else if (name == "loss") {
    link.loss = value;
  } else if (name == "duplicate") {
    link.duplicate = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> Apply(std::string_view line, Settings& settings) {
  Settings next = settings;
  const std::string_view direction = TakeWord(line);
  if (direction != "up" && direction != "down") return "the line begins with neither up nor down";
  sim::LinkQuality& link = direction == "up" ? next.up : next.down;
  for (std::string_view word = TakeWord(line); !word.empty(); word = TakeWord(line)) {
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos) return "no value: " + std::string(word);
    const std::string_view digits = word.substr(equals + 1);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !(value >= 0)) {
      return "no number from zero: " + std::string(word);
    }
    if (!Set(word.substr(0, equals), value, link)) return "unknown: " + std::string(word);
  }
  settings = next;
  return std::nullopt;
}

}  // namespace conclave::impair
