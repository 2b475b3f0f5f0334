// The rooms that whoever runs the server has closed: a text file with one address a line
// ("r/abcdef-...", "open/tea"; a whole link will do, its secret is cut off unread). Empty lines and
// lines that begin with # are skipped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace conclave::app {

std::vector<std::string> ParseClosedRooms(std::string_view text);

// Fails where the file cannot be read.
Result<std::vector<std::string>> ReadClosedRooms(const std::string& path);

}  // namespace conclave::app
