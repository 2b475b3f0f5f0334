// A scripted client's side of the WebSocket: joins, keeps the roster and the slot map as it is told
// them, and says what its script wants. Bytes in, bytes out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "router/commands.h"
#include "sim/media_client.h"
#include "sim/offer_plan.h"

namespace conclave::sim {

struct SignalClientStats {
  uint64_t errors = 0;
  uint64_t unreadable = 0;
  // Numbered messages whose number was not the next one.
  uint64_t sequence_gaps = 0;
};

// The server's Error.
struct SignalRefusal {
  std::string text;
  bool retry = false;
  Duration retry_after;
};

class SignalClient {
 public:
  SignalClient(std::string room, std::string profile, OfferPlan plan);

  std::string JoinMessage() const;
  // After the WebSocket was lost and another one is open.
  std::string ResumeMessage() const;
  // An ICE restart with these credentials of its own.
  std::string RestartMessage(router::IceCredentials ice);
  static std::string LayoutMessage(const std::vector<router::TrackWish>& wishes);
  static std::string TrackStateMessage(TrackId track, bool muted);
  static std::string ChatMessage(const std::string& text);
  static std::string LeaveMessage();

  void OnMessage(std::span<const uint8_t> bytes);

  bool joined() const { return participant_ != ParticipantId(); }
  ParticipantId participant() const { return participant_; }
  const std::string& resume_token() const { return resume_token_; }
  // Once: what the media client needs, after Joined.
  std::optional<MediaClientConfig> TakeMediaConfig();
  // Once: own and the server's credentials after a restart.
  struct IceRestart {
    router::IceCredentials local;
    router::IceCredentials remote;
  };
  std::optional<IceRestart> TakeIceRestart() { return std::exchange(ice_restart_, std::nullopt); }
  // The own track of a source; invalid where it was not offered.
  TrackId OwnTrack(router::SourceKind source) const;
  // The tracks of everybody else, by what they show.
  std::vector<TrackId> OthersTracks(router::SourceKind source) const;
  size_t participants() const { return roster_.size(); }
  bool Knows(TrackId track) const;
  const std::map<SlotId, router::SlotAssignment>& slot_map() const { return slot_map_; }
  // Which encodings of own tracks the server wants, where that is news.
  std::map<TrackId, uint8_t> TakeWanted() { return std::exchange(wanted_, {}); }
  uint64_t chats() const { return chats_; }
  // Who speaks, as the server says; invalid before anybody did.
  TrackId dominant_speaker() const { return dominant_speaker_; }
  // The last refusal, once.
  std::optional<SignalRefusal> TakeRefusal() { return std::exchange(refusal_, std::nullopt); }
  const SignalClientStats& stats() const { return stats_; }

 private:
  struct RosterTrack {
    TrackId id;
    router::SourceKind source = router::SourceKind::kMicrophone;
  };
  // The message's type stays in the source file: protobuf headers are large.
  template <typename Message>
  void OnJoined(const Message& joined);
  void OnAnswer(const std::string& deflated);
  template <typename Participant>
  void PutParticipant(const Participant& participant);

  std::string room_;
  std::string profile_;
  OfferPlan plan_;
  ParticipantId participant_;
  std::string resume_token_;
  uint64_t last_sequence_ = 0;
  std::optional<MediaClientConfig> media_config_;
  std::optional<IceRestart> ice_restart_;
  std::map<uint32_t, std::vector<RosterTrack>> roster_;
  std::vector<RosterTrack> own_;
  std::map<SlotId, router::SlotAssignment> slot_map_;
  std::map<TrackId, uint8_t> wanted_;
  uint64_t chats_ = 0;
  TrackId dominant_speaker_;
  std::optional<SignalRefusal> refusal_;
  SignalClientStats stats_;
};

}  // namespace conclave::sim
