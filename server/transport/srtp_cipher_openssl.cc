#include "transport/srtp_cipher_openssl.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace conclave::transport {
namespace {

struct Deleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Deleter>;

constexpr int kEncrypt = 1;
constexpr int kDecrypt = 0;

// A context whose key schedule is computed once; each packet sets only the IV.
CipherContext MakeContext(const EVP_CIPHER* cipher, std::span<const uint8_t> key, int direction) {
  CipherContext context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr);
  CHECK(EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, direction) == 1);
  return context;
}

void Run(EVP_CIPHER_CTX* context, std::span<const uint8_t> in, uint8_t* out) {
  int written = 0;
  CHECK(EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1);
  CHECK(out == nullptr || written == static_cast<int>(in.size()));
}

class GcmCipher final : public SrtpCipher {
 public:
  GcmCipher(const EVP_CIPHER* cipher, std::span<const uint8_t> key)
      : seal_(MakeContext(cipher, key, kEncrypt)), open_(MakeContext(cipher, key, kDecrypt)) {}

  void Seal(const SrtpSealInput& input, uint8_t* ciphertext, uint8_t* tag) override {
    Start(seal_.get(), input.iv, input.aad, kEncrypt);
    if (!input.plaintext.empty()) Run(seal_.get(), input.plaintext, ciphertext);
    int written = 0;
    CHECK(EVP_CipherFinal_ex(seal_.get(), ciphertext, &written) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(seal_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1);
  }

  bool Open(const SrtpOpenInput& input, uint8_t* plaintext) override {
    Start(open_.get(), input.iv, input.aad, kDecrypt);
    if (!input.ciphertext.empty()) Run(open_.get(), input.ciphertext, plaintext);
    // The control takes a pointer to mutable memory but only reads it when decrypting.
    CHECK(EVP_CIPHER_CTX_ctrl(open_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes,
                              const_cast<uint8_t*>(input.tag.data())) == 1);
    int written = 0;
    return EVP_CipherFinal_ex(open_.get(), plaintext, &written) == 1;
  }

 private:
  static constexpr int kTagBytes = 16;

  static void Start(EVP_CIPHER_CTX* context, const SrtpIv& iv, std::span<const uint8_t> aad,
                    int direction) {
    CHECK(EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, iv.data(), direction) == 1);
    Run(context, aad, nullptr);
  }

  CipherContext seal_;
  CipherContext open_;
};

class CounterModeCipher final : public SrtpCipher {
 public:
  CounterModeCipher(std::span<const uint8_t> key, std::span<const uint8_t> auth_key)
      : counter_(MakeContext(EVP_aes_128_ctr(), key, kEncrypt)) {
    const std::unique_ptr<EVP_MAC, Deleter> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    CHECK(hmac != nullptr);
    mac_.reset(EVP_MAC_CTX_new(hmac.get()));
    CHECK(mac_ != nullptr);
    char digest[] = "SHA1";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    CHECK(EVP_MAC_init(mac_.get(), auth_key.data(), auth_key.size(), parameters) == 1);
  }

  void Seal(const SrtpSealInput& input, uint8_t* ciphertext, uint8_t* tag) override {
    Crypt(input.iv, input.plaintext, ciphertext);
    const Digest digest = Mac(input.aad, {ciphertext, input.plaintext.size()}, input.trailer);
    std::copy_n(digest.begin(), kTagBytes, tag);
  }

  bool Open(const SrtpOpenInput& input, uint8_t* plaintext) override {
    const Digest digest = Mac(input.aad, input.ciphertext, input.trailer);
    if (CRYPTO_memcmp(digest.data(), input.tag.data(), kTagBytes) != 0) return false;
    Crypt(input.iv, input.ciphertext, plaintext);
    return true;
  }

 private:
  static constexpr size_t kTagBytes = SizesOf(SrtpProfile::kAes128CmSha1_80).tag;
  using Digest = std::array<uint8_t, 20>;

  void Crypt(const SrtpIv& iv, std::span<const uint8_t> in, uint8_t* out) {
    CHECK(EVP_CipherInit_ex(counter_.get(), nullptr, nullptr, nullptr, iv.data(), kEncrypt) == 1);
    if (!in.empty()) Run(counter_.get(), in, out);
  }

  Digest Mac(std::span<const uint8_t> aad, std::span<const uint8_t> ciphertext,
             std::span<const uint8_t> trailer) {
    Digest digest;
    size_t written = 0;
    // Without a key the context starts again with the one that it has.
    CHECK(EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) == 1);
    CHECK(EVP_MAC_update(mac_.get(), aad.data(), aad.size()) == 1);
    CHECK(EVP_MAC_update(mac_.get(), ciphertext.data(), ciphertext.size()) == 1);
    CHECK(EVP_MAC_update(mac_.get(), trailer.data(), trailer.size()) == 1);
    CHECK(EVP_MAC_final(mac_.get(), digest.data(), &written, digest.size()) == 1);
    return digest;
  }

  CipherContext counter_;
  std::unique_ptr<EVP_MAC_CTX, Deleter> mac_;
};

}  // namespace

std::unique_ptr<SrtpCipher> MakeOpenSslCipher(SrtpProfile profile, std::span<const uint8_t> key,
                                              std::span<const uint8_t> auth_key) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return std::make_unique<GcmCipher>(EVP_aes_128_gcm(), key);
    case SrtpProfile::kAeadAes256Gcm:
      return std::make_unique<GcmCipher>(EVP_aes_256_gcm(), key);
    case SrtpProfile::kAes128CmSha1_80:
      return std::make_unique<CounterModeCipher>(key, auth_key);
  }
  return nullptr;
}

}  // namespace conclave::transport
