// Looks at everything that a shard sends, before it is encrypted: whose it is, to whom it goes, and
// whether the client was told so.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "base/ids.h"
#include "base/socket_address.h"
#include "router/commands.h"
#include "sim/violations.h"

namespace conclave::sim {

class EgressChecker {
 public:
  // `now` and `violations` outlive this.
  EgressChecker(const Instant& now, Violations& violations) : now_(now), violations_(violations) {}

  // Every command that the shard gets, and every event that it gives.
  void OnCommand(const router::Command& command);
  void OnEvent(const router::Event& event);
  // Which address is whose.
  void SetAddress(ParticipantId participant, const SocketAddress& address);

  // A packet is encrypted: its SSRC must be a member's slot, its CSRC another member's track of the
  // same room, its index the next one of that stream (a source's own losses leave gaps in media
  // streams, never in retransmission streams).
  void OnRtp(uint32_t ssrc, uint64_t index, std::span<const uint8_t> header);
  // A datagram leaves: only members get any, and who has just left its close_notify.
  void OnDatagram(const SocketAddress& to);
  // Everything that one call of the shard did has been told: the slots carried what their clients
  // were told.
  void OnFlushed();

  uint64_t rtp_packets() const { return rtp_packets_; }
  uint64_t rtx_packets() const { return rtx_packets_; }
  // Numbers of video streams that were never sent, because their source lost them for good. (Audio
  // is not asked for again, so there every loss on the way up is one.)
  uint64_t video_gaps() const { return video_gaps_; }
  uint64_t video_packets() const { return video_packets_; }

 private:
  struct Stream {
    ParticipantId participant;
    SlotId slot;
    bool rtx = false;
    bool video = false;
    bool started = false;
    uint64_t first = 0;
    uint64_t highest = 0;
    uint64_t count = 0;
  };
  struct Member {
    RoomId room;
    // When it came there from another one.
    std::optional<Instant> moved;
  };
  struct Track {
    ParticipantId owner;
    Instant left = Instant::Never();
  };
  struct Address {
    ParticipantId participant;
    Instant left = Instant::Never();
  };

  void AddSections(ParticipantId participant, std::span<const router::TrackConfig> tracks,
                   std::span<const router::SlotConfig> slots);
  void Remove(ParticipantId participant);
  void Move(ParticipantId participant, RoomId room);
  void CloseStream(const Stream& stream);
  void CheckSource(const Stream& stream, uint32_t csrc);
  void CheckRooms(const Stream& stream, TrackId id, ParticipantId owner);

  const Instant& now_;
  Violations& violations_;
  std::unordered_map<ParticipantId, Member> members_;
  std::unordered_map<TrackId, Track> tracks_;
  std::unordered_map<uint32_t, Stream> streams_;
  std::unordered_map<SocketAddress, Address, SocketAddressHash> addresses_;
  std::map<std::pair<ParticipantId, SlotId>, TrackId> told_;
  // What each slot carried last since the last OnFlushed.
  std::map<std::pair<ParticipantId, SlotId>, TrackId> carried_;
  uint64_t rtp_packets_ = 0;
  uint64_t rtx_packets_ = 0;
  uint64_t video_gaps_ = 0;
  uint64_t video_packets_ = 0;
};

}  // namespace conclave::sim
