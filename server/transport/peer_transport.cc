#include "transport/peer_transport.h"

#include <algorithm>
#include <utility>

#include "base/prefetch.h"
#include "transport/dtls.h"
#include "transport/ice_client.h"
#include "transport/ice_lite.h"
#include "transport/srtp.h"

namespace conclave::transport {
namespace {

static_assert(PeerTransport::kMaxRtpOverhead == kMaxSrtpOverhead);
static_assert(PeerTransport::kMaxRtcpOverhead == kMaxSrtcpOverhead);

// Which path is selected stands near the beginning of an agent.
constexpr size_t kPrefetchedBytes = 256;

std::unique_ptr<IceAgent> MakeAgent(Instant now, TransportContext& context,
                                    PeerTransportConfig config) {
  if (config.ice_role == IceRole::kLite) {
    return std::make_unique<IceLite>(now, config.consent_timeout, std::move(config.local),
                                     std::move(config.remote));
  }
  return std::make_unique<IceClient>(now, config.consent_timeout, std::move(config.local),
                                     std::move(config.remote), std::move(config.remote_candidates),
                                     context.random);
}

TransportEvent EventOf(DtlsState final_state) {
  switch (final_state) {
    case DtlsState::kFingerprintMismatch:
      return TransportEvent::kFingerprintMismatch;
    case DtlsState::kClosed:
      return TransportEvent::kDtlsClosed;
    default:
      return TransportEvent::kDtlsFailed;
  }
}

}  // namespace

struct PeerTransport::Impl {
  Impl(Instant now, TransportContext& transport_context, PeerTransportConfig config)
      : context(transport_context),
        dtls(context.dtls, config.dtls_role, config.remote_fingerprint, config.handshake_timeout),
        ice(MakeAgent(now, context, std::move(config))) {}

  // What the agents and the association say after each input.
  void Follow(Instant now, Outbox& out);
  void FollowPath(Instant now, Outbox& out);
  void FollowDtls();
  void End(TransportEvent why);
  // Of a packet that came from the receiver.
  std::optional<size_t> Judge(std::optional<size_t> plain_bytes);
  bool MediaAllowed(const Path& path) const;

