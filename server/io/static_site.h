// The web files, read into memory once at start: a request can only name what was indexed, so there
// is no path to escape with, and no disk is touched while serving.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace conclave::io {

enum class Encoding { kIdentity, kGzip, kBrotli };

struct SiteFile {
  std::string content_type;
  // Named after its content by the build: may be cached for ever.
  bool immutable = false;
  bool html = false;
  // Hex digits of the content's hash, without quotes.
  std::string tag;
  std::string identity;
  // Empty where the build made none.
  std::string gzip;
  std::string brotli;
  // CSP sources ('sha256-...') of inline import maps in an HTML file.
  std::vector<std::string> script_hashes;

  std::string_view Body(Encoding encoding) const;
};

class StaticSite {
 public:
  // A build of the client is a few hundred files; these limits only catch a wrong --web-root.
  static constexpr size_t kMaxFiles = 4096;
  static constexpr size_t kMaxBytes = 128u << 20;

  // Every regular file below `root`; symbolic links and hidden files are left out. `x.br` and
  // `x.gz` are encodings of `x`. Fails without an index.html.
  static Result<StaticSite> Load(const std::string& root);

  // A file that is not in the web root, or in place of one that is. Its encodings go.
  void Put(const std::string& path, std::string content);

  // `path` as in a URL without query, percent-decoded: "/assets/main-Ab12Cd34.js". Null: no such.
  const SiteFile* Find(std::string_view path) const;
  // The page of the app, for "/" and for every room's address.
  const SiteFile& index() const { return files_.at("/index.html"); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, SiteFile, Hash, std::equal_to<>> files_;
};

// From the file name's extension; "application/octet-stream" where it is unknown.
std::string_view ContentType(std::string_view path);
// Whether the build named the file after its content: "/assets/NAME-HASH.EXT", HASH of 8 characters
// of base64url.
bool IsContentNamed(std::string_view path);
// The CSP hash sources of the inline import maps in `html`.
std::vector<std::string> ImportMapHashes(std::string_view html);

}  // namespace conclave::io
