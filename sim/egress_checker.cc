#include "sim/egress_checker.h"

#include <algorithm>
#include <string>
#include <variant>

namespace conclave::sim {
namespace {

// media::SendHistory::kKeyFrameAgeMax: nothing older is sent again.
constexpr Duration kResendMax = Duration::Seconds(2);

std::string Name(ParticipantId id) { return "participant " + std::to_string(id.value()); }
std::string Name(SlotId id) { return "slot " + std::to_string(id.value()); }
std::string Name(TrackId id) { return "track " + std::to_string(id.value()); }

// RFC 3550 section 5.1: the first CSRC, 0 where there is none.
uint32_t FirstCsrc(std::span<const uint8_t> header) {
  if (header.size() < 16 || (header[0] & 0x0f) == 0) return 0;
  return uint32_t{header[12]} << 24 | uint32_t{header[13]} << 16 | uint32_t{header[14]} << 8 |
         header[15];
}

}  // namespace

void EgressChecker::OnCommand(const router::Command& command) {
  if (const auto* add = std::get_if<router::AddParticipant>(&command)) {
    members_[add->participant] = {add->room, std::nullopt};
    AddSections(add->participant, add->tracks, add->slots);
  } else if (const auto* more = std::get_if<router::AddMediaSections>(&command)) {
    AddSections(more->participant, more->tracks, more->slots);
  } else if (const auto* remove = std::get_if<router::RemoveParticipant>(&command)) {
    Remove(remove->participant);
  } else if (const auto* move = std::get_if<router::MoveParticipant>(&command)) {
    Move(move->participant, move->room);
  }
}

void EgressChecker::AddSections(ParticipantId participant,
                                std::span<const router::TrackConfig> tracks,
                                std::span<const router::SlotConfig> slots) {
  for (const router::TrackConfig& track : tracks) tracks_[track.track] = {participant};
  for (const router::SlotConfig& slot : slots) {
    Stream stream;
    stream.participant = participant;
    stream.slot = slot.slot;
    stream.video = slot.kind == router::MediaKind::kVideo;
    streams_[slot.ssrc] = stream;
    stream.rtx = true;
    if (slot.rtx_ssrc != 0) streams_[slot.rtx_ssrc] = stream;
  }
}

void EgressChecker::Remove(ParticipantId participant) {
  members_.erase(participant);
  for (auto& [id, track] : tracks_) {
    if (track.owner == participant) track.left = now_;
  }
  for (const auto& [ssrc, stream] : streams_) {
    if (stream.participant == participant) CloseStream(stream);
  }
  std::erase_if(streams_, [&](const auto& e) { return e.second.participant == participant; });
  std::erase_if(told_, [&](const auto& entry) { return entry.first.first == participant; });
  for (auto& [address, entry] : addresses_) {
    if (entry.participant == participant) entry.left = now_;
  }
}

void EgressChecker::Move(ParticipantId participant, RoomId room) {
  const auto member = members_.find(participant);
  if (member == members_.end() || member->second.room == room) return;
  member->second = {room, now_};
}

void EgressChecker::CloseStream(const Stream& stream) {
  if (!stream.started) return;
  const uint64_t missing = stream.highest - stream.first + 1 - stream.count;
  if (stream.video && !stream.rtx) video_gaps_ += missing;
  if (stream.rtx && missing != 0) {
    violations_.Add(now_, Name(stream.participant) + ", " + Name(stream.slot) + ": " +
                              std::to_string(missing) + " numbers missing in its RTX stream");
  }
}

void EgressChecker::OnEvent(const router::Event& event) {
  const auto* changed = std::get_if<router::SlotsChanged>(&event);
  if (!changed) return;
  for (const router::SlotAssignment& slot : changed->slots) {
    told_[{changed->participant, slot.slot}] = slot.track;
  }
}

void EgressChecker::SetAddress(ParticipantId participant, const SocketAddress& address) {
  addresses_[address] = {participant, Instant::Never()};
}

void EgressChecker::OnRtp(uint32_t ssrc, uint64_t index, std::span<const uint8_t> header) {
  const auto found = streams_.find(ssrc);
  if (found == streams_.end()) {
    violations_.Add(now_, "SSRC " + std::to_string(ssrc) + " is no member's slot");
    return;
  }
  Stream& stream = found->second;
  ++(stream.rtx ? rtx_packets_ : rtp_packets_);
  if (stream.video && !stream.rtx) ++video_packets_;
  if (!stream.started) {
    stream.started = true;
    stream.first = stream.highest = index;
  }
  ++stream.count;
  // A late packet of the source may stand before the slot's first one.
  stream.first = std::min(stream.first, index);
  stream.highest = std::max(stream.highest, index);
  CheckSource(stream, FirstCsrc(header));
}

void EgressChecker::CheckSource(const Stream& stream, uint32_t csrc) {
  const TrackId id(csrc);
  const auto track = tracks_.find(id);
  const std::string where = Name(stream.participant) + ", " + Name(stream.slot);
  // What was sent while somebody was there may be sent again a little later.
  const Duration grace = stream.rtx ? kResendMax : Duration();
  if (track == tracks_.end() ||
      (track->second.left != Instant::Never() && now_ > track->second.left + grace)) {
    violations_.Add(now_, where + ": " + Name(id) + " is nobody's");
    return;
  }
  if (track->second.owner == stream.participant) violations_.Add(now_, where + ": its own track");
  if (track->second.left == Instant::Never()) CheckRooms(stream, id, track->second.owner);
  if (!stream.rtx) carried_[{stream.participant, stream.slot}] = id;
}

void EgressChecker::CheckRooms(const Stream& stream, TrackId id, ParticipantId owner) {
  const auto to = members_.find(stream.participant);
  const auto from = members_.find(owner);
  const bool both = to != members_.end() && from != members_.end();
  if (both && to->second.room == from->second.room) return;
  // What was sent while they were together may be sent again a little later.
  if (both && stream.rtx) {
    const auto parted = std::max(to->second.moved, from->second.moved);
    if (parted && now_ <= *parted + kResendMax) return;
  }
  violations_.Add(now_, Name(stream.participant) + ", " + Name(stream.slot) + ": " + Name(id) +
                            " is of another room");
}

void EgressChecker::OnDatagram(const SocketAddress& to) {
  const auto found = addresses_.find(to);
  if (found == addresses_.end()) {
    violations_.Add(now_, "a datagram to an address that is nobody's");
  } else if (now_ > found->second.left) {
    violations_.Add(now_, "a datagram to " + Name(found->second.participant) + ", who has left");
  }
}

void EgressChecker::OnFlushed() {
  for (const auto& [slot, track] : carried_) {
    if (!members_.contains(slot.first)) continue;
    const auto told = told_.find(slot);
    if (told == told_.end() || told->second != track) {
      violations_.Add(now_, Name(slot.first) + ", " + Name(slot.second) + " carries " +
                                Name(track) + ", which its client was not told");
    }
  }
  carried_.clear();
}

}  // namespace conclave::sim
