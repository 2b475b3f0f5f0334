// From the values of conference/ and router/ to the messages of the protocol, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conference/room.h"
#include "conference/room_rules.h"
#include "protocol/conclave.pb.h"
#include "router/commands.h"
#include "signal/refusal.h"

namespace conclave::signal {

v1::SourceKind ToProto(router::SourceKind source);
// nullopt for a kind that is unspecified or newer than this server.
std::optional<router::SourceKind> FromProto(v1::SourceKind source);

v1::Role ToProto(conference::Role role);
// nullopt for a role that is unspecified or newer than this server.
std::optional<conference::Role> FromProto(v1::Role role);

void Fill(v1::Participant& out, const conference::Participant& participant);
void Fill(v1::Track& out, const router::TrackConfig& track);
void Fill(v1::Slot& out, const router::SlotConfig& slot);

void Fill(v1::CommonCodecs& out, conference::CodecSet codecs);
// What a client says that it decodes, and VP8 always. Names that are not known here are passed
// over, and so is all behind the first kCodecNamesMax.
conference::CodecSet FromProto(const v1::Capabilities& capabilities);

conference::SourceSet FromProto(const google::protobuf::RepeatedField<int>& sources);
// But for what is filled in from elsewhere (moderation.h).
void Fill(v1::RoomRules& out, const conference::RoomRules& rules);
conference::RoomRules FromProto(const v1::RoomRules& rules);

// A body is an encoded ServerMessage that has nothing but its body: encoded once, it serves every
// receiver, since protobuf reads concatenated messages as one.
std::string ErrorBody(const Refusal& refusal);
std::string WantedLayersBody(std::span<const router::WantedTrack> tracks);
std::string SlotMapBody(std::span<const router::SlotAssignment> slots);
std::string DominantSpeakerBody(TrackId track);
std::string CommonCodecsBody(conference::CodecSet codecs);
std::string AudioLevelsBody(std::span<const router::AudioLevel> levels);

// The message for one receiver. 0 leaves a field out.
std::string Frame(uint64_t sequence, uint32_t reply_to, std::string_view body);

// Roster changes in pages of at most kRosterPageParticipantsMax and kRosterPageBytesMax; at least
// one page. `reset` and `left` are in the first. Unknown ids in `changed` are left out.
struct RosterNews {
  bool reset = false;
  std::span<const ParticipantId> left;
  std::span<const ParticipantId> changed;
};
std::vector<std::string> RosterBodies(const RosterNews& news, const conference::Roster& roster);

// How many of `ids`, from the front, fit one page.
size_t RosterPageSize(std::span<const ParticipantId> ids, const conference::Roster& roster);

}  // namespace conclave::signal
