// The server's certificate for https: read from files, or made by ourselves at the first start.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/socket_address.h"

namespace conclave::io {

// A certificate chain and its key, both PEM (RFC 7468), known to belong together.
struct TlsCertificate {
  std::string chain_pem;
  std::string key_pem;
  // Made by us: browsers warn about it, phones and service workers refuse it.
  bool self_signed = false;
};

// Errors name the file and what is wrong with it: missing, not PEM, key of another certificate.
Result<TlsCertificate> LoadTlsCertificate(const std::string& certificate_path,
                                          const std::string& key_path);

// What a self-signed certificate is good for.
struct CertificateNames {
  std::vector<std::string> dns;
  std::vector<IpAddress> addresses;
};

// ECDSA on P-256, valid for 397 days from now (more is refused by some clients).
TlsCertificate MakeSelfSigned(const CertificateNames& names);

struct StoredCertificate {
  TlsCertificate certificate;
  // Where it lies, for the log.
  std::string path;
  bool created = false;
};

// Takes self-signed.crt and self-signed.key (mode 0600) from `state_directory`, making them where
// they are missing, unreadable or valid for less than 30 days more. Makes the directory too.
Result<StoredCertificate> LoadOrMakeSelfSigned(const std::string& state_directory,
                                               const CertificateNames& names);

}  // namespace conclave::io
