// One table of options for the file and the command line: a name, what it means, how it is checked.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "base/result.h"

namespace conclave::app {

enum class OptionKind : uint8_t { kNumber, kText, kTextList };

struct Option {
  std::string_view name;
  // The placeholder in --help: "PORT".
  std::string_view value;
  std::string_view help;
  OptionKind kind;
  // Checks `text` and stores it. The error says what is allowed, not where the text came from.
  // For lists it is called once per element, after `clear`.
  std::function<Result<void>(Config& config, std::string_view text)> set;
  std::function<void(Config& config)> clear = [](Config&) {};
};

const std::vector<Option>& Options();

}  // namespace conclave::app
