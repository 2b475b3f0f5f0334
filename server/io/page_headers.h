// The security headers of every answer, each tried in Chromium and Firefox: self-contained workers
// start from blobs, nothing isolates the page from those who embed it (no COEP), who may embed it
// is configured.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace conclave::io {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct PagePolicy {
  // CSP source expressions of the pages that may embed ours; empty: nobody.
  std::vector<std::string> frame_ancestors;
  // The origin ("https://meet.example") at which the pages join meetings; empty: their own.
  std::string meetings_at;
  // Only with a certificate that browsers accept: behind a self-signed one HSTS would take away the
  // visitor's way past the warning.
  bool strict_transport = false;
};

struct PageContext {
  // The request's Host header; empty when it had none or an invalid one.
  std::string_view host;
  bool tls = false;
  // CSP sources of the page's inline import maps.
  std::vector<std::string> script_hashes;
  // Scripts that pages of other sites load on purpose (IsForOtherSites).
  bool for_other_sites = false;
};

std::string ContentSecurityPolicy(const PagePolicy& policy, const PageContext& context);
void AppendSecurityHeaders(const PagePolicy& policy, const PageContext& context, HeaderList& out);

// Whether `path` is what an embedder's page loads from us: the IFrame API's script, and the SDK
// below /sdk/.
bool IsForOtherSites(std::string_view path);

// Whether `host` can be a Host header's value: a name or address and an optional port, nothing that
// could end a header or a CSP source.
bool IsValidHost(std::string_view host);

}  // namespace conclave::io
