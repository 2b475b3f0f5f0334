#include "app/installation.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "app/branding.h"
#include "app/closed_rooms.h"
#include "base/log.h"
#include "io/release_list.h"
#include "io/static_site.h"

namespace conclave::app {
namespace {

// Empty counts as unset (XDG Base Directory Specification).
std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<io::TlsCertificate> LoadConfigured(const Config& config) {
  auto loaded = io::LoadTlsCertificate(config.certificate, config.key);
  if (loaded) return loaded;
  return Error{PlaceOf(config, {"certificate", "key"}) + loaded.error().message +
               "; give PEM files that this user may read"};
}

}  // namespace

std::string FindWebRoot(const Config& config) {
  if (!config.web_root.empty()) return config.web_root;
  std::error_code ignored;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const std::filesystem::path installed = "/usr/share/conclave/web";
  // Beside bin/ of any prefix, then from build/PRESET/server/app/ of a checkout.
  for (const auto& candidate : {binary.parent_path() / "../share/conclave/web",
                                binary.parent_path() / "../../../../web/app/dist", installed}) {
    if (std::filesystem::exists(candidate / "index.html", ignored)) {
      return candidate.lexically_normal().string();
    }
  }
  return installed.string();
}

std::string CheckWebClient(const io::StaticSite& site) {
  const auto report = io::CheckRelease(site);
  if (!report) return "";
  if (!report->altered.empty()) {
    LOG(kWarning,
        "web client: " + std::to_string(report->altered.size()) +
            " files are not as release.sha384 lists them, the first: " + report->altered.front() +
            "; browsers refuse them and tell their people. Install the client again");
  }
  return report->id;
}

std::string FindStateDirectory(const Config& config) {
  if (!config.state_dir.empty()) return config.state_dir;
  if (const auto given = Environment("STATE_DIRECTORY"); !given.empty()) return given;
  if (const auto given = Environment("XDG_STATE_HOME"); !given.empty()) return given + "/conclave";
  if (const auto home = Environment("HOME"); !home.empty()) return home + "/.local/state/conclave";
  return "/var/lib/conclave";
}

Result<void> CheckFiles(const Config& config) {
  if (!config.certificate.empty()) {
    if (const auto loaded = LoadConfigured(config); !loaded) return loaded.error();
  }
  if (!config.closed_rooms.empty()) {
    if (const auto rooms = ReadClosedRooms(config.closed_rooms); !rooms) {
      return Error{PlaceOf(config, {"closed-rooms"}) + rooms.error().message};
    }
  }
  if (config.web_root.empty()) {
    io::StaticSite none;
    return AddBranding(config, none);
  }
  auto site = io::StaticSite::Load(config.web_root);
  if (!site) return Error{PlaceOf(config, {"web-root"}) + site.error().message};
  return AddBranding(config, *site);
}

Result<io::TlsCertificate> FindCertificate(const Config& config,
                                           const std::vector<IpAddress>& addresses) {
  if (!config.certificate.empty()) {
    return LoadConfigured(config);
  }
  io::CertificateNames names{{"localhost"}, addresses};
  char host[256] = {};
  if (gethostname(host, sizeof(host) - 1) == 0 && host[0] != '\0') names.dns.emplace_back(host);
  names.addresses.insert(names.addresses.end(), config.public_addresses.begin(),
                         config.public_addresses.end());
  auto stored = io::LoadOrMakeSelfSigned(FindStateDirectory(config), names);
  if (!stored) return stored.error();
  LOG(kInfo, stored->created ? "made a self-signed certificate: " + stored->path
                             : "using the self-signed certificate " + stored->path);
  LOG(kInfo,
      "browsers on other machines will warn about it, and phones refuse cameras; set "
      "certificate and key to your own");
  return std::move(stored->certificate);
}

}  // namespace conclave::app
