// The datagrams that a shard takes in.
#include <algorithm>
#include <bit>

#include "router/rtcp_dispatch.h"
#include "router/shard_impl.h"
#include "transport/stun_reflexive.h"
#include "transport/stun_username.h"
#include "wire/demux.h"

namespace conclave::router {
namespace {

// When the pool is exhausted, histories give up what is older: a NACK mostly asks for younger.
constexpr Duration kHistoryUnderPressure = Duration::Millis(300);
// Giving up walks over all slots, so a pool that stays exhausted must not cause it per packet.
constexpr Duration kPressureInterval = Duration::Millis(50);
// A batch of so many is all that io/ takes at once, or nearly (io::kReceiveMax): more waits.
constexpr size_t kFullBatch = 900;
// After so long the socket's own buffer is about to run over, which drops whatever comes next:
// better video than all.
constexpr Duration kLateMax = Duration::Millis(150);
// While a packet is queued for one receiver, the queue of one so much later is loaded.
constexpr size_t kPushedAhead = 4;
// Two people who try a direct path ask some ten times, once for each of their interfaces; thousands
// in a second are somebody's who sends in others' names.
constexpr uint32_t kReflexivePerSecondMax = 1000;

}  // namespace

void Shard::Impl::OnDatagrams(Instant now, std::span<const ReceivedDatagram> batch) {
  now_ = now;
  // Checks go before media: where there is too much of that, nobody loses consent for it.
  for (const ReceivedDatagram& datagram : batch) {
    ++stats_.datagrams_received;
    stats_.bytes_received += datagram.bytes.size();
    if (wire::ClassifyDatagram(datagram.bytes) == wire::DatagramKind::kStun) OnStun(now, datagram);
  }
  const bool late = IsLate(now, batch.size());
  for (const ReceivedDatagram& datagram : batch) OnDatagram(now, datagram, late);
  RunHandshakes(now);
  Finish();
}

bool Shard::Impl::IsLate(Instant now, size_t batch_size) {
  if (batch_size < kFullBatch) full_since_ = Instant::Never();
  if (batch_size >= kFullBatch && full_since_ == Instant::Never()) full_since_ = now;
  return full_since_ <= now && now - full_since_ > kLateMax;
}

void Shard::Impl::OnDatagram(Instant now, const ReceivedDatagram& datagram, bool late) {
  const wire::DatagramKind kind = wire::ClassifyDatagram(datagram.bytes);
  if (kind == wire::DatagramKind::kStun) return;
  if (kind == wire::DatagramKind::kUnknown || datagram.bytes.size() > kMaxDatagramBytes) {
    ++stats_.dropped_malformed;
    return;
  }
  const auto index = paths_.Find(datagram.path);
  if (!index) {
    ++stats_.dropped_unknown_path;
    return;
  }
  switch (kind) {
    case wire::DatagramKind::kRtp:
      if (late && At(*index)->publisher.IsVideo(datagram.bytes)) {
        ++stats_.dropped_late;
        return;
      }
      OnRtp(now, *At(*index), datagram);
      break;
    case wire::DatagramKind::kRtcp:
      OnRtcp(now, *At(*index), datagram);
      break;
    default:
      handshakes_.Push(*index, datagram.path, datagram.bytes);
      break;
  }
}

void Shard::Impl::OnStun(Instant now, const ReceivedDatagram& datagram) {
  const auto username = transport::PeekStunUsername(datagram.bytes);
  const auto index = username ? ufrags_.Find(username->local_ufrag) : paths_.Find(datagram.path);
  if (!username && AnswerReflexive(now, datagram)) return;
  if (!index) {
    ++stats_.dropped_unknown_path;
    return;
  }
  Participant& participant = *At(*index);
  if (participant.transport.OnStun(now, datagram.path, datagram.bytes, outbox_)) {
    paths_.Insert(datagram.path, *index);
  } else {
    ++stats_.dropped_authentication;
  }
  AfterTransport(now, participant);
}

bool Shard::Impl::AnswerReflexive(Instant now, const ReceivedDatagram& datagram) {
  // Only whoever is in a meeting is told: this is no STUN server for everybody (decisions 9).
  if (!paths_.KnowsAddress(datagram.path.remote.ip)) return false;
  const auto answer = transport::ReflexiveAnswer::To(datagram.bytes, datagram.path.remote);
  if (!answer) return false;
  if (now >= reflexive_until_) {
    reflexive_until_ = now + Duration::Seconds(1);
    reflexive_answers_ = 0;
  }
  if (reflexive_answers_++ < kReflexivePerSecondMax) {
    control_.Append(datagram.path, answer->bytes());
  }
  return true;
}

std::optional<media::PacketRef> Shard::Impl::AllocatePacket(Instant now, size_t bytes) {
  if (auto packet = pool_.Allocate(bytes)) return packet;
  if (now < next_pressure_) return std::nullopt;
  next_pressure_ = now + kPressureInterval;
  for (const auto& participant : participants_) {
    if (participant) participant->receiver.DropHistoryBefore(now - kHistoryUnderPressure);
  }
  return pool_.Allocate(bytes);
}

void Shard::Impl::OnRtp(Instant now, Participant& participant, const ReceivedDatagram& datagram) {
  const auto packet = AllocatePacket(now, datagram.bytes.size());
  if (!packet) {
    ++stats_.dropped_pool_full;
    return;
  }
  const auto size =
      participant.transport.UnprotectRtp(datagram.path, datagram.bytes, (*packet)->bytes);
  if (!size) return OnRefused(now, participant);
  (*packet)->size_bytes = static_cast<uint16_t>(*size);
  Arrived arrived;
  switch (participant.publisher.OnRtp(datagram.arrival, **packet, arrived)) {
    case IngestVerdict::kMalformed:
      ++stats_.dropped_malformed;
      break;
    case IngestVerdict::kNothing:
      break;
    case IngestVerdict::kMedia:
      Forward(now, participant.room, arrived, *packet);
      break;
  }
}

void Shard::Impl::Forward(Instant now, RoomIndex index, const Arrived& arrived,
                          const media::PacketRef& packet) {
  const bool audio = arrived.track->kind() == MediaKind::kAudio;
  Room& room = *rooms_[index.value()];
  const auto& level = packet->info.audio_level;
  const bool moved = audio ? level && room.OnAudioPacket(now, *arrived.track, level->level)
                           : room.OnVideoPacket(now, arrived.layer_began);
  if (moved) touched_rooms_.Add(index);
  const auto priority = audio ? Egress::Priority::kAudio : Egress::Priority::kVideo;
  const TrackLayer& layer = arrived.track->layer(arrived.layer);
  if (layer.relayed_to != 0) {
    stats_.relayed_out += static_cast<uint64_t>(std::popcount(layer.relayed_to));
    relays_.Add(layer.relayed_to, *packet, audio);
  }
  const std::vector<Subscription>& wanted = layer.subscriptions;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (i + kPushedAhead < wanted.size()) wanted[i + kPushedAhead].egress->PrefetchForPush();
    wanted[i].egress->Push(priority, {packet, wanted[i].slot, 0});
  }
}

