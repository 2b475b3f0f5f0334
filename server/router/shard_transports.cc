// What a shard does with what its transports say.
#include "base/log.h"
#include "router/shard_impl.h"

namespace conclave::router {

void Shard::Impl::AfterTransport(Instant now, Participant& participant) {
  for (size_t i = 0; i < outbox_.size(); ++i) control_.Append(outbox_[i].path, outbox_[i].bytes);
  outbox_.Clear();
  touched_.Add(participant.index);
  if (!participant.transport.has_events()) return;
  for (const transport::TransportEvent event : participant.transport.TakeEvents()) {
    OnTransportEvent(now, participant, event);
  }
}

void Shard::Impl::OnTransportEvent(Instant now, Participant& participant,
                                   transport::TransportEvent event) {
  const auto fail = [&](TransportFailure why) {
    participant.receiver.egress().Close();
    RoomOf(participant).SetConnected(now, participant.index, false);
    events_.push_back(TransportFailed{participant.id, why});
    LOG(kDebug, Name(participant.id) + " lost its transport");
  };
  touched_rooms_.Add(participant.room);
  switch (event) {
    case transport::TransportEvent::kPathSelected:
      participant.receiver.downlink().OnRouteChange(now);
      break;
    case transport::TransportEvent::kConnected:
      participant.receiver.egress().Open();
      RoomOf(participant).SetConnected(now, participant.index, true);
      events_.push_back(TransportConnected{participant.id});
      LOG(kDebug, Name(participant.id) + " connected");
      break;
    case transport::TransportEvent::kConsentLost:
      fail(TransportFailure::kConsentLost);
      break;
    case transport::TransportEvent::kDtlsFailed:
      fail(TransportFailure::kDtlsFailed);
      break;
    case transport::TransportEvent::kFingerprintMismatch:
      fail(TransportFailure::kFingerprintMismatch);
      break;
    case transport::TransportEvent::kDtlsClosed:
      fail(TransportFailure::kDtlsClosed);
      break;
    case transport::TransportEvent::kKeysUsedUp:
      fail(TransportFailure::kKeysUsedUp);
      break;
  }
}

void Shard::Impl::OnRefused(Instant now, Participant& participant) {
  CountDrops(participant);
  if (participant.transport.has_events()) AfterTransport(now, participant);
}

void Shard::Impl::CountDrops(Participant& participant) {
  const transport::PeerTransportStats& now = participant.transport.stats();
  transport::PeerTransportStats& before = participant.counted;
  stats_.dropped_unknown_path += now.dropped_unvalidated - before.dropped_unvalidated;
  stats_.dropped_malformed += now.dropped_malformed - before.dropped_malformed;
  stats_.dropped_authentication += now.dropped_authentication - before.dropped_authentication;
  stats_.dropped_replay += now.dropped_replay - before.dropped_replay;
  before = now;
}

}  // namespace conclave::router
