// What a room knows of a participant: values only.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "conference/breakouts.h"
#include "conference/common_codecs.h"
#include "conference/roles.h"
#include "router/commands.h"

namespace conclave::conference {

// One thing that a participant sends. The mid names its media section in that participant's offer.
struct Track {
  TrackId id;
  router::SourceKind source = router::SourceKind::kMicrophone;
  bool muted = false;
  std::string mid;
  bool operator==(const Track&) const = default;
};

struct Participant {
  ParticipantId id;
  std::vector<Track> tracks;
  // The display name and the like: opaque bytes, never read here (decisions 3).
  std::string profile;
  // Its signaling connection is lost and may come back.
  bool away = false;
  Role role = Role::kParticipant;
  // Of video.
  CodecSet decodes = kAlwaysDecoded;
  BreakoutNumber breakout = kMainRoom;
  // Of those who moderate, there.
  bool wants_help = false;
  bool operator==(const Participant&) const = default;
};

inline bool IsVideo(router::SourceKind source) {
  return source == router::SourceKind::kCamera || source == router::SourceKind::kScreenVideo;
}

}  // namespace conclave::conference
