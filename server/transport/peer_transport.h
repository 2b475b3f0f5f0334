// One participant's transport: ICE, then DTLS, then SRTP, in that order only. Sans-IO.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/datagram.h"
#include "base/time.h"
#include "transport/outbox.h"
#include "transport/transport_context.h"
#include "transport/types.h"

namespace conclave::transport {

enum class IceRole : uint8_t {
  // RFC 8445 section 2.5: answers checks, never sends one. What the server is.
  kLite,
  // Sends checks and nominates. For tests, the simulation and the load generator.
  kControlling,
};

struct PeerTransportConfig {
  IceRole ice_role = IceRole::kLite;
  DtlsRole dtls_role = DtlsRole::kServer;
  IceCredentials local;
  IceCredentials remote;
  Fingerprint remote_fingerprint{};
  Duration consent_timeout = Duration::Seconds(30);
  // How long the DTLS handshake may take from the first validated path on.
  Duration handshake_timeout = Duration::Seconds(30);
  // kControlling only: where to send checks, and from which socket. At most 8 are used.
  std::vector<Path> remote_candidates;
};

struct PeerTransportStats {
  // Datagrams from paths that no authenticated check has validated, or before there were keys.
  uint64_t dropped_unvalidated = 0;
  // Checks with a wrong or missing MESSAGE-INTEGRITY, garbage, other usernames.
  uint64_t dropped_stun = 0;
  uint64_t dropped_malformed = 0;
  uint64_t dropped_authentication = 0;
  uint64_t dropped_replay = 0;
};

// Drive it with OnStun and OnDtls (by first byte, RFC 7983) and OnDeadline; after each, send what
// is in the outbox and take the events. Media goes through Protect* and Unprotect*, which neither
// allocate nor log after the first packet of an SSRC.
//
// A handshake datagram costs up to a millisecond of CPU (signatures): the shard feeds OnDtls after
// the media of the same batch, from a queue, a few per tick (decisions 28). Nothing here depends on
// when.
class PeerTransport {
 public:
  // `context` outlives the transport.
  PeerTransport(Instant now, TransportContext& context, PeerTransportConfig config);
  ~PeerTransport();
  PeerTransport(const PeerTransport&) = delete;
  PeerTransport& operator=(const PeerTransport&) = delete;

  // Returns whether the datagram was an authenticated STUN message of this peer: only then may the
  // owner remember that `path` is this peer's.
  bool OnStun(Instant now, const Path& path, std::span<const uint8_t> datagram, Outbox& out);
  void OnDtls(Instant now, const Path& path, std::span<const uint8_t> datagram, Outbox& out);
  void OnDeadline(Instant now, Outbox& out);
  Instant NextDeadline() const;

  // RFC 8445 section 9: both the old and the new credentials are valid until the first check with
  // the new ones. DTLS and SRTP go on.
  void RestartIce(Instant now, IceCredentials local, IceCredentials remote);
  // kControlling only: one more way to reach the server (from another socket, say), which is
  // selected once it answers. Ignored beyond eight.
  void AddRemoteCandidate(Instant now, const Path& path);
  // Sends close_notify where there is an association. Nothing is sent or accepted afterwards.
  void Close(Outbox& out);

  bool connected() const;
  // Closed by us, or after a final event.
  bool closed() const;
  // Where to send. Empty until ICE has nominated one.
  std::optional<Path> selected_path() const;
  // When the last authenticated check arrived.
  Instant last_check() const;
  std::optional<SrtpProfile> srtp_profile() const;

  // Decrypts a datagram that came in on `path`: returns the size of the RTP packet (or compound
  // RTCP packet) written at `out`. `out` is as long as `in` at least; it may be the same memory,
  // else must not overlap. Returns nothing, changes no state and counts where `in` is not a fresh
  // authentic packet. An authentic one of an SSRC too many ends the transport (kKeysUsedUp).
  std::optional<size_t> UnprotectRtp(const Path& path, std::span<const uint8_t> in,
                                     std::span<uint8_t> out);
  std::optional<size_t> UnprotectRtcp(const Path& path, std::span<const uint8_t> in,
                                      std::span<uint8_t> out);

  // What protection adds at most: 16 bytes of tag, for RTCP 4 more of index.
  static constexpr size_t kMaxRtpOverhead = 16;
  static constexpr size_t kMaxRtcpOverhead = 20;

  // Writes header + encrypted payload + tag at `dst`, which must hold kMaxRtpOverhead more than
  // both, and returns the size. `header` is a whole RTP header with CSRCs and extensions; it may
  // already lie at `dst`. `payload` (with its padding) is not changed, so many receivers can share
  // it; it must not overlap `dst`, unless it lies exactly behind the header there. Nothing before
  // connected(), or when the table of SSRCs is full. Each (SSRC, sequence number) may be passed
  // once (decisions 25), in any order within 1024 numbers: a second time is a CHECK failure. An
  // SSRC should start below 2^15 (RFC 3711 section 3.3.1).
  std::optional<size_t> ProtectRtp(std::span<const uint8_t> header,
                                   std::span<const uint8_t> payload, std::span<uint8_t> dst);
  // The same once more for a packet that is byte-identical to one that ProtectRtp has protected
  // (decisions 17 and 25). The caller vouches for that; the observer of the SrtpEngine checks it in
  // the simulation.
  std::optional<size_t> RepeatRtp(std::span<const uint8_t> header, std::span<const uint8_t> payload,
                                  std::span<uint8_t> dst);
  // `packet` is a compound RTCP packet of at least 8 bytes; it may lie at `dst`, which must hold
  // kMaxRtcpOverhead more.
  std::optional<size_t> ProtectRtcp(std::span<const uint8_t> packet, std::span<uint8_t> dst);

  // Hints what ProtectRtp will touch: call it with 0, 1 and 2, each while others are served,
  // because each step follows pointers that the one before loads.
  void PrefetchForProtecting(int step) const;

  // Moves out the events since the last call, oldest first.
  std::vector<TransportEvent> TakeEvents();
  bool has_events() const;
  PeerTransportStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace conclave::transport
