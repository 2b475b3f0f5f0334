// Which rooms a line of the configuration is about: an address as ParseRoomName takes it
// (room_name.h), in which each * stands for any characters, or none: "open/staff-*", "r/*", "*".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace conclave::signal {

class RoomPattern {
 public:
  // Fails for what can match no room's name.
  static Result<RoomPattern> Parse(std::string_view text);

  // `name` as ParseRoomName returns it.
  bool Matches(std::string_view name) const;

  bool operator==(const RoomPattern&) const = default;

 private:
  explicit RoomPattern(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace conclave::signal
