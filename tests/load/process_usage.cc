#include "tests/load/process_usage.h"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace conclave::load {
namespace {

// proc(5), /proc/PID/stat: the fields behind the name in parentheses, counted from the state.
constexpr int kUserTime = 11;
constexpr int kSystemTime = 12;
constexpr int kResidentPages = 21;

}  // namespace

std::optional<ProcessUsage> ReadUsage(int pid) {
  const std::string name = pid == 0 ? "self" : std::to_string(pid);
  std::ifstream file("/proc/" + name + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const size_t end = text.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(end + 2));
  std::string field;
  int64_t ticks = 0;
  ProcessUsage usage;
  for (int i = 0; fields >> field && i <= kResidentPages; ++i) {
    if (i == kUserTime || i == kSystemTime) ticks += std::stoll(field);
    if (i == kResidentPages) {
      usage.resident_bytes = static_cast<uint64_t>(std::stoll(field) * sysconf(_SC_PAGESIZE));
    }
  }
  usage.cpu = Duration::Micros(ticks * 1'000'000 / sysconf(_SC_CLK_TCK));
  return usage;
}

}  // namespace conclave::load
