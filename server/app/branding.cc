#include "app/branding.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "io/file.h"

namespace conclave::app {
namespace {

// By the extension, which names the content's type to browsers.
constexpr std::array<std::string_view, 3> kExtensions = {".svg", ".png", ".webp"};

// RFC 8259 section 7. Control characters were refused where the text came in.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

Result<std::string> ReadLogo(const Config& config) {
  auto content = io::ReadFile(config.logo, kLogoBytesMax);
  if (!content) return Error{PlaceOf(config, {"logo"}) + "logo: " + content.error().message};
  if (content->empty()) return Error{PlaceOf(config, {"logo"}) + config.logo + " is empty"};
  return content;
}

}  // namespace

Result<void> AddBranding(const Config& config, io::StaticSite& site) {
  std::string json;
  const auto say = [&json](std::string_view key, std::string_view value) {
    if (value.empty()) return;
    json += (json.empty() ? "" : ",") + Quoted(key) + ":" + Quoted(value);
  };
  say("name", config.name);
  say("imprint", config.imprint);
  say("privacy", config.privacy);
  say("meetings", config.meetings_at);
  if (!config.logo.empty()) {
    const std::string extension = std::filesystem::path(config.logo).extension().string();
    if (std::find(kExtensions.begin(), kExtensions.end(), extension) == kExtensions.end()) {
      return Error{PlaceOf(config, {"logo"}) + "logo " + config.logo +
                   ": must end in .svg, .png or .webp"};
    }
    auto content = ReadLogo(config);
    if (!content) return content.error();
    const std::string path = "/branding/logo" + extension;
    site.Put(path, std::move(*content));
    say("logo", path);
  }
  site.Put("/branding.json", "{" + json + "}");
  return {};
}

}  // namespace conclave::app
