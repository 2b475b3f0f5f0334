// Everything that the control plane holds, as plain tables. The parts that work on it (joining.h,
// lobby.h, passcode_checks.h, resuming.h, requests.h, shard_events.h, announcements.h,
// departures.h) are free functions that take what they need from here and keep nothing of their
// own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/time.h"
#include "conference/file_credits.h"
#include "conference/group_service.h"
#include "conference/limits.h"
#include "conference/lobby.h"
#include "conference/passcode_guard.h"
#include "conference/room_directory.h"
#include "conference/shard_loads.h"
#include "conference/token_bucket.h"
#include "protocol/conclave.pb.h"
#include "signal/control_plane.h"
#include "signal/deadlines.h"
#include "signal/house.h"
#include "signal/limits.h"
#include "signal/media_ids.h"
#include "signal/negotiation.h"
#include "signal/passcode.h"
#include "signal/replay_buffer.h"
#include "signal/resume_token.h"

namespace conclave::signal {

// Resuming has no state of its own: it begins and ends within one message. kWaiting: its Join is
// held while its passcode is looked at, or in the lobby.
enum class SessionState : uint8_t { kNew, kWaiting, kJoined, kClosed };

struct PendingJoin {
  std::string room;
  // The number of the Join's message.
  uint32_t request = 0;
  v1::Join join;
  // Invalid: it is in no lobby.
  WaitingId waiting;
};

// Somebody waits for a stretched passcode.
struct StretchJob {
  // Of one that is set; 0: of one that is looked at.
  uint64_t number = 0;
  // Whose is looked at.
  ConnectionId connection;
  std::string room;
  PasscodeSalt salt{};
};

// One WebSocket.
struct Session {
  ConnectionId connection;
  SessionState state = SessionState::kNew;
  // Of a joined session.
  ParticipantId participant;
  // Of a waiting one.
  std::unique_ptr<PendingJoin> pending;
  // For bans; see network.h.
  std::optional<IpAddress> network;
  conference::TokenBucket messages{kMessageRate};
  conference::TokenBucket refusals{kRefusalRate};
  conference::TokenBucket lobby_chat{conference::kChatRate};
};

// One participant, over all its WebSockets.
struct Member {
  ParticipantId id;
  RoomId room;
  ShardId shard;
  // Who this is in the room's house.
  House::PersonId person;
  // Of the connection by which it came.
  std::optional<IpAddress> network;
  // What it was asked to send, though the room's rules reserve it.
  conference::SourceSet granted;
  ResumeToken token;
  std::unique_ptr<Negotiation> negotiation;
  // What is wanted of its own video tracks, once that has been told.
  std::map<TrackId, router::WantedTrack> wanted;
  // By its own word.
  bool recording = false;
  // None while it is away.
  std::optional<ConnectionId> connection;
  ReplayBuffer replay{kReplayMessagesMax, kReplayBytesMax};
  conference::TokenBucket chat{conference::kChatRate};
  conference::TokenBucket files{conference::kFileRate};
  // Who may send it parts of files.
  conference::FileCredits file_credits;
  conference::TokenBucket profiles{conference::kProfileRate};
  conference::TokenBucket offers{kOfferRate};
  conference::TokenBucket group_requests{kGroupRate};
  conference::TokenBucket moderation{kModerationRate};
  conference::TokenBucket breakout_requests{kBreakoutRate};
};

struct ControlState {
  ControlState(ControlPlaneConfig config_in, Random& random_in)
      : config(std::move(config_in)),
        random(random_in),
        rooms({config.rooms_max, config.participants_per_room_max}),
        loads(config.shards.size(), config.spread_percent),
        media_ids(random),
        passcodes(config.passcodes),
        passcode_guards(passcodes.size()) {}

  Member* FindMember(ParticipantId id) {
    const auto it = members.find(id);
    return it == members.end() ? nullptr : &it->second;
  }
  Session* FindSession(ConnectionId id) {
    const auto it = sessions.find(id);
    return it == sessions.end() ? nullptr : &it->second;
  }
  // The room of a member, which always exists.
  conference::Room& RoomOf(const Member& member) {
    conference::Room* room = rooms.Find(member.room);
    CHECK(room != nullptr);
    return *room;
  }
  // Of a room that somebody has joined; it ends some time after the room.
  House& HouseOf(const conference::Room& room) {
    const auto house = houses.find(room.name());
    CHECK(house != houses.end());
    return house->second;
  }
  void Command(ShardId shard, router::Command command) {
    output.emplace_back(ShardCommand{shard, std::move(command)});
  }
  // To be called after whatever may have changed the room.
  void ScheduleFlush(const conference::Room& room) { flushes.Set(room.id(), room.FlushAt()); }

  const ControlPlaneConfig config;
  Random& random;
  conference::RoomDirectory rooms;
  conference::ShardLoads loads;
  MediaIds media_ids;
  ParticipantId last_participant;
  std::unordered_map<ConnectionId, Session> sessions;
  // Destroyed before media_ids, to which their negotiations give back.
  std::unordered_map<ParticipantId, Member> members;

  // Of encrypted rooms whose members have said something to theirs.
  std::unordered_map<RoomId, conference::GroupService> groups;

  // By the name of the room.
  std::unordered_map<std::string, House> houses;
  // Of rooms in which nobody is.
  Deadlines<std::string> house_ends;
  // By the name of the room; none is empty.
  std::unordered_map<std::string, conference::Lobby> lobbies;
  WaitingId last_waiting;
  std::unordered_map<uint64_t, StretchJob> stretch_jobs;
  uint64_t last_stretch = 0;
  conference::TokenBucket stretches{kStretchRate};
  // By whoever runs the server: config.passcodes, until others are set.
  std::vector<RoomPasscode> passcodes;
  // Of these, by index: rooms that share a passcode share its attempts, so that nobody gets new
  // ones by making up names.
  std::vector<conference::PasscodeGuard> passcode_guards;
  // By whoever runs the server.
  std::set<std::string> closed_rooms;
  // Rooms in which nobody moderates, and when somebody else will.
  Deadlines<RoomId> successions;
  // Rooms whose breakout rooms end by themselves.
  Deadlines<RoomId> breakout_ends;

  Deadlines<RoomId> flushes;
  Deadlines<RoomId> group_deadlines;
  // Away participants, and when they are given up.
  Deadlines<ParticipantId> resume_windows;
  // Unjoined connections, and when their silence ends them.
  Deadlines<ConnectionId> silences;

  std::vector<Output> output;
  uint64_t joins = 0;
  uint64_t protocol_errors = 0;
};

}  // namespace conclave::signal