void Shard::Impl::OnRtcp(Instant now, Participant& participant, const ReceivedDatagram& datagram) {
  const auto size =
      participant.transport.UnprotectRtcp(datagram.path, datagram.bytes, datagram.bytes);
  if (!size) return OnRefused(now, participant);
  const Instant before = participant.receiver.NextDeadline();
  if (!DispatchRtcp(now, datagram.bytes.first(*size), participant.publisher, participant.receiver,
                    scratch_)) {
    ++stats_.dropped_malformed;
  }
  if (participant.receiver.NextDeadline() != before) touched_.Add(participant.index);
  if (participant.receiver.downlink().TakeStep(now)) {
    RoomOf(participant).OnBudget(participant.index);
    touched_rooms_.Add(participant.room);
  }
}

void Shard::Impl::RunHandshakes(Instant now) {
  for (size_t i = 0; i < HandshakeQueue::kPerTurn && !handshakes_.empty(); ++i) {
    const HandshakeDatagram& datagram = handshakes_.front();
    // The participant may have left meanwhile, and its place may be another's: then the path is
    // too.
    if (paths_.Find(datagram.path) == datagram.participant) {
      Participant& participant = *At(datagram.participant);
      participant.transport.OnDtls(now, datagram.path, datagram.bytes, outbox_);
      AfterTransport(now, participant);
    }
    handshakes_.Pop();
  }
}

}  // namespace conclave::router
