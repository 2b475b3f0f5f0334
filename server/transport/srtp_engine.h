// Where SRTP ciphers come from: one engine per media thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "transport/srtp_cipher.h"
#include "transport/types.h"

namespace conclave::transport {

enum class SrtpBackend : uint8_t {
  // ipsec-mb where this build and this CPU have it, else OpenSSL.
  kFastest,
  kIpsecMb,
  kOpenSsl,
};

// Sees every encryption, so that the simulation can prove that no nonce is used for two plaintexts
// (decisions 25). Production has none.
class SrtpObserver {
 public:
  virtual ~SrtpObserver() = default;
  // `session` is unique per key in this engine; `index` is the 48-bit packet index (RTP) or the
  // 31-bit SRTCP index. `header` and `plaintext` are what is being protected.
  virtual void OnEncrypt(uint64_t session, bool rtcp, uint32_t ssrc, uint64_t index,
                         std::span<const uint8_t> header, std::span<const uint8_t> plaintext) = 0;
};

class IpsecMb;

// Not thread-safe; outlives the ciphers that it makes.
class SrtpEngine {
 public:
  // Falls back to OpenSSL where ipsec-mb is missing; backend() tells.
  explicit SrtpEngine(SrtpBackend wanted = SrtpBackend::kFastest);
  ~SrtpEngine();
  SrtpEngine(const SrtpEngine&) = delete;
  SrtpEngine& operator=(const SrtpEngine&) = delete;

  // kIpsecMb or kOpenSsl.
  SrtpBackend backend() const { return backend_; }
  void set_observer(SrtpObserver* observer) { observer_ = observer; }
  SrtpObserver* observer() const { return observer_; }
  uint64_t NextSession() { return ++sessions_; }

  // A cipher for one session key (RFC 3711 section 4.3). `auth_key` is empty for AEAD profiles.
  // The sizes must be those of the profile.
  std::unique_ptr<SrtpCipher> MakeCipher(SrtpProfile profile, std::span<const uint8_t> key,
                                         std::span<const uint8_t> auth_key);

 private:
  std::unique_ptr<IpsecMb> ipsec_mb_;
  SrtpBackend backend_;
  SrtpObserver* observer_ = nullptr;
  uint64_t sessions_ = 0;
};

}  // namespace conclave::transport
