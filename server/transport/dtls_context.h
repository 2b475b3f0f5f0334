// The part of DTLS that all associations of a shard share: certificate, ciphers, policy.
#pragma once

#include <memory>

#include "transport/certificate.h"

namespace conclave::transport {

class DtlsContext {
 public:
  // `certificate` outlives the context.
  explicit DtlsContext(const Certificate& certificate);
  ~DtlsContext();
  DtlsContext(const DtlsContext&) = delete;
  DtlsContext& operator=(const DtlsContext&) = delete;

  // OpenSSL's objects, for dtls.cc only.
  struct Native;
  const Native& native() const { return *native_; }

 private:
  std::unique_ptr<Native> native_;
};

}  // namespace conclave::transport
