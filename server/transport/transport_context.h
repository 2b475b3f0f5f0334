// What all peer transports of one shard share.
#pragma once

#include <memory>

#include "base/random.h"
#include "transport/certificate.h"
#include "transport/dtls_context.h"
#include "transport/srtp_engine.h"

namespace conclave::transport {

// One per shard, not thread-safe, outlives the transports made with it.
struct TransportContext {
  // `certificate` and `random_source` outlive the context.
  TransportContext(const Certificate& certificate, Random& random_source,
                   SrtpBackend backend = SrtpBackend::kFastest)
      : dtls(certificate), srtp(backend), random(random_source) {}

  DtlsContext dtls;
  SrtpEngine srtp;
  Random& random;
};

}  // namespace conclave::transport
