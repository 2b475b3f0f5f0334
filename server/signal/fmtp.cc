#include "signal/fmtp.h"

#include <algorithm>

namespace conclave::signal {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

FmtpParameters ParseFmtp(std::string_view fmtp) {
  FmtpParameters out;
  while (!fmtp.empty()) {
    const size_t end = std::min(fmtp.find(';'), fmtp.size());
    const std::string_view part = Trim(fmtp.substr(0, end));
    fmtp.remove_prefix(std::min(end + 1, fmtp.size()));
    if (part.empty()) continue;
    const size_t equals = std::min(part.find('='), part.size());
    std::string key(Trim(part.substr(0, equals)));
    std::transform(key.begin(), key.end(), key.begin(), Lower);
    const size_t value = std::min(equals + 1, part.size());
    out.emplace_back(std::move(key), std::string(Trim(part.substr(value))));
  }
  return out;
}

std::optional<std::string> FmtpValue(std::string_view fmtp, std::string_view key) {
  for (auto& [name, value] : ParseFmtp(fmtp)) {
    if (name == key) return value;
  }
  return std::nullopt;
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

}  // namespace conclave::signal
