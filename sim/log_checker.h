// Reads every log line above trace and looks for what must not be in it: addresses, names, tokens,
// passwords (style.md, "Tests").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"

namespace conclave::sim {

// The log has one sink per process, so there is one checker at a time: from construction to
// destruction.
class LogChecker {
 public:
  LogChecker();
  ~LogChecker();
  LogChecker(const LogChecker&) = delete;
  LogChecker& operator=(const LogChecker&) = delete;

  // From now on no line may contain `secret`. Short ones (less than four characters) would be found
  // by accident and are ignored.
  void AddSecret(std::string_view secret);
  size_t lines() const { return lines_; }
  // The first lines that gave something away.
  const std::vector<std::string>& leaks() const { return leaks_; }

 private:
  static void Sink(LogLevel level, std::string_view line);
  void Look(std::string_view line);

  std::vector<std::string> secrets_;
  std::vector<std::string> leaks_;
  size_t lines_ = 0;
};

}  // namespace conclave::sim
