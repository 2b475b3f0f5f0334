// The list of the web client's files, which its build makes: release.sha384, in the format of
// sha384sum. Browsers compare what they are given with it, and people compare its hash.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/static_site.h"

namespace conclave::io {

struct ReleaseReport {
  // SHA-256 of the list, in hex: it stands for every file of the build.
  std::string id;
  // URL paths of files that are not as listed, or are not there, in the list's order.
  std::vector<std::string> altered;
};

// Nothing where the site has no list; a line that is none counts as altered, with its own text.
std::optional<ReleaseReport> CheckRelease(const StaticSite& site);

}  // namespace conclave::io
