// The certificate with which this process proves its end of every DTLS association.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "transport/types.h"

namespace conclave::transport {

// "AB:CD:..": 32 pairs of upper-case hex digits, as in a=fingerprint:sha-256 (RFC 8122 section 5).
std::string FormatFingerprint(const Fingerprint& fingerprint);
// Accepts both cases. Nothing but 32 pairs joined by colons.
std::optional<Fingerprint> ParseFingerprint(std::string_view text);

// A self-signed P-256 certificate with its key, made at process start and never written anywhere.
// Immutable, so threads may share it.
class Certificate {
 public:
  static Result<Certificate> Generate();
  Certificate(Certificate&&) noexcept;
  Certificate& operator=(Certificate&&) noexcept;
  ~Certificate();

  const Fingerprint& fingerprint() const { return fingerprint_; }

  // OpenSSL's objects, for dtls_context.cc only.
  struct Native;
  const Native& native() const { return *native_; }

 private:
  explicit Certificate(std::unique_ptr<Native> native);
  std::unique_ptr<Native> native_;
  Fingerprint fingerprint_{};
};

}  // namespace conclave::transport
