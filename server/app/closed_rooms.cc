#include "app/closed_rooms.h"

#include <algorithm>

#include "io/file.h"

namespace conclave::app {
namespace {

// Ten thousand links.
constexpr size_t kFileBytesMax = 1 << 20;

std::string_view Trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const size_t begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlank) - begin + 1);
}

// Of "https://meet.example/r/name#1.secret": "r/name".
std::string_view AddressOf(std::string_view line) {
  line = line.substr(0, line.find('#'));
  if (const size_t scheme = line.find("://"); scheme != std::string_view::npos) {
    const size_t path = line.find('/', scheme + 3);
    line = path == std::string_view::npos ? std::string_view() : line.substr(path);
  }
  while (line.starts_with('/')) line.remove_prefix(1);
  return line;
}

}  // namespace

std::vector<std::string> ParseClosedRooms(std::string_view text) {
  std::vector<std::string> rooms;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view address = Trimmed(AddressOf(Trimmed(text.substr(0, end))));
    if (!address.empty()) rooms.emplace_back(address);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return rooms;
}

Result<std::vector<std::string>> ReadClosedRooms(const std::string& path) {
  auto text = io::ReadFile(path, kFileBytesMax);
  if (!text) return text.error();
  return ParseClosedRooms(*text);
}

}  // namespace conclave::app
