#include "transport/certificate.h"

#include <openssl/bn.h>
#include <openssl/ec.h>

#include "base/check.h"
#include "transport/certificate_native.h"

namespace conclave::transport {
namespace {

// Nobody checks the period of a certificate that is known by its fingerprint; a fixed one needs no
// clock and tells nothing about when the process started.
constexpr char kNotBefore[] = "20250101000000Z";
constexpr char kNotAfter[] = "21250101000000Z";
// Says nothing about the server (RFC 8826 section 4.2.1 asks for names that do not identify).
constexpr unsigned char kCommonName[] = "WebRTC";
// RFC 5280 section 4.1.2.2: at most 20 octets; 64 random bits are what CAs use.
constexpr int kSerialBits = 64;

bool SetSerial(X509* certificate) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> serial(BN_new(), &BN_free);
  return serial != nullptr &&
         BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool Fill(X509* certificate, EVP_PKEY* key) {
  constexpr long kVersion3 = 2;
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_set_version(certificate, kVersion3) == 1 && SetSerial(certificate) &&
         ASN1_TIME_set_string(X509_getm_notBefore(certificate), kNotBefore) == 1 &&
         ASN1_TIME_set_string(X509_getm_notAfter(certificate), kNotAfter) == 1 &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kCommonName, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string FormatFingerprint(const Fingerprint& fingerprint) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  text.reserve(fingerprint.size() * 3);
  for (const uint8_t byte : fingerprint) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::optional<Fingerprint> ParseFingerprint(std::string_view text) {
  Fingerprint fingerprint{};
  if (text.size() != fingerprint.size() * 3 - 1) return std::nullopt;
  for (size_t i = 0; i < fingerprint.size(); ++i) {
    const int high = HexDigit(text[3 * i]);
    const int low = HexDigit(text[3 * i + 1]);
    if (high < 0 || low < 0 || (i > 0 && text[3 * i - 1] != ':')) return std::nullopt;
    fingerprint[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return fingerprint;
}

std::optional<Fingerprint> FingerprintOf(const X509* certificate) {
  Fingerprint fingerprint{};
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), fingerprint.data(), &size) != 1 ||
      size != fingerprint.size()) {
    return std::nullopt;
  }
  return fingerprint;
}

Result<Certificate> Certificate::Generate() {
  auto native = std::make_unique<Native>();
  native->key.reset(EVP_EC_gen("P-256"));
  native->certificate.reset(X509_new());
  if (!native->key || !native->certificate || !Fill(native->certificate.get(), native->key.get())) {
    return Error{"DTLS certificate: OpenSSL could not make a P-256 key and certificate"};
  }
  const std::optional<Fingerprint> fingerprint = FingerprintOf(native->certificate.get());
  if (!fingerprint) return Error{"DTLS certificate: OpenSSL could not compute its SHA-256"};
  Certificate certificate(std::move(native));
  certificate.fingerprint_ = *fingerprint;
  return certificate;
}

Certificate::Certificate(std::unique_ptr<Native> native) : native_(std::move(native)) {}
Certificate::Certificate(Certificate&&) noexcept = default;
Certificate& Certificate::operator=(Certificate&&) noexcept = default;
Certificate::~Certificate() = default;

}  // namespace conclave::transport
