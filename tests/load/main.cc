#include <cstdio>

#include "tests/load/run.h"

namespace conclave::load {
namespace {

bool WriteFile(const std::string& path, const std::string& text) {
  if (path == "-") return std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return std::fclose(file) == 0 && written;
}

int Main(int argc, char** argv) {
  const CommandLine command_line = ParseCommandLine(argc, argv);
  if (command_line.exit_status) return *command_line.exit_status;
  const Settings& settings = command_line.settings;
  const auto result = RunLoad(settings);
  if (!result) {
    std::fprintf(stderr, "conclave-load: %s\n", result.error().message.c_str());
    return 2;
  }
  // With --json - standard output is JSON alone.
  std::FILE* out = settings.json == "-" ? stderr : stdout;
  std::fputs(Summary(settings, *result).c_str(), out);
  if (!settings.json.empty() && !WriteFile(settings.json, Json(settings, *result))) {
    std::fprintf(stderr, "conclave-load: %s cannot be written\n", settings.json.c_str());
    return 2;
  }
  return AllJoined(*result) ? 0 : 1;
}

}  // namespace
}  // namespace conclave::load

int main(int argc, char** argv) { return conclave::load::Main(argc, argv); }
