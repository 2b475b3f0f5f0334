// One participant of a shard: its transport, what it sends and what it receives.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "router/commands.h"
#include "router/participant_index.h"
#include "router/publisher.h"
#include "router/receiver.h"
#include "transport/peer_transport.h"

namespace conclave::router {

// What the parts of a participant share with the rest of the shard; all of it outlives them.
struct ParticipantContext {
  transport::TransportContext& transport;
  SendOrder& order;
  TouchedParticipants& touched;
  TouchedParticipants& changed;
  media::HistoryPool& histories;
  Random& random;
  const media::NtpClock& clock;
};

struct Participant {
  Participant(Instant now, const ParticipantContext& context, ParticipantIndex self,
              const AddParticipant& command, Duration consent_timeout);

  // The earliest of its parts' deadlines. Media parts only count while the transport is up.
  Instant NextDeadline() const;

  const ParticipantId id;
  const ParticipantIndex index;
  RoomIndex room;
  // Ours, by which checks find it; the newest last.
  std::vector<std::string> ufrags;
  transport::PeerTransport transport;
  Publisher publisher;
  Receiver receiver;
  // The transport's counters as of when the shard last took them over.
  transport::PeerTransportStats counted;
};

transport::IceCredentials ToTransport(const IceCredentials& credentials);

}  // namespace conclave::router
