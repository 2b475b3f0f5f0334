#include "transport/srtp_engine.h"

#include "base/check.h"
#include "transport/srtp_cipher_ipsec_mb.h"
#include "transport/srtp_cipher_openssl.h"

namespace conclave::transport {

SrtpEngine::SrtpEngine(SrtpBackend wanted)
    : ipsec_mb_(wanted == SrtpBackend::kOpenSsl ? nullptr : IpsecMb::Make()),
      backend_(ipsec_mb_ ? SrtpBackend::kIpsecMb : SrtpBackend::kOpenSsl) {}

SrtpEngine::~SrtpEngine() = default;

std::unique_ptr<SrtpCipher> SrtpEngine::MakeCipher(SrtpProfile profile,
                                                   std::span<const uint8_t> key,
                                                   std::span<const uint8_t> auth_key) {
  const SrtpProfileSizes sizes = SizesOf(profile);
  CHECK(key.size() == sizes.key && auth_key.size() == sizes.auth_key);
  if (ipsec_mb_) return ipsec_mb_->MakeCipher(profile, key, auth_key);
  return MakeOpenSslCipher(profile, key, auth_key);
}

}  // namespace conclave::transport
