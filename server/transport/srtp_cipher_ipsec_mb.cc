#include "transport/srtp_cipher_ipsec_mb.h"

#if CONCLAVE_HAVE_IPSEC_MB

#include <intel-ipsec-mb.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.h"
#include "base/datagram.h"

namespace conclave::transport {
namespace {

struct ManagerDeleter {
  void operator()(IMB_MGR* manager) const { free_mb_mgr(manager); }
};
using Manager = std::unique_ptr<IMB_MGR, ManagerDeleter>;

// The direct functions: no job, no batch; measured faster than the job API for GCM.
struct GcmFunctions {
  aes_gcm_enc_dec_t encrypt;
  aes_gcm_enc_dec_t decrypt;
  aes_gcm_pre_t expand;
};

class GcmCipher final : public SrtpCipher {
 public:
  GcmCipher(const GcmFunctions& functions, std::span<const uint8_t> key) : functions_(functions) {
    functions_.expand(key.data(), &key_);
  }
  ~GcmCipher() override { OPENSSL_cleanse(&key_, sizeof(key_)); }

  void Seal(const SrtpSealInput& input, uint8_t* ciphertext, uint8_t* tag) override {
    gcm_context_data context;
    functions_.encrypt(&key_, &context, ciphertext, input.plaintext.data(), input.plaintext.size(),
                       input.iv.data(), input.aad.data(), input.aad.size(), tag, kTagBytes);
  }

  bool Open(const SrtpOpenInput& input, uint8_t* plaintext) override {
    gcm_context_data context;
    std::array<uint8_t, kTagBytes> tag;
    functions_.decrypt(&key_, &context, plaintext, input.ciphertext.data(), input.ciphertext.size(),
                       input.iv.data(), input.aad.data(), input.aad.size(), tag.data(), kTagBytes);
    return CRYPTO_memcmp(tag.data(), input.tag.data(), kTagBytes) == 0;
  }

 private:
  static constexpr size_t kTagBytes = 16;

  const GcmFunctions functions_;
  gcm_key_data key_;
};

// AES-CM with HMAC-SHA1, which the library offers only through its job API. One job at a time costs
// little with the SSE code (SHA-NI) and much with the AVX-512 code, which is made for batches.
class CounterModeCipher final : public SrtpCipher {
 public:
  CounterModeCipher(IMB_MGR* manager, std::span<const uint8_t> key,
                    std::span<const uint8_t> auth_key)
      : manager_(manager) {
    // The decryption schedule comes with it; counter mode does not use that.
    alignas(16) std::array<uint8_t, 16 * 15> unused;
    IMB_AES_KEYEXP_128(manager_, key.data(), schedule_.data(), unused.data());
    HashKeyBlock(auth_key, 0x36, inner_);
    HashKeyBlock(auth_key, 0x5c, outer_);
  }
  ~CounterModeCipher() override {
    OPENSSL_cleanse(schedule_.data(), schedule_.size());
    OPENSSL_cleanse(inner_.data(), inner_.size());
    OPENSSL_cleanse(outer_.data(), outer_.size());
  }

  void Seal(const SrtpSealInput& input, uint8_t* ciphertext, uint8_t* tag) override {
    Scratch scratch(input.aad, input.plaintext, input.trailer);
    const Digest computed = Run(scratch, input.iv, IMB_DIR_ENCRYPT);
    scratch.CopyPayload(ciphertext);
    std::copy_n(computed.begin(), kTagBytes, tag);
  }

  bool Open(const SrtpOpenInput& input, uint8_t* plaintext) override {
    Scratch scratch(input.aad, input.ciphertext, input.trailer);
    const Digest computed = Run(scratch, input.iv, IMB_DIR_DECRYPT);
    if (CRYPTO_memcmp(computed.data(), input.tag.data(), kTagBytes) != 0) return false;
    scratch.CopyPayload(plaintext);
    return true;
  }

 private:
  static constexpr size_t kTagBytes = SizesOf(SrtpProfile::kAes128CmSha1_80).tag;
  // The library computes 12 or 20 bytes only; we use the first ten.
  using Digest = std::array<uint8_t, 20>;

  // A job hashes one contiguous range, so the three parts are brought together.
  struct Scratch {
    Scratch(std::span<const uint8_t> aad, std::span<const uint8_t> payload,
            std::span<const uint8_t> trailer)
        : aad_size(aad.size()),
          payload_size(payload.size()),
          size(aad.size() + payload.size() + trailer.size()) {
      CHECK(size <= bytes.size());
      auto end = std::copy(aad.begin(), aad.end(), bytes.begin());
      end = std::copy(payload.begin(), payload.end(), end);
      std::copy(trailer.begin(), trailer.end(), end);
    }
    void CopyPayload(uint8_t* out) const {
      std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(aad_size), payload_size, out);
    }

