#include "sim/log_checker.h"

#include "base/check.h"

namespace conclave::sim {
namespace {

LogChecker* g_checker = nullptr;
constexpr size_t kSecretBytesMin = 4;
constexpr size_t kLeaksMax = 5;

}  // namespace

LogChecker::LogChecker() {
  CHECK(g_checker == nullptr);
  g_checker = this;
  SetLogSink(&Sink, LogLevel::kDebug);
}

LogChecker::~LogChecker() {
  SetLogSink(nullptr, LogLevel::kInfo);
  g_checker = nullptr;
}

void LogChecker::AddSecret(std::string_view secret) {
  if (secret.size() >= kSecretBytesMin) secrets_.emplace_back(secret);
}

void LogChecker::Sink(LogLevel, std::string_view line) { g_checker->Look(line); }

void LogChecker::Look(std::string_view line) {
  ++lines_;
  for (const std::string& secret : secrets_) {
    if (line.find(secret) != std::string_view::npos && leaks_.size() < kLeaksMax) {
      leaks_.emplace_back(line);
    }
  }
}

}  // namespace conclave::sim
