#include "transport/dtls.h"

#include <openssl/err.h>
#include <openssl/srtp.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "transport/certificate_native.h"
#include "transport/dtls_bio.h"
#include "transport/dtls_context_native.h"
#include "transport/dtls_filter.h"

namespace conclave::transport {
namespace {

// RFC 5764 section 4.2.
constexpr char kExporterLabel[] = "EXTRACTOR-dtls_srtp";

std::optional<SrtpProfile> ProfileOf(const SRTP_PROTECTION_PROFILE* selected) {
  if (selected == nullptr) return std::nullopt;
  switch (selected->id) {
    case SRTP_AEAD_AES_128_GCM:
      return SrtpProfile::kAeadAes128Gcm;
    case SRTP_AEAD_AES_256_GCM:
      return SrtpProfile::kAeadAes256Gcm;
    case SRTP_AES128_CM_SHA1_80:
      return SrtpProfile::kAes128CmSha1_80;
    default:
      return std::nullopt;
  }
}

}  // namespace

struct Dtls::Native {
  // Declared first: the SSL object's BIO points to it.
  DtlsBio datagrams;
  OpenSslPtr<SSL> ssl;
};

Dtls::Dtls(const DtlsContext& context, DtlsRole role, const Fingerprint& remote_fingerprint,
           Duration handshake_timeout)
    : native_(std::make_unique<Native>()),
      role_(role),
      remote_fingerprint_(remote_fingerprint),
      handshake_timeout_(handshake_timeout) {
  native_->ssl.reset(SSL_new(context.native().ssl.get()));
  SSL* ssl = native_->ssl.get();
  CHECK(ssl != nullptr);
  BIO* bio = native_->datagrams.MakeBio(context.native().bio_method.get());
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, this);
  CHECK(DTLS_set_link_mtu(ssl, kDtlsLinkMtu) == 1);
  DTLS_set_timer_cb(ssl, &DtlsBio::TimerInterval);
  if (role == DtlsRole::kServer) {
    SSL_set_accept_state(ssl);
  } else {
    SSL_set_connect_state(ssl);
  }
}

Dtls::~Dtls() = default;

int Dtls::VerifyPeer(x509_store_ctx_st* store, void*) {
  const auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* self = static_cast<Dtls*>(SSL_get_app_data(ssl));
  const X509* certificate = X509_STORE_CTX_get0_cert(store);
  self->mismatch_ =
      certificate == nullptr || FingerprintOf(certificate) != self->remote_fingerprint_;
  // Refusing here ends the handshake before our Finished, with an alert.
  X509_STORE_CTX_set_error(store, self->mismatch_ ? X509_V_ERR_CERT_REJECTED : X509_V_OK);
  return self->mismatch_ ? 0 : 1;
}

void Dtls::Start(Instant now, const ValidatedPath& path, Outbox& out) {
  if (give_up_at_ != Instant::Never() || state_ != DtlsState::kHandshaking) return;
  give_up_at_ = now + handshake_timeout_;
  if (role_ == DtlsRole::kClient) Drive(now, path, out);
}

void Dtls::OnDatagram(Instant now, const ValidatedPath& path, std::span<const uint8_t> datagram,
                      Outbox& out) {
  if (state_ > DtlsState::kConnected || datagram.size() > kMaxDatagramBytes) return;
  if (alerts_) {
    if (alerts_->Ends(datagram)) Fail(DtlsState::kClosed);
    return;
  }
  Start(now, path, out);
  const DtlsPhase phase =
      state_ == DtlsState::kConnected ? DtlsPhase::kEstablished : DtlsPhase::kHandshake;
  std::array<uint8_t, kMaxDatagramBytes> records;
  const size_t size = FilterDtlsRecords(phase, datagram, records);
  if (size == 0) return;
  native_->datagrams.SetInput(std::span(records).first(size));
  Drive(now, path, out);
  native_->datagrams.ClearInput();
}

void Dtls::OnDeadline(Instant now, const ValidatedPath& path, Outbox& out) {
  if (state_ != DtlsState::kHandshaking) return;
  if (now >= give_up_at_) return Fail(DtlsState::kFailed);
  if (now < retransmit_at_) return;
  retransmit_after_ = std::min(retransmit_after_ * 2, kDtlsMaxTimeout);
  retransmit_at_ = now + retransmit_after_;
  native_->datagrams.ExpireTimer();
  ERR_clear_error();
  const bool gave_up = DTLSv1_handle_timeout(native_->ssl.get()) < 0;
  timer_starts_ = native_->datagrams.timer_starts();
  Flush(path, out);
  if (gave_up) Fail(DtlsState::kFailed);
}

Instant Dtls::NextDeadline() const {
  if (state_ != DtlsState::kHandshaking) return Instant::Never();
  return std::min(give_up_at_, retransmit_at_);
}

void Dtls::Settle() {
  if (state_ != DtlsState::kConnected || alerts_) return;
  alerts_ = DtlsAlerts::Of(native_->ssl.get(), role_);
  if (alerts_) native_.reset();
}