    size_t aad_size;
    size_t payload_size;
    size_t size;
    std::array<uint8_t, kMaxDatagramBytes + 64> bytes;
  };

  // RFC 2104: the state of the hash after one block of key XOR pad.
  void HashKeyBlock(std::span<const uint8_t> auth_key, uint8_t pad, std::span<uint8_t, 20> out) {
    std::array<uint8_t, 64> block;
    block.fill(pad);
    for (size_t i = 0; i < auth_key.size(); ++i) block[i] ^= auth_key[i];
    IMB_SHA1_ONE_BLOCK(manager_, block.data(), out.data());
    OPENSSL_cleanse(block.data(), block.size());
  }

  Digest Run(Scratch& scratch, const SrtpIv& iv, IMB_CIPHER_DIRECTION direction) {
    Digest digest;
    IMB_JOB* job = IMB_GET_NEXT_JOB(manager_);
    job->cipher_mode = scratch.payload_size == 0 ? IMB_CIPHER_NULL : IMB_CIPHER_CNTR;
    job->hash_alg = IMB_AUTH_HMAC_SHA_1;
    job->cipher_direction = direction;
    job->chain_order = direction == IMB_DIR_ENCRYPT ? IMB_ORDER_CIPHER_HASH : IMB_ORDER_HASH_CIPHER;
    job->enc_keys = schedule_.data();
    job->dec_keys = schedule_.data();
    job->key_len_in_bytes = 16;
    job->iv = iv.data();
    job->iv_len_in_bytes = iv.size();
    job->src = scratch.bytes.data();
    job->dst = scratch.bytes.data() + scratch.aad_size;
    job->cipher_start_src_offset_in_bytes = scratch.aad_size;
    job->msg_len_to_cipher_in_bytes = scratch.payload_size;
    job->hash_start_src_offset_in_bytes = 0;
    job->msg_len_to_hash_in_bytes = scratch.size;
    job->u.HMAC._hashed_auth_key_xor_ipad = inner_.data();
    job->u.HMAC._hashed_auth_key_xor_opad = outer_.data();
    job->auth_tag_output = digest.data();
    job->auth_tag_output_len_in_bytes = digest.size();
    IMB_JOB* done = IMB_SUBMIT_JOB(manager_);
    if (done == nullptr) done = IMB_FLUSH_JOB(manager_);
    CHECK(done == job && done->status == IMB_STATUS_COMPLETED);
    return digest;
  }

  IMB_MGR* manager_;
  alignas(16) std::array<uint8_t, 16 * 15> schedule_;
  alignas(16) std::array<uint8_t, 20> inner_;
  alignas(16) std::array<uint8_t, 20> outer_;
};

class IpsecMbImpl final : public IpsecMb {
 public:
  IpsecMbImpl(Manager direct, Manager jobs) : direct_(std::move(direct)), jobs_(std::move(jobs)) {}

  std::unique_ptr<SrtpCipher> MakeCipher(SrtpProfile profile, std::span<const uint8_t> key,
                                         std::span<const uint8_t> auth_key) override {
    const IMB_MGR& m = *direct_;
    switch (profile) {
      case SrtpProfile::kAeadAes128Gcm:
        return std::make_unique<GcmCipher>(GcmFunctions{m.gcm128_enc, m.gcm128_dec, m.gcm128_pre},
                                           key);
      case SrtpProfile::kAeadAes256Gcm:
        return std::make_unique<GcmCipher>(GcmFunctions{m.gcm256_enc, m.gcm256_dec, m.gcm256_pre},
                                           key);
      case SrtpProfile::kAes128CmSha1_80:
        return std::make_unique<CounterModeCipher>(jobs_.get(), key, auth_key);
    }
    return nullptr;
  }

 private:
  Manager direct_;
  Manager jobs_;
};

}  // namespace

std::unique_ptr<IpsecMb> IpsecMb::Make() {
  Manager direct(alloc_mb_mgr(0));
  Manager jobs(alloc_mb_mgr(0));
  if (!direct || !jobs) return nullptr;
  init_mb_mgr_auto(direct.get(), nullptr);
  if (imb_get_errno(direct.get()) != 0) return nullptr;
  init_mb_mgr_sse(jobs.get());
  if (imb_get_errno(jobs.get()) != 0) return nullptr;
  return std::make_unique<IpsecMbImpl>(std::move(direct), std::move(jobs));
}

}  // namespace conclave::transport

#else

namespace conclave::transport {

std::unique_ptr<IpsecMb> IpsecMb::Make() { return nullptr; }

}  // namespace conclave::transport

#endif
