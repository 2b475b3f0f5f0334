#include "io/page_headers.h"

#include <algorithm>

namespace conclave::io {
namespace {

// A DNS name is at most 253 characters, its port six more with the colon.
constexpr size_t kMaxHostLength = 259;

bool IsHostCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
}

}  // namespace

bool IsValidHost(std::string_view host) {
  return !host.empty() && host.size() <= kMaxHostLength &&
         std::all_of(host.begin(), host.end(), IsHostCharacter);
}

bool IsForOtherSites(std::string_view path) {
  return path == "/external_api.js" || path.starts_with("/sdk/");
}

std::string ContentSecurityPolicy(const PagePolicy& policy, const PageContext& context) {
  std::string csp = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
  for (const std::string& hash : context.script_hashes) csp += " " + hash;
  // Workers start from self-contained text (decisions 13), so blob: beside files.
  csp += "; worker-src 'self' blob:; connect-src 'self'";
  if (!policy.meetings_at.empty()) {
    // "http://..." and "https://..." become "ws://..." and "wss://...".
    csp += " ws" + policy.meetings_at.substr(std::string_view("http").size());
  } else if (!context.host.empty()) {
    // Not every browser takes 'self' for the WebSocket of the same host.
    csp += context.tls ? " wss://" : " ws://";
    csp += context.host;
  }
  csp +=
      "; img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; style-src 'self'"
      "; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-src 'none'"
      "; object-src 'none'; frame-ancestors";
  if (policy.frame_ancestors.empty()) csp += " 'none'";
  for (const std::string& ancestor : policy.frame_ancestors) csp += " " + ancestor;
  csp += "; require-trusted-types-for 'script'; trusted-types app-url";
  return csp;
}

void AppendSecurityHeaders(const PagePolicy& policy, const PageContext& context, HeaderList& out) {
  out.emplace_back("Content-Security-Policy", ContentSecurityPolicy(policy, context));
  // No script runs whose hash the page does not name (the build writes them all into it): whoever
  // can change one file on the way is not enough. Only scripts: what else it can cover differs
  // between browsers.
  out.emplace_back("Integrity-Policy", "blocked-destinations=(script)");
  out.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  out.emplace_back("Cross-Origin-Resource-Policy",
                   context.for_other_sites ? "cross-origin" : "same-origin");
  // A module is always fetched with CORS.
  if (context.for_other_sites) out.emplace_back("Access-Control-Allow-Origin", "*");
  out.emplace_back("X-Content-Type-Options", "nosniff");
  out.emplace_back("Referrer-Policy", "no-referrer");
  out.emplace_back("Permissions-Policy",
                   "camera=(self), microphone=(self), display-capture=(self), geolocation=(), "
                   "payment=(), usb=()");
  if (context.tls && policy.strict_transport) {
    out.emplace_back("Strict-Transport-Security", "max-age=31536000");
  }
}

}  // namespace conclave::io
