// What the pages say of whoever runs the server: a name, a logo, where to read more, and
// where meetings take place if not here. The client
// asks for it at /branding.json; without configuration that says nothing.
#pragma once

#include "app/config.h"
#include "base/result.h"
#include "io/static_site.h"

namespace conclave::app {

// Larger pictures would hold up the first page on a slow link.
inline constexpr size_t kLogoBytesMax = 256u << 10;

// Puts /branding.json and, where there is a logo, /branding/logo.EXT on the site. The error names
// the option and its remedy.
Result<void> AddBranding(const Config& config, io::StaticSite& site);

}  // namespace conclave::app
