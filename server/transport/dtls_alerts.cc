#include "transport/dtls_alerts.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include <algorithm>
#include <string>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/check.h"
#include "transport/openssl_ptr.h"

namespace conclave::transport {
namespace {

constexpr uint8_t kAlert = 21;
constexpr uint16_t kDtls12 = 0xfefd;
// Without renegotiation there is one epoch of encrypted records.
constexpr uint16_t kEpoch = 1;
constexpr uint8_t kWarning = 1;
constexpr uint8_t kFatal = 2;
constexpr uint8_t kCloseNotify = 0;

constexpr size_t kHeaderBytes = 13;
constexpr size_t kSequenceBytes = 8;
constexpr size_t kExplicitNonceBytes = 8;
constexpr size_t kNonceBytes = 12;
constexpr size_t kAlertBytes = 2;
constexpr size_t kTagBytes = 16;
constexpr size_t kBodyBytes = kExplicitNonceBytes + kAlertBytes + kTagBytes;
static_assert(DtlsAlerts::kRecordBytes == kHeaderBytes + kBodyBytes);

// Far above what OpenSSL has numbered, which counts from zero (RFC 6347 section 4.1), and below the
// end of the 48 bits: a peer's replay window takes it. It is the explicit nonce as well (RFC 5288
// section 3), where OpenSSL counts from a random number of 64 bits: that one of its few records has
// the same is as likely as guessing a key of 60 bits at once.
constexpr uint64_t kCloseSequence = uint64_t{kEpoch} << 48 | uint64_t{1} << 47;

using CipherContext = OpenSslPtr<EVP_CIPHER_CTX>;

bool DeriveKeyBlock(SSL* ssl, std::span<uint8_t> out) {
  // RFC 5246 section 6.3: PRF(master secret, "key expansion", server's random + client's).
  std::array<uint8_t, SSL_MAX_MASTER_KEY_LENGTH> master;
  std::array<uint8_t, 2 * SSL3_RANDOM_SIZE> randoms;
  const SSL_SESSION* session = SSL_get_session(ssl);
  const EVP_MD* digest = SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));
  if (session == nullptr || digest == nullptr) return false;
  const size_t size = SSL_SESSION_get_master_key(session, master.data(), master.size());
  SSL_get_server_random(ssl, randoms.data(), SSL3_RANDOM_SIZE);
  SSL_get_client_random(ssl, randoms.data() + SSL3_RANDOM_SIZE, SSL3_RANDOM_SIZE);
  std::string digest_name = EVP_MD_get0_name(digest);
  std::string label = "key expansion";
  const std::array parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest_name.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, master.data(), size),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, label.data(), label.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, randoms.data(), randoms.size()),
      OSSL_PARAM_construct_end()};
  const OpenSslPtr<EVP_KDF> kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_TLS1_PRF, nullptr));
  const OpenSslPtr<EVP_KDF_CTX> context(EVP_KDF_CTX_new(kdf.get()));
  const bool derived = context != nullptr && EVP_KDF_derive(context.get(), out.data(), out.size(),
                                                            parameters.data()) == 1;
  OPENSSL_cleanse(master.data(), master.size());
  return derived;
}

const EVP_CIPHER* CipherOf(size_t key_bytes) {
  return key_bytes == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
}

// RFC 5246 section 6.2.3.3, with the sequence number of RFC 6347 section 4.1.2.1.
std::array<uint8_t, kHeaderBytes> AssociatedData(std::span<const uint8_t> header) {
  std::array<uint8_t, kHeaderBytes> data;
  ByteWriter writer(data);
  writer.Bytes(header.subspan(3, kSequenceBytes));
  writer.Bytes(header.first(3));
  writer.U16(kAlertBytes);
  return data;
}

std::array<uint8_t, kNonceBytes> Nonce(std::span<const uint8_t> salt,
                                       std::span<const uint8_t> explicit_nonce) {
  std::array<uint8_t, kNonceBytes> nonce;
  std::ranges::copy(salt, nonce.begin());
  std::ranges::copy(explicit_nonce, nonce.begin() + static_cast<std::ptrdiff_t>(salt.size()));
  return nonce;
}

}  // namespace

DtlsAlerts::~DtlsAlerts() {
  OPENSSL_cleanse(&local_, sizeof(local_));
  OPENSSL_cleanse(&remote_, sizeof(remote_));
}

