#include "base/log.h"

namespace conclave {
namespace {

LogSink g_sink = nullptr;
LogLevel g_minimum = LogLevel::kInfo;

}  // namespace

void SetLogSink(LogSink sink, LogLevel minimum) {
  g_sink = sink;
  g_minimum = minimum;
}

bool LogEnabled(LogLevel level) { return g_sink != nullptr && level >= g_minimum; }

void LogLine(LogLevel level, std::string_view line) {
  if (LogEnabled(level)) g_sink(level, line);
}

}  // namespace conclave