void Dtls::Close(const ValidatedPath& path, Outbox& out) {
  if (state_ != DtlsState::kConnected) return;
  if (alerts_) {
    out.Append(path.path(), alerts_->CloseNotify());
    return Fail(DtlsState::kClosed);
  }
  // Reading first, which alone makes the buffers anew in OpenSSL 3.0.
  ERR_clear_error();
  ReadAlerts();
  if (state_ != DtlsState::kConnected) return;
  SSL_shutdown(native_->ssl.get());
  Flush(path, out);
  Fail(DtlsState::kClosed);
}

void Dtls::Drive(Instant now, const ValidatedPath& path, Outbox& out) {
  // The queue of errors belongs to the thread, and SSL_get_error looks at it.
  ERR_clear_error();
  if (state_ == DtlsState::kHandshaking) Handshake();
  if (state_ == DtlsState::kConnected) ReadAlerts();
  // 32 KiB for each participant, of which nothing is needed until it settles.
  // SSL_MODE_RELEASE_BUFFERS does not work for DTLS.
  if (state_ == DtlsState::kConnected) SSL_free_buffers(native_->ssl.get());
  Flush(path, out);
  FollowTimer(now);
}

void Dtls::Handshake() {
  SSL* ssl = native_->ssl.get();
  const int result = SSL_do_handshake(ssl);
  if (result == 1) return OnHandshakeDone();
  const int error = SSL_get_error(ssl, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return;
  Fail(mismatch_ ? DtlsState::kFingerprintMismatch : DtlsState::kFailed);
}

void Dtls::OnHandshakeDone() {
  if (!PeerMatches()) return Fail(DtlsState::kFingerprintMismatch);
  if (SSL_get_extms_support(native_->ssl.get()) != 1 || !ExportKeys()) {
    return Fail(DtlsState::kFailed);
  }
  state_ = DtlsState::kConnected;
}

bool Dtls::PeerMatches() const {
  // Again, although VerifyPeer has judged it: no key without a certificate that was looked at.
  const X509* certificate = SSL_get0_peer_certificate(native_->ssl.get());
  return !mismatch_ && certificate != nullptr && FingerprintOf(certificate) == remote_fingerprint_;
}

bool Dtls::ExportKeys() {
  SSL* ssl = native_->ssl.get();
  const std::optional<SrtpProfile> profile = ProfileOf(SSL_get_selected_srtp_profile(ssl));
  if (!profile) return false;
  const SrtpProfileSizes sizes = SizesOf(*profile);
  std::array<uint8_t, 2 * (32 + 14)> material;
  const size_t size = 2 * (sizes.key + sizes.salt);
  if (SSL_export_keying_material(ssl, material.data(), size, kExporterLabel,
                                 sizeof(kExporterLabel) - 1, nullptr, 0, 0) != 1) {
    return false;
  }
  SrtpMasterKey client;
  SrtpMasterKey server;
  client.profile = server.profile = *profile;
  const uint8_t* next = material.data();
  const auto take = [&next](uint8_t* to, size_t count) {
    std::copy_n(next, count, to);
    next += count;
  };
  take(client.key.data(), sizes.key);
  take(server.key.data(), sizes.key);
  take(client.salt.data(), sizes.salt);
  take(server.salt.data(), sizes.salt);
  OPENSSL_cleanse(material.data(), material.size());
  keys_.emplace();
  keys_->local = role_ == DtlsRole::kClient ? client : server;
  keys_->remote = role_ == DtlsRole::kClient ? server : client;
  return true;
}

void Dtls::ReadAlerts() {
  SSL* ssl = native_->ssl.get();
  // No application data gets here, so a read only handles alerts and repeated Finished messages.
  std::array<uint8_t, 64> unused;
  const int result = SSL_read(ssl, unused.data(), static_cast<int>(unused.size()));
  if ((SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0) return Fail(DtlsState::kClosed);
  const int error = result > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl, result);
  if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL) Fail(DtlsState::kClosed);
}

void Dtls::Fail(DtlsState why) {
  state_ = why;
  keys_.reset();
}

void Dtls::Flush(const ValidatedPath& path, Outbox& out) {
  DtlsBio& datagrams = native_->datagrams;
  for (size_t i = 0; i < datagrams.output_count(); ++i)
    out.Append(path.path(), datagrams.output(i));
  datagrams.ClearOutput();
}

void Dtls::FollowTimer(Instant now) {
  const DtlsBio& datagrams = native_->datagrams;
  if (!datagrams.timer_armed()) {
    retransmit_at_ = Instant::Never();
  } else if (datagrams.timer_starts() != timer_starts_) {
    retransmit_after_ = kDtlsFirstTimeout;
    retransmit_at_ = now + retransmit_after_;
  }
  timer_starts_ = datagrams.timer_starts();
}

}  // namespace conclave::transport