std::optional<DtlsAlerts> DtlsAlerts::Of(ssl_st* ssl, DtlsRole role) {
  DtlsAlerts alerts;
  switch (SSL_CIPHER_get_cipher_nid(SSL_get_current_cipher(ssl))) {
    case NID_aes_128_gcm:
      alerts.key_bytes_ = 16;
      break;
    case NID_aes_256_gcm:
      alerts.key_bytes_ = 32;
      break;
    default:
      return std::nullopt;
  }
  std::array<uint8_t, 2 * sizeof(Key)> block;
  const auto used = std::span(block).first(2 * (alerts.key_bytes_ + sizeof(Key::salt)));
  if (!DeriveKeyBlock(ssl, used)) return std::nullopt;
  Key& client = role == DtlsRole::kClient ? alerts.local_ : alerts.remote_;
  Key& server = role == DtlsRole::kClient ? alerts.remote_ : alerts.local_;
  ByteReader reader(used);
  std::ranges::copy(reader.Bytes(alerts.key_bytes_), client.key.begin());
  std::ranges::copy(reader.Bytes(alerts.key_bytes_), server.key.begin());
  std::ranges::copy(reader.Bytes(sizeof(Key::salt)), client.salt.begin());
  std::ranges::copy(reader.Bytes(sizeof(Key::salt)), server.salt.begin());
  OPENSSL_cleanse(block.data(), block.size());
  return alerts;
}

bool DtlsAlerts::Ends(std::span<const uint8_t> datagram) const {
  ByteReader reader(datagram);
  while (reader.remaining() > 0) {
    const std::span<const uint8_t> header = reader.Bytes(kHeaderBytes);
    if (!reader.ok()) return false;
    const std::span<const uint8_t> body = reader.Bytes(size_t{header[11]} << 8 | header[12]);
    if (!reader.ok()) return false;
    if (IsEnd(header, body)) return true;
  }
  return false;
}

bool DtlsAlerts::IsEnd(std::span<const uint8_t> header, std::span<const uint8_t> body) const {
  ByteReader reader(header);
  const bool is_alert = reader.U8() == kAlert && reader.U16() == kDtls12 && reader.U16() == kEpoch;
  if (!is_alert || body.size() != kBodyBytes) return false;
  const auto nonce = Nonce(remote_.salt, body.first(kExplicitNonceBytes));
  const auto data = AssociatedData(header);
  const auto sealed = body.subspan(kExplicitNonceBytes, kAlertBytes);
  std::array<uint8_t, kTagBytes> tag;
  std::ranges::copy(body.last(kTagBytes), tag.begin());
  std::array<uint8_t, kAlertBytes> alert;
  const CipherContext context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX* cipher = context.get();
  int size = 0;
  CHECK(
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher, CipherOf(key_bytes_), nullptr, remote_.key.data(), nonce.data()) ==
          1 &&
      EVP_DecryptUpdate(cipher, nullptr, &size, data.data(), static_cast<int>(data.size())) == 1 &&
      EVP_DecryptUpdate(cipher, alert.data(), &size, sealed.data(),
                        static_cast<int>(sealed.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1);
  const bool authentic = EVP_DecryptFinal_ex(cipher, nullptr, &size) == 1;
  // What failed here must not be found by the next handshake of this thread.
  if (!authentic) ERR_clear_error();
  return authentic && (alert[0] == kFatal || alert[1] == kCloseNotify);
}

std::array<uint8_t, DtlsAlerts::kRecordBytes> DtlsAlerts::CloseNotify() const {
  std::array<uint8_t, kRecordBytes> record;
  ByteWriter writer(record);
  writer.U8(kAlert);
  writer.U16(kDtls12);
  writer.U64(kCloseSequence);
  writer.U16(kBodyBytes);
  writer.U64(kCloseSequence);
  const auto header = std::span<const uint8_t>(record).first(kHeaderBytes);
  const auto nonce =
      Nonce(local_.salt, std::span(record).subspan(kHeaderBytes, kExplicitNonceBytes));
  const auto data = AssociatedData(header);
  const std::array<uint8_t, kAlertBytes> alert = {kWarning, kCloseNotify};
  uint8_t* sealed = record.data() + kHeaderBytes + kExplicitNonceBytes;
  const CipherContext context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX* cipher = context.get();
  int size = 0;
  CHECK(
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher, CipherOf(key_bytes_), nullptr, local_.key.data(), nonce.data()) ==
          1 &&
      EVP_EncryptUpdate(cipher, nullptr, &size, data.data(), static_cast<int>(data.size())) == 1 &&
      EVP_EncryptUpdate(cipher, sealed, &size, alert.data(), static_cast<int>(alert.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher, nullptr, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, kTagBytes, sealed + kAlertBytes) == 1);
  return record;
}

}  // namespace conclave::transport
