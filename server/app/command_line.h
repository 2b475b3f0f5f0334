// What the command line asks for: to run with a configuration, or to say something and end.
#pragma once

#include <optional>
#include <string>

#include "app/config.h"

namespace conclave::app {

struct CommandLine {
  Config config;
  // Set: print nothing more and end with this status (help, version, a check, an error).
  std::optional<int> exit_status;
};

// Reads the file that --config names, then the options over it. Prints help, version and errors.
CommandLine ParseCommandLine(int argc, const char* const* argv);

}  // namespace conclave::app
