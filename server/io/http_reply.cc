#include "io/http_reply.h"

#include <algorithm>
#include <optional>

namespace conclave::io {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the text before the next `separator` off the front of `rest`.
std::string_view TakeItem(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view item = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return Trim(item);
}

// ";q=0", ";q=0.000": not acceptable (RFC 9110 section 12.4.2).
bool IsRefused(std::string_view parameters) {
  const size_t q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  return Trim(parameters.substr(q + 2)).find_first_not_of("0.") == std::string_view::npos;
}

bool Accepts(std::string_view accept_encoding, std::string_view name) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view item = TakeItem(accept_encoding, ',');
    const std::string_view coding = TakeItem(item, ';');
    if (coding == name) return !IsRefused(item);
    if (coding == "*") any = !IsRefused(item);
  }
  return any;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

// Without query and fragment, still percent-encoded.
std::string_view PathOf(std::string_view target) {
  return target.substr(0, target.find_first_of("?#"));
}

bool IsAppRoute(std::string_view path) {
  return path == "/" || path == "/check" || path.starts_with("/r/") || path.starts_with("/n/") ||
         path.starts_with("/open/");
}

// RFC 9110 section 13.1.2: any of the listed tags; weak comparison.
bool Matches(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty()) {
    std::string_view item = TakeItem(if_none_match, ',');
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == "*" || item == tag) return true;
  }
  return false;
}

std::string_view EncodingName(Encoding encoding) {
  return encoding == Encoding::kBrotli ? "br" : "gzip";
}

std::string EntityTag(const SiteFile& file, Encoding encoding) {
  // The representations of one file differ, so their tags must (RFC 9110 section 8.8.3.3).
  if (encoding == Encoding::kIdentity) return "\"" + file.tag + "\"";
  return "\"" + file.tag + "-" + std::string(EncodingName(encoding)) + "\"";
}

PageContext ContextOf(const HttpRequest& request) {
  PageContext context;
  if (IsValidHost(request.host)) context.host = request.host;
  context.tls = request.tls;
  return context;
}

HttpReply ServeFile(unsigned status, const SiteFile& file, const HttpRequest& request,
                    const PagePolicy& policy) {
  HttpReply reply;
  reply.status = status;
  const Encoding encoding = ChooseEncoding(request.accept_encoding, file);
  PageContext context = ContextOf(request);
  context.script_hashes = file.script_hashes;
  context.for_other_sites = status == 200 && IsForOtherSites(PathOf(request.target));
  AppendSecurityHeaders(policy, context, reply.headers);
  reply.headers.emplace_back("Cache-Control",
                             file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (!file.gzip.empty() || !file.brotli.empty()) {
    reply.headers.emplace_back("Vary", "Accept-Encoding");
  }
  if (!file.immutable && status == 200) {
    const std::string tag = EntityTag(file, encoding);
    reply.headers.emplace_back("ETag", tag);
    if (Matches(request.if_none_match, tag)) {
      reply.status = 304;
      return reply;
    }
  }
  reply.headers.emplace_back("Content-Type", file.content_type);
  if (encoding != Encoding::kIdentity) {
    reply.headers.emplace_back("Content-Encoding", EncodingName(encoding));
  }
  reply.file = file.Body(encoding);
  return reply;
}

HttpReply Redirect(const HttpRequest& request, const PagePolicy& policy) {
  if (!IsValidHost(request.host)) {
    return TextReply(400, "This server speaks https.\n", request, policy);
  }
  // 308 keeps the method; the port is the same, both protocols share it.
  HttpReply reply = TextReply(308, "This server speaks https.\n", request, policy);
  reply.headers.emplace_back("Location",
                             "https://" + std::string(request.host) + std::string(request.target));
  return reply;
}

}  // namespace

bool NeedsRedirect(const HttpRequest& request) { return !request.tls && !request.loopback; }

Encoding ChooseEncoding(std::string_view accept_encoding, const SiteFile& file) {
  if (!file.brotli.empty() && Accepts(accept_encoding, "br")) return Encoding::kBrotli;
  if (!file.gzip.empty() && Accepts(accept_encoding, "gzip")) return Encoding::kGzip;
  return Encoding::kIdentity;
}

HttpReply TextReply(unsigned status, std::string text, const HttpRequest& request,
                    const PagePolicy& policy) {
  HttpReply reply;
  reply.status = status;
  AppendSecurityHeaders(policy, ContextOf(request), reply.headers);
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  reply.text = std::move(text);
  return reply;
}

HttpReply Respond(const HttpRequest& request, const StaticSite& site, const PagePolicy& policy,
                  const HealthReport& health) {
  if (!request.target.starts_with("/")) {
    return TextReply(400, "The request's target must be a path.\n", request, policy);
  }
  if (NeedsRedirect(request)) return Redirect(request, policy);
  if (request.method != "GET" && request.method != "HEAD") {
    HttpReply reply = TextReply(405, "Only GET and HEAD.\n", request, policy);
    reply.headers.emplace_back("Allow", "GET, HEAD");
    return reply;
  }
  const auto path = PercentDecode(PathOf(request.target));
  if (!path) return TextReply(400, "The path is not percent-encoded well.\n", request, policy);
  if (*path == "/health") {
    Health report = health(request.loopback);
    HttpReply reply =
        TextReply(report.serving ? 200 : 503, std::move(report.json), request, policy);
    for (auto& [name, value] : reply.headers) {
      if (name == "Content-Type") value = "application/json";
    }
    return reply;
  }
  if (IsAppRoute(*path)) return ServeFile(200, site.index(), request, policy);
  if (const SiteFile* file = site.Find(*path)) return ServeFile(200, *file, request, policy);
  if (const SiteFile* page = site.Find("/404.html")) return ServeFile(404, *page, request, policy);
  return TextReply(404, "There is no such page. The way in: /\n", request, policy);
}

}  // namespace conclave::io
