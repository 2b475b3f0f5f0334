// One DTLS 1.2 association (RFC 6347) that yields SRTP keys (RFC 5764). Sans-IO, on virtual time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/time.h"
#include "transport/dtls_alerts.h"
#include "transport/dtls_context.h"
#include "transport/ice_agent.h"
#include "transport/outbox.h"
#include "transport/srtp_keys.h"
#include "transport/types.h"

struct x509_store_ctx_st;

namespace conclave::transport {

enum class DtlsState : uint8_t {
  kHandshaking,
  kConnected,
  // Final, from here on. OpenSSL gave up, the handshake took too long, or it ended without all that
  // we require: use_srtp, the extended master secret (RFC 7627), a certificate.
  kFailed,
  // The peer's certificate is not the one that signaling announced (RFC 8122 section 5).
  kFingerprintMismatch,
  // close_notify or a fatal alert of the authenticated peer.
  kClosed,
};

// The first retransmission comes early, as in browsers: the RTT of a call is seldom longer. OpenSSL
// gives up after the twelfth.
inline constexpr Duration kDtlsFirstTimeout = Duration::Millis(100);
inline constexpr Duration kDtlsMaxTimeout = Duration::Seconds(2);
// Datagrams with UDP and IP headers (RFC 8831 section 5 and most tunnels allow 1200).
inline constexpr int kDtlsLinkMtu = 1200;

class Dtls {
 public:
  // `context` outlives the association. `handshake_timeout` runs from the first call with a path
  // on.
  Dtls(const DtlsContext& context, DtlsRole role, const Fingerprint& remote_fingerprint,
       Duration handshake_timeout);
  ~Dtls();
  Dtls(const Dtls&) = delete;
  Dtls& operator=(const Dtls&) = delete;

  // There is a path: the client sends its ClientHello, the time for the handshake begins. Later
  // calls do nothing.
  void Start(Instant now, const ValidatedPath& path, Outbox& out);
  // Up to a millisecond of CPU while handshaking. Answers go to `path`.
  void OnDatagram(Instant now, const ValidatedPath& path, std::span<const uint8_t> datagram,
                  Outbox& out);
  void OnDeadline(Instant now, const ValidatedPath& path, Outbox& out);
  Instant NextDeadline() const;
  // To be called once the peer has proven that it has our last flight, by an authentic packet under
  // keys(): OpenSSL's objects go, which hold 40 KB for a flight that may have to be sent again.
  // Alerts are understood and sent as before, and nothing else. Does nothing unless connected.
  void Settle();
  // Sends close_notify where connected.
  void Close(const ValidatedPath& path, Outbox& out);

  DtlsState state() const { return state_; }
  // Only in kConnected, and only after the fingerprint matched.
  const std::optional<SrtpKeys>& keys() const { return keys_; }

  // OpenSSL's callback that judges the peer's certificate, for dtls_context.cc only.
  static int VerifyPeer(x509_store_ctx_st* store, void* unused);

 private:
  struct Native;
  void Drive(Instant now, const ValidatedPath& path, Outbox& out);
  void Handshake();
  void ReadAlerts();
  void OnHandshakeDone();
  bool PeerMatches() const;
  bool ExportKeys();
  void Fail(DtlsState why);
  void Flush(const ValidatedPath& path, Outbox& out);
  void FollowTimer(Instant now);

  // None once settled.
  std::unique_ptr<Native> native_;
  std::optional<DtlsAlerts> alerts_;
  DtlsRole role_;
  Fingerprint remote_fingerprint_;
  Duration handshake_timeout_;
  DtlsState state_ = DtlsState::kHandshaking;
  bool mismatch_ = false;
  std::optional<SrtpKeys> keys_;
  Instant give_up_at_ = Instant::Never();
  Instant retransmit_at_ = Instant::Never();
  Duration retransmit_after_ = kDtlsFirstTimeout;
  uint64_t timer_starts_ = 0;
};

}  // namespace conclave::transport
