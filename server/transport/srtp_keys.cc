#include "transport/srtp_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace conclave::transport {
namespace {

// RFC 3711 section 4.3.2: labels 0..2 for SRTP, 3..5 for SRTCP.
constexpr uint8_t kLabelEncryption = 0;
constexpr uint8_t kLabelAuthentication = 1;
constexpr uint8_t kLabelSalt = 2;
constexpr uint8_t kLabelRtcpOffset = 3;

// The PRF of RFC 3711 section 4.3.3: AES in counter mode over zeros, whose first counter block is
// the master salt with the label added in its eighth byte, times 2^16.
void Derive(const SrtpMasterKey& master, uint8_t label, std::span<uint8_t> out) {
  std::array<uint8_t, 16> iv{};
  // A 96-bit salt is padded on the right (RFC 7714 section 11), which the zeros of `iv` already
  // are.
  std::copy_n(master.salt.begin(), SizesOf(master.profile).salt, iv.begin());
  iv[7] = static_cast<uint8_t>(iv[7] ^ label);
  const EVP_CIPHER* cipher =
      SizesOf(master.profile).key == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  CHECK(context != nullptr);
  CHECK(EVP_EncryptInit_ex(context.get(), cipher, nullptr, master.key.data(), iv.data()) == 1);
  std::fill(out.begin(), out.end(), uint8_t{0});
  int written = 0;
  CHECK(EVP_EncryptUpdate(context.get(), out.data(), &written, out.data(),
                          static_cast<int>(out.size())) == 1);
}

}  // namespace

SrtpMasterKey::~SrtpMasterKey() {
  OPENSSL_cleanse(key.data(), key.size());
  OPENSSL_cleanse(salt.data(), salt.size());
}

SrtpSessionKey::~SrtpSessionKey() {
  OPENSSL_cleanse(key.data(), key.size());
  OPENSSL_cleanse(auth_key.data(), auth_key.size());
  OPENSSL_cleanse(salt.data(), salt.size());
}

SrtpSessionKey DeriveSessionKey(const SrtpMasterKey& master, SrtpStream stream) {
  const SrtpProfileSizes sizes = SizesOf(master.profile);
  const uint8_t offset = stream == SrtpStream::kRtcp ? kLabelRtcpOffset : 0;
  const auto label = [offset](uint8_t base) { return static_cast<uint8_t>(base + offset); };
  SrtpSessionKey session;
  Derive(master, label(kLabelEncryption), std::span(session.key).first(sizes.key));
  if (sizes.auth_key > 0) {
    Derive(master, label(kLabelAuthentication), std::span(session.auth_key).first(sizes.auth_key));
  }
  Derive(master, label(kLabelSalt), std::span(session.salt).first(sizes.salt));
  return session;
}

}  // namespace conclave::transport