  TransportContext& context;
  Dtls dtls;
  std::unique_ptr<IceAgent> ice;
  std::optional<SrtpSender> sender;
  std::optional<SrtpReceiver> receiver;
  std::optional<Path> announced_path;
  uint32_t announced_restarts = 0;
  std::optional<SrtpProfile> profile;
  bool closed = false;
  std::vector<TransportEvent> events;
  PeerTransportStats stats;
};

void PeerTransport::Impl::Follow(Instant now, Outbox& out) {
  if (closed) return;
  if (ice->expired()) return End(TransportEvent::kConsentLost);
  FollowPath(now, out);
  FollowDtls();
  // Here, and not with the packet that proves it: a check comes every few seconds, a packet always.
  if (receiver && receiver->any()) dtls.Settle();
}

void PeerTransport::Impl::FollowPath(Instant now, Outbox& out) {
  if (!ice->selected()) return;
  // After a restart also where it looks as before: a relay hides what changed behind it.
  const bool restarted = ice->restarts() != announced_restarts;
  if (ice->selected()->path() == announced_path && !restarted) return;
  announced_path = ice->selected()->path();
  announced_restarts = ice->restarts();
  events.push_back(TransportEvent::kPathSelected);
  dtls.Start(now, *ice->selected(), out);
}

void PeerTransport::Impl::FollowDtls() {
  if (dtls.state() == DtlsState::kHandshaking) return;
  if (dtls.state() != DtlsState::kConnected) return End(EventOf(dtls.state()));
  if (receiver) return;
  profile = dtls.keys()->local.profile;
  sender.emplace(context.srtp, dtls.keys()->local);
  receiver.emplace(context.srtp, dtls.keys()->remote);
  events.push_back(TransportEvent::kConnected);
}

void PeerTransport::Impl::End(TransportEvent why) {
  closed = true;
  sender.reset();
  events.push_back(why);
}

bool PeerTransport::Impl::MediaAllowed(const Path& path) const {
  if (closed || !receiver) return false;
  // The selected path first: that is where nearly every packet comes from.
  return (ice->selected() && ice->selected()->path() == path) || ice->Validate(path).has_value();
}

std::optional<size_t> PeerTransport::Impl::Judge(std::optional<size_t> plain_bytes) {
  if (!plain_bytes && receiver->exhausted()) End(TransportEvent::kKeysUsedUp);
  return plain_bytes;
}

PeerTransport::PeerTransport(Instant now, TransportContext& context, PeerTransportConfig config)
    : impl_(std::make_unique<Impl>(now, context, std::move(config))) {}
PeerTransport::~PeerTransport() = default;

bool PeerTransport::OnStun(Instant now, const Path& path, std::span<const uint8_t> datagram,
                           Outbox& out) {
  if (impl_->closed) return false;
  if (!impl_->ice->OnStun(now, path, datagram, out)) {
    ++impl_->stats.dropped_stun;
    return false;
  }
  impl_->Follow(now, out);
  return true;
}

void PeerTransport::OnDtls(Instant now, const Path& path, std::span<const uint8_t> datagram,
                           Outbox& out) {
  if (impl_->closed) return;
  const std::optional<ValidatedPath> validated = impl_->ice->Validate(path);
  if (!validated) {
    ++impl_->stats.dropped_unvalidated;
    return;
  }
  impl_->dtls.OnDatagram(now, *validated, datagram, out);
  impl_->Follow(now, out);
}

void PeerTransport::OnDeadline(Instant now, Outbox& out) {
  if (impl_->closed) return;
  impl_->ice->OnDeadline(now, out);
  if (impl_->ice->selected()) impl_->dtls.OnDeadline(now, *impl_->ice->selected(), out);
  impl_->Follow(now, out);
}

Instant PeerTransport::NextDeadline() const {
  if (impl_->closed) return Instant::Never();
  return std::min(impl_->ice->NextDeadline(), impl_->dtls.NextDeadline());
}

void PeerTransport::RestartIce(Instant now, IceCredentials local, IceCredentials remote) {
  impl_->ice->Restart(now, std::move(local), std::move(remote));
}

void PeerTransport::AddRemoteCandidate(Instant now, const Path& path) {
  if (auto* client = dynamic_cast<IceClient*>(impl_->ice.get())) client->AddCandidate(now, path);
}

void PeerTransport::Close(Outbox& out) {
  if (impl_->closed) return;
  if (impl_->ice->selected()) impl_->dtls.Close(*impl_->ice->selected(), out);
  impl_->closed = true;
  impl_->sender.reset();
}

bool PeerTransport::connected() const { return impl_->sender.has_value(); }
bool PeerTransport::closed() const { return impl_->closed; }

std::optional<Path> PeerTransport::selected_path() const {
  if (!impl_->ice->selected()) return std::nullopt;
  return impl_->ice->selected()->path();
}

Instant PeerTransport::last_check() const { return impl_->ice->last_check(); }
std::optional<SrtpProfile> PeerTransport::srtp_profile() const { return impl_->profile; }

std::optional<size_t> PeerTransport::UnprotectRtp(const Path& path, std::span<const uint8_t> in,
                                                  std::span<uint8_t> out) {
  if (!impl_->MediaAllowed(path)) {
    ++impl_->stats.dropped_unvalidated;
    return std::nullopt;
  }
  return impl_->Judge(impl_->receiver->UnprotectRtp(in, out));
}

std::optional<size_t> PeerTransport::UnprotectRtcp(const Path& path, std::span<const uint8_t> in,
                                                   std::span<uint8_t> out) {
  if (!impl_->MediaAllowed(path)) {
    ++impl_->stats.dropped_unvalidated;
    return std::nullopt;
  }
  return impl_->Judge(impl_->receiver->UnprotectRtcp(in, out));
}

std::optional<size_t> PeerTransport::ProtectRtp(std::span<const uint8_t> header,
                                                std::span<const uint8_t> payload,
                                                std::span<uint8_t> dst) {
  if (!impl_->sender) return std::nullopt;
  return impl_->sender->ProtectRtp(header, payload, dst);
}

std::optional<size_t> PeerTransport::RepeatRtp(std::span<const uint8_t> header,
                                               std::span<const uint8_t> payload,
                                               std::span<uint8_t> dst) {
  if (!impl_->sender) return std::nullopt;
  return impl_->sender->RepeatRtp(header, payload, dst);
}

std::optional<size_t> PeerTransport::ProtectRtcp(std::span<const uint8_t> packet,
                                                 std::span<uint8_t> dst) {
  if (!impl_->sender) return std::nullopt;
  return impl_->sender->ProtectRtcp(packet, dst);
}

void PeerTransport::PrefetchForProtecting(int step) const {
  if (step == 0) {
    Prefetch(&impl_->ice, sizeof(impl_->ice) + sizeof(impl_->sender));
  } else {
    if (step == 1) Prefetch(impl_->ice.get(), kPrefetchedBytes);
    if (impl_->sender) impl_->sender->PrefetchForProtecting(step - 1);
  }
}

std::vector<TransportEvent> PeerTransport::TakeEvents() { return std::exchange(impl_->events, {}); }
bool PeerTransport::has_events() const { return !impl_->events.empty(); }

PeerTransportStats PeerTransport::stats() const {
  PeerTransportStats stats = impl_->stats;
  if (impl_->receiver) {
    const SrtpReceiverStats& srtp = impl_->receiver->stats();
    stats.dropped_malformed = srtp.malformed + srtp.table_full;
    stats.dropped_authentication = srtp.authentication;
    stats.dropped_replay = srtp.replay;
  }
  return stats;
}

}  // namespace conclave::transport
