#include "io/release_list.h"

#include <algorithm>
#include <string_view>

#include "io/digest.h"

namespace conclave::io {
namespace {

constexpr std::string_view kListPath = "/release.sha384";
// SHA-384 in hex, then two spaces (sha384sum's mark of a file that was read as text).
constexpr size_t kHashLength = 96;
constexpr std::string_view kSeparator = "  ";

bool IsAsListed(const StaticSite& site, std::string_view hash, const std::string& path) {
  const SiteFile* file = site.Find(path);
  return file != nullptr && Hex(Sha384(file->identity)) == hash;
}

}  // namespace

std::optional<ReleaseReport> CheckRelease(const StaticSite& site) {
  const SiteFile* list = site.Find(kListPath);
  if (list == nullptr) return std::nullopt;
  ReleaseReport report{Hex(Sha256(list->identity)), {}};
  std::string_view rest = list->identity;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.size() <= kHashLength + kSeparator.size() ||
        line.substr(kHashLength, kSeparator.size()) != kSeparator) {
      report.altered.emplace_back(line);
      continue;
    }
    const std::string path = "/" + std::string(line.substr(kHashLength + kSeparator.size()));
    if (!IsAsListed(site, line.substr(0, kHashLength), path)) report.altered.push_back(path);
  }
  return report;
}

}  // namespace conclave::io
