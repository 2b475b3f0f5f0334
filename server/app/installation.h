// Where things lie on this machine when the configuration does not say so.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"
#include "base/socket_address.h"
#include "io/static_site.h"
#include "io/tls_certificate.h"

namespace conclave::app {

// The configured folder; else the one that was installed with this binary; else that of a build.
std::string FindWebRoot(const Config& config);

// The hash that stands for the client's files (io/release_list.h); empty where there is no list.
// Files that are not as listed are logged: browsers refuse them, and tell their people.
std::string CheckWebClient(const io::StaticSite& site);

// The configured folder; else systemd's StateDirectory=; else that of the user who started us.
std::string FindStateDirectory(const Config& config);

// Reads the files that the configuration names, as a start would, and keeps nothing. Errors name
// the line that names the file.
Result<void> CheckFiles(const Config& config);

// The configured certificate, else a self-signed one for this machine's names, and says so.
Result<io::TlsCertificate> FindCertificate(const Config& config,
                                           const std::vector<IpAddress>& addresses);

}  // namespace conclave::app
