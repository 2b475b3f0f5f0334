#include "signal/room_pattern.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "signal/room_name.h"

namespace conclave::signal {

Result<RoomPattern> RoomPattern::Parse(std::string_view text) {
  if (text == "*") return RoomPattern(std::string(text));
  // What fits between the literal parts is a name's own business; they must be spelled as in one.
  std::string sample(text);
  std::replace(sample.begin(), sample.end(), '*', '0');
  auto name = ParseRoomName(sample);
  if (!name) {
    return Error{"\"" + std::string(text) + "\" fits no room: " + name.error().message +
                 "; write it as open/staff-*, r/* or *"};
  }
  // Normal spelling keeps every character where it is.
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') (*name)[i] = '*';
  }
  return RoomPattern(*std::move(name));
}

bool RoomPattern::Matches(std::string_view name) const {
  const std::string_view pattern = text_;
  size_t at = 0;
  size_t wanted = 0;
  // The last star, and what it stands for so far: only that one can have taken too little.
  std::optional<std::pair<size_t, size_t>> star;
  while (at < name.size()) {
    if (wanted < pattern.size() && pattern[wanted] == '*') {
      star = {++wanted, at};
    } else if (wanted < pattern.size() && pattern[wanted] == name[at]) {
      ++wanted;
      ++at;
    } else if (star) {
      wanted = star->first;
      at = ++star->second;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', wanted) == std::string_view::npos;
}

}  // namespace conclave::signal
