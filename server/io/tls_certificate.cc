#include "io/tls_certificate.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <filesystem>

#include "base/check.h"
#include "io/file.h"
#include "io/openssl_pointers.h"

namespace conclave::io {
namespace {

// A chain of four RSA-4096 certificates is under 10 KiB.
constexpr size_t kMaxPemBytes = 256 * 1024;
// Apple's limit for TLS certificates is 398 days.
constexpr long kValidSeconds = 397L * 24 * 3600;
constexpr long kRenewSeconds = 30L * 24 * 3600;
// An hour back, for clients whose clock is behind.
constexpr long kBackdateSeconds = 3600;

BioPointer Reader(std::string_view text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

CertificatePointer ParseCertificate(std::string_view pem) {
  return CertificatePointer(PEM_read_bio_X509(Reader(pem).get(), nullptr, nullptr, nullptr));
}

// An encrypted key is refused rather than asked about on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

KeyPointer ParseKey(std::string_view pem) {
  return KeyPointer(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassword, nullptr));
}

std::string Written(const BioPointer& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

void AddExtension(X509& certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  CHECK(extension != nullptr);
  CHECK(X509_add_ext(&certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

// Only names that cannot be taken for OpenSSL's configuration syntax.
bool IsPlainName(std::string_view name) {
  return !name.empty() && name.size() <= 253 &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
             "_") == std::string_view::npos;
}

std::string AlternativeNames(const CertificateNames& names) {
  std::string list;
  for (const std::string& name : names.dns) {
    if (IsPlainName(name)) list += (list.empty() ? "DNS:" : ",DNS:") + name;
  }
  for (const IpAddress& ip : names.addresses) {
    list += (list.empty() ? "IP:" : ",IP:") + ip.ToString();
  }
  return list;
}

void SetSerial(X509& certificate) {
  // 127 random bits, positive (RFC 5280 section 4.1.2.2).
  std::array<uint8_t, 16> bytes;
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  bytes[0] &= 0x7f;
  BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  CHECK(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(&certificate)) != nullptr);
  BN_free(number);
}

void SetNames(X509& certificate, const CertificateNames& names) {
  X509_NAME* subject = X509_get_subject_name(&certificate);
  X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("Conclave self-signed"), -1, -1,
                             0);
  CHECK(X509_set_issuer_name(&certificate, subject) == 1);
  const std::string alternatives = AlternativeNames(names);
  if (!alternatives.empty()) AddExtension(certificate, NID_subject_alt_name, alternatives);
  AddExtension(certificate, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate, NID_key_usage, "critical,digitalSignature");
  AddExtension(certificate, NID_ext_key_usage, "serverAuth");
}

bool IsValidForLong(const TlsCertificate& certificate) {
  const CertificatePointer parsed = ParseCertificate(certificate.chain_pem);
  time_t limit = std::time(nullptr) + kRenewSeconds;
  return parsed && X509_cmp_time(X509_get0_notAfter(parsed.get()), &limit) > 0;
}

}  // namespace

Result<TlsCertificate> LoadTlsCertificate(const std::string& certificate_path,
                                          const std::string& key_path) {
  auto chain = ReadFile(certificate_path, kMaxPemBytes);
  if (!chain) return Error{"certificate: " + chain.error().message};
  auto key = ReadFile(key_path, kMaxPemBytes);
  if (!key) return Error{"key: " + key.error().message};
  const CertificatePointer parsed = ParseCertificate(*chain);
  if (!parsed) return Error{"certificate: " + certificate_path + " holds no PEM certificate"};
  const KeyPointer parsed_key = ParseKey(*key);
  if (!parsed_key) {
    return Error{"key: " + key_path + " holds no PEM private key (or an encrypted one)"};
  }
  if (X509_check_private_key(parsed.get(), parsed_key.get()) != 1) {
    return Error{"the key in " + key_path + " does not belong to the certificate in " +
                 certificate_path};
  }
  return TlsCertificate{*std::move(chain), *std::move(key), false};
}

TlsCertificate MakeSelfSigned(const CertificateNames& names) {
  const KeyPointer key(EVP_EC_gen("P-256"));
  const CertificatePointer certificate(X509_new());
  CHECK(key && certificate);
  CHECK(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  SetSerial(*certificate);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kBackdateSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds - kBackdateSeconds);
  CHECK(X509_set_pubkey(certificate.get(), key.get()) == 1);
  SetNames(*certificate, names);
  CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

  const BioPointer chain(BIO_new(BIO_s_mem()));
  const BioPointer secret(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_X509(chain.get(), certificate.get()) == 1);
  CHECK(PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
        1);
  return TlsCertificate{Written(chain), Written(secret), true};
}

Result<StoredCertificate> LoadOrMakeSelfSigned(const std::string& state_directory,
                                               const CertificateNames& names) {
  const std::string path = state_directory + "/self-signed.crt";
  const std::string key_path = state_directory + "/self-signed.key";
  if (auto stored = LoadTlsCertificate(path, key_path); stored && IsValidForLong(*stored)) {
    stored->self_signed = true;
    return StoredCertificate{*std::move(stored), path, false};
  }
  std::error_code error;
  std::filesystem::create_directories(state_directory, error);
  if (error) {
    return Error{"cannot create state directory " + state_directory + ": " + error.message() +
                 "; give another one with --state-dir"};
  }
  StoredCertificate made{MakeSelfSigned(names), path, true};
  // The key first: a crash in between leaves a pair that does not match, and that is made anew.
  if (auto written = WriteFile(key_path, made.certificate.key_pem, FileAccess::kSecret); !written) {
    return Error{written.error().message + "; give another directory with --state-dir"};
  }
  if (auto written = WriteFile(path, made.certificate.chain_pem, FileAccess::kPublic); !written) {
    return written.error();
  }
  return made;
}

}  // namespace conclave::io
