// Logging without a framework in the headers: pure code says what happened, the sink (set by app/)
// decides where it goes. Above trace, a line carries no address, name, token or key: participants
// and rooms appear by id.
#pragma once

#include <string_view>

namespace conclave {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError };

using LogSink = void (*)(LogLevel level, std::string_view line);

// Not synchronized: call once, before any thread starts.
void SetLogSink(LogSink sink, LogLevel minimum);
bool LogEnabled(LogLevel level);
void LogLine(LogLevel level, std::string_view line);

}  // namespace conclave

// LOG(kInfo, "participant " + std::to_string(id) + " joined"): the text is built only where wanted.
#define LOG(level, text)                                        \
  do {                                                          \
    if (::conclave::LogEnabled(::conclave::LogLevel::level))    \
      ::conclave::LogLine(::conclave::LogLevel::level, (text)); \
  } while (false)
