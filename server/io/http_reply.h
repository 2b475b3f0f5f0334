// What the server answers to a request: a pure function of the request, the site and the policy.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "io/page_headers.h"
#include "io/static_site.h"

namespace conclave::io {

struct HttpRequest {
  std::string_view method;
  // As in the request line: "/r/abc?x=1".
  std::string_view target;
  std::string_view host;
  std::string_view accept_encoding;
  std::string_view if_none_match;
  bool tls = false;
  // The peer is on this machine.
  bool loopback = false;
};

struct HttpReply {
  unsigned status = 200;
  HeaderList headers;
  // Text made for this answer.
  std::string text;
  // Bytes of the site, used where `text` is empty; they live as long as the site.
  std::string_view file;

  std::string_view body() const { return text.empty() ? file : std::string_view(text); }
};

struct Health {
  // False answers 503: send nobody here.
  bool serving = true;
  std::string json;
};
// What /health answers; more detail for a peer on this machine.
using HealthReport = std::function<Health(bool loopback)>;

// Plain http from another machine is sent to https whatever it asked for (decisions 15: off
// localhost a page without TLS has no camera and no WebCrypto).
bool NeedsRedirect(const HttpRequest& request);

// Routes: /health; /, /r/*, /n/* and /open/* are the app; everything else is a file of the site, or
// not found: the site's 404.html, else a line of text.
HttpReply Respond(const HttpRequest& request, const StaticSite& site, const PagePolicy& policy,
                  const HealthReport& health);

// An answer of plain text with the security headers.
HttpReply TextReply(unsigned status, std::string text, const HttpRequest& request,
                    const PagePolicy& policy);

// The best encoding that both ends have: brotli, then gzip (RFC 9110 section 12.5.3).
Encoding ChooseEncoding(std::string_view accept_encoding, const SiteFile& file);

}  // namespace conclave::io
