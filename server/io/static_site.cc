#include "io/static_site.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "io/digest.h"
#include "io/file.h"

namespace conclave::io {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 23> kContentTypes = {{
    {"html", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"webmanifest", "application/manifest+json"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"gif", "image/gif"},
    {"ico", "image/vnd.microsoft.icon"},
    {"wasm", "application/wasm"},
    {"woff2", "font/woff2"},
    {"txt", "text/plain; charset=utf-8"},
    {"sha384", "text/plain; charset=utf-8"},
    {"xml", "application/xml"},
    {"mp3", "audio/mpeg"},
    {"ogg", "audio/ogg"},
    {"webm", "video/webm"},
}};

// Vite's default: eight characters of base64url before the extension.
constexpr size_t kNameHashLength = 8;

bool IsBase64Url(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

struct FoundFile {
  std::string url;
  std::string path;
};

Result<std::vector<FoundFile>> ListFiles(const std::string& root) {
  std::vector<FoundFile> found;
  std::error_code error;
  fs::recursive_directory_iterator it(root, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(".") && name != ".well-known") {
      it.disable_recursion_pending();
      continue;
    }
    if (it->is_symlink() || !it->is_regular_file()) continue;
    found.push_back({"/" + fs::relative(it->path(), root).generic_string(), it->path().string()});
    if (found.size() > StaticSite::kMaxFiles) {
      return Error{"web root " + root + " holds more than " +
                   std::to_string(StaticSite::kMaxFiles) + " files"};
    }
  }
  if (error) return Error{"cannot read web root " + root + ": " + error.message()};
  return found;
}

// "x.js.br" -> brotli of "x.js".
Encoding EncodingOf(std::string_view url) {
  if (url.ends_with(".br")) return Encoding::kBrotli;
  if (url.ends_with(".gz")) return Encoding::kGzip;
  return Encoding::kIdentity;
}

SiteFile MakeFile(const std::string& url, std::string content) {
  SiteFile file;
  file.content_type = ContentType(url);
  file.immutable = IsContentNamed(url);
  file.html = url.ends_with(".html");
  // 64 bits: the tag only has to differ between versions of one file.
  file.tag = Hex(Sha256(content)).substr(0, 16);
  if (file.html) file.script_hashes = ImportMapHashes(content);
  file.identity = std::move(content);
  return file;
}

}  // namespace

std::string_view SiteFile::Body(Encoding encoding) const {
  switch (encoding) {
    case Encoding::kBrotli:
      return brotli;
    case Encoding::kGzip:
      return gzip;
    case Encoding::kIdentity:
      break;
  }
  return identity;
}

Result<StaticSite> StaticSite::Load(const std::string& root) {
  auto found = ListFiles(root);
  if (!found) return found.error();
  // Encodings come after the files that they encode.
  std::stable_partition(found->begin(), found->end(), [](const FoundFile& file) {
    return EncodingOf(file.url) == Encoding::kIdentity;
  });
  StaticSite site;
  size_t total = 0;
  for (const FoundFile& entry : *found) {
    auto content = ReadFile(entry.path, kMaxBytes - total);
    if (!content) return Error{"web root " + root + ": " + content.error().message};
    total += content->size();
    const Encoding encoding = EncodingOf(entry.url);
    if (encoding == Encoding::kIdentity) {
      site.files_.emplace(entry.url, MakeFile(entry.url, *std::move(content)));
      continue;
    }
    const auto base = site.files_.find(entry.url.substr(0, entry.url.size() - 3));
    if (base == site.files_.end()) continue;
    (encoding == Encoding::kBrotli ? base->second.brotli : base->second.gzip) = *std::move(content);
  }
  if (site.Find("/index.html") == nullptr) {
    return Error{"web root " + root + " has no index.html; build the web app or give --web-root"};
  }
  return site;
}

void StaticSite::Put(const std::string& path, std::string content) {
  files_.insert_or_assign(path, MakeFile(path, std::move(content)));
}

const SiteFile* StaticSite::Find(std::string_view path) const {
  const auto it = files_.find(path);
  return it == files_.end() ? nullptr : &it->second;
}

std::string_view ContentType(std::string_view path) {
  const size_t dot = path.rfind('.');
  const std::string_view extension =
      dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  for (const auto& [name, type] : kContentTypes) {
    if (name == extension) return type;
  }
  return "application/octet-stream";
}

bool IsContentNamed(std::string_view path) {
  if (!path.starts_with("/assets/")) return false;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos || dot < kNameHashLength + 2) return false;
  const std::string_view hash = name.substr(dot - kNameHashLength, kNameHashLength);
  return name[dot - kNameHashLength - 1] == '-' &&
         std::all_of(hash.begin(), hash.end(), IsBase64Url);
}

std::vector<std::string> ImportMapHashes(std::string_view html) {
  std::vector<std::string> hashes;
  for (size_t at = html.find("<script"); at != std::string_view::npos;
       at = html.find("<script", at + 1)) {
    const size_t open_end = html.find('>', at);
    if (open_end == std::string_view::npos) break;
    const std::string_view tag = html.substr(at, open_end - at);
    if (tag.find("importmap") == std::string_view::npos) continue;
    const size_t close = html.find("</script>", open_end);
    if (close == std::string_view::npos) break;
    const auto digest = Sha256(html.substr(open_end + 1, close - open_end - 1));
    hashes.push_back("'sha256-" + Base64(digest) + "'");
  }
  return hashes;
}

}  // namespace conclave::io
