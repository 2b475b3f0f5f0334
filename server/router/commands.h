// What the two planes say to each other: plain values, commands down and events up, through bounded
// queues. Nothing here has behaviour, and nothing here is a pointer into either plane.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/data_rate.h"
#include "base/ids.h"
#include "base/time.h"

namespace conclave::router {

enum class MediaKind : uint8_t { kAudio, kVideo };

// What a track shows or plays. The same four values as SourceKind in protocol/conclave.proto.
enum class SourceKind : uint8_t { kMicrophone, kCamera, kScreenVideo, kScreenAudio };

enum class CodecName : uint8_t { kOpus, kVp8, kVp9, kH264, kAv1 };

// RFC 8445 section 5.3. Ours has a 16-character fragment and a 32-character password.
struct IceCredentials {
  std::string ufrag;
  std::string password;
};

// RFC 8122, always SHA-256.
using Fingerprint = std::array<uint8_t, 32>;

// RFC 5763 section 5: which end sends the ClientHello. Browsers offer actpass; we answer passive.
enum class DtlsRole : uint8_t { kServer, kClient };

// One negotiated codec of one media section, as the remote end numbers it.
struct CodecConfig {
  CodecName name = CodecName::kOpus;
  uint8_t payload_type = 0;
  // 0: no RTX (RFC 4588) for this codec.
  uint8_t rtx_payload_type = 0;
  // H.264 only: profile-level-id and packetization-mode decide whether two are the same codec.
  std::string fmtp;
};

// RFC 8285 ids of one media section, 0 where an extension is not negotiated in it.
struct ExtensionIds {
  uint8_t mid = 0;
  uint8_t rid = 0;
  uint8_t repaired_rid = 0;
  uint8_t audio_level = 0;
  uint8_t transport_cc = 0;
  uint8_t abs_send_time = 0;
  uint8_t dependency_descriptor = 0;
};

// One of the client's senders: a media section that we answered recvonly.
struct TrackConfig {
  TrackId track;
  SourceKind source = SourceKind::kMicrophone;
  std::string mid;
  // Simulcast encodings in the offered order, lowest first in our SDK; empty without simulcast.
  std::vector<std::string> rids;
  // Announced by a=ssrc / FID where the offer had them; otherwise learnt from MID and RID.
  uint32_t ssrc = 0;
  uint32_t rtx_ssrc = 0;
  std::vector<CodecConfig> codecs;
  ExtensionIds extensions;
  // The sender takes our estimate (goog-remb), knowing no transport-wide feedback.
  bool remb = false;
  bool muted = false;
};

// One of the client's receive slots: a media section that we answered sendonly, with SSRCs of ours
// that never change.
struct SlotConfig {
  SlotId slot;
  MediaKind kind = MediaKind::kAudio;
  std::string mid;
  uint32_t ssrc = 0;
  uint32_t rtx_ssrc = 0;
  std::vector<CodecConfig> codecs;
  ExtensionIds extensions;
  // The client tells of its packets by RFC 8888 (a=rtcp-fb:* ack ccfb).
  bool ccfb = false;
  // The client asks again for what it misses, though there is no RTX stream: audio.
  bool audio_nack = false;
  // Its number for audio packets with earlier ones within (RFC 2198); 0: it takes none.
  uint8_t red_payload_type = 0;
};

// ---- Commands: control plane -> shard
// -------------------------------------------------------------

struct AddParticipant {
  RoomId room;
  ParticipantId participant;
  IceCredentials local;
  IceCredentials remote;
  Fingerprint remote_fingerprint{};
  DtlsRole role = DtlsRole::kServer;
  std::vector<TrackConfig> tracks;
  std::vector<SlotConfig> slots;
};

// More slots (or senders) after a later offer. Those that exist stay as they are.
struct AddMediaSections {
  ParticipantId participant;
  std::vector<TrackConfig> tracks;
  std::vector<SlotConfig> slots;
};

// RFC 8445 section 9: new credentials on both sides; the old ones are valid until the first check
// that carries the new ones. Keys and slots stay.
struct RestartIce {
  ParticipantId participant;
  IceCredentials local;
  IceCredentials remote;
};

struct RemoveParticipant {
  ParticipantId participant;
};

// Into another room, on the same shard, which begins with the first who comes: out of the slots of
// those who stay behind. Transport, tracks, slots and layout go on as they are.
struct MoveParticipant {
  ParticipantId participant;
  RoomId room;
};

// What a client's layout wants to see of one video track.
struct TrackWish {
  TrackId track;
  // Device pixels of the tile's height; 0 asks for the track to be paused.
  uint16_t height_px = 0;
  bool pinned = false;
  bool on_stage = false;
};

// Replaces the participant's earlier wishes, most wanted first. Tracks not named are not sent.
// Until the first SetLayout the shard fills the video slots itself, screens first.
struct SetLayout {
  ParticipantId participant;
  std::vector<TrackWish> wishes;
  // What the client is willing to receive in all; zero means no limit of its own.
  DataRate max_rate;
};

struct SetTrackMuted {
  TrackId track;
  bool muted = false;
};

// The room's members are on these shards, each of which is told, before its first member comes; the
// first is the one that tells of its speakers. Empty: the room is over, and nobody is in it.
struct SpreadRoom {
  RoomId room;
  std::vector<ShardId> shards;
};

using Command = std::variant<AddParticipant, AddMediaSections, RestartIce, RemoveParticipant,
                             MoveParticipant, SetLayout, SetTrackMuted, SpreadRoom>;

// ---- Events: shard -> control plane
// ----------------------------------------------------------------

// DTLS finished and the fingerprint matched: media can flow.
struct TransportConnected {
  ParticipantId participant;
};

enum class TransportFailure : uint8_t {
  kConsentLost,
  kDtlsFailed,
  kFingerprintMismatch,
  kDtlsClosed,
  // A client that joins again gets new keys.
  kKeysUsedUp,
};

struct TransportFailed {
  ParticipantId participant;
  TransportFailure why = TransportFailure::kConsentLost;
};

// Why a slot with a track sends nothing.
enum class PauseReason : uint8_t {
  kNone,
  // The layout asks for no pixels of it, or it is muted.
  kNotWanted,
  // Not even its lowest layer fits into what the receiver can take.
  kLackOfRate,
  // The receiver has no decoder for it.
  kUnplayable,
};

// A slot carries another track from now on (or none), or its clocks are better known than before.
struct SlotAssignment {
  SlotId slot;
  // Invalid (0) when the slot is empty.
  TrackId track;
  // Decisions 20: this RTP timestamp of the slot was captured at that time on the server's clock.
  // capture_time is 0 while no sender report of the publisher has arrived.
  uint32_t rtp_timestamp = 0;
  Instant capture_time;
  // The slot has a track and sends nothing, for this reason.
  bool paused = false;
  PauseReason pause_reason = PauseReason::kNone;
};

struct SlotsChanged {
  ParticipantId participant;
  std::vector<SlotAssignment> slots;
};

// Which of a track's encodings anybody wants: the protocol's WantedTrack.
struct WantedTrack {
  TrackId track;
  // Bit i: the i-th rid.
  uint8_t encodings = 0;
  // Of the tallest of them.
  uint16_t height_px = 0;
  bool operator==(const WantedTrack&) const = default;
};

// What the publishers of these tracks are to send from now on.
struct LayersWanted {
  RoomId room;
  std::vector<WantedTrack> tracks;
};

// The room's dominant speaker changed. Invalid track: nobody has spoken yet.
struct DominantSpeakerChanged {
  RoomId room;
  TrackId track;
};

// RFC 6464 levels of the loudest tracks, at most every 100 ms: 0 dBov (loudest) .. 127 (silence).
struct AudioLevel {
  TrackId track;
  uint8_t level = 127;
};
struct AudioLevels {
  RoomId room;
  std::vector<AudioLevel> levels;
};

// How busy the shard is. Told when `shedding` changes, else once a second at most.
struct ShardLoad {
  // Of the last moments.
  uint8_t busy_percent = 0;
  // How far apart it sends, so that much leaves together; zero while it has time.
  uint32_t turn_us = 0;
  // The longest time that the thread has worked without looking at its sockets, in the second
  // before.
  uint32_t longest_us = 0;
  // What it leaves out (router::Shedding); zero: nothing.
  uint8_t shedding = 0;
  // Nobody else is to be sent to it.
  bool full = false;
  bool operator==(const ShardLoad&) const = default;
};

using Event = std::variant<TransportConnected, TransportFailed, SlotsChanged,
                           DominantSpeakerChanged, AudioLevels, LayersWanted, ShardLoad>;

}  // namespace conclave::router
