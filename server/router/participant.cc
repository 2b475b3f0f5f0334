#include "router/participant.h"

#include <algorithm>

namespace conclave::router {
namespace {

transport::PeerTransportConfig TransportConfig(const AddParticipant& command,
                                               Duration consent_timeout) {
  transport::PeerTransportConfig config;
  config.ice_role = transport::IceRole::kLite;
  config.dtls_role = command.role == DtlsRole::kServer ? transport::DtlsRole::kServer
                                                       : transport::DtlsRole::kClient;
  config.local = ToTransport(command.local);
  config.remote = ToTransport(command.remote);
  config.remote_fingerprint = command.remote_fingerprint;
  config.consent_timeout = consent_timeout;
  return config;
}

}  // namespace

transport::IceCredentials ToTransport(const IceCredentials& credentials) {
  return {credentials.ufrag, credentials.password};
}

Participant::Participant(Instant now, const ParticipantContext& context, ParticipantIndex self,
                         const AddParticipant& command, Duration consent_timeout)
    : id(command.participant),
      index(self),
      ufrags{command.local.ufrag},
      transport(now, context.transport, TransportConfig(command, consent_timeout)),
      publisher(self, context.touched, context.random),
      receiver(self, context.order, context.changed, context.histories, context.random,
               context.clock) {
  receiver.AddSlots(command.slots);
}

Instant Participant::NextDeadline() const {
  const Instant next = transport.NextDeadline();
  if (!transport.connected() || transport.closed()) return next;
  return std::min({next, publisher.NextDeadline(), receiver.NextDeadline()});
}

}  // namespace conclave::router
