// The control plane: what clients say, what rooms answer, and what shards are told. Sans-IO: the
// WebSocket server (io/, wired by app/) or the simulation drives it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/result.h"
#include "base/socket_address.h"
#include "base/time.h"
#include "conference/roles.h"
#include "conference/shard_loads.h"
#include "router/commands.h"
#include "signal/passcode.h"
#include "signal/room_pattern.h"

namespace conclave::signal {

// Where clients reach one shard: the host candidates of its answers.
struct ShardEndpoint {
  std::vector<SocketAddress> candidates;
};

// A passcode by whoever runs the server.
struct RoomPasscode {
  RoomPattern rooms;
  Passcode passcode;
};

struct ControlPlaneConfig {
  std::vector<ShardEndpoint> shards;
  // Of the certificate that the shards' DTLS uses.
  router::Fingerprint fingerprint{};
  // See conference/shard_loads.h.
  unsigned spread_percent = conference::ShardLoads::kSpreadPercent;
  size_t participants_per_room_max = 300;
  size_t rooms_max = 10000;
  conference::HostPolicy hosts = conference::HostPolicy::kFirst;
  // Rooms begin with a lobby, for all but the first.
  bool lobby = false;
  // Rooms that ask for one from their first person on; of several that fit, the first.
  std::vector<RoomPasscode> passcodes;
  // The largest file that people's clients give to each other; 0: the server carries none.
  size_t file_bytes_max = 5 * 1024 * 1024;
  // A participant whose WebSocket is gone may resume for this long.
  Duration resume_window = Duration::Seconds(30);
};

// An encoded conclave.v1.ServerMessage for one connection.
struct SendMessage {
  ConnectionId connection;
  std::string bytes;
};
// Close after what was queued is sent. `code` is a WebSocket close code (RFC 6455 section 7.4 and
// close_codes.h). OnDisconnect has to follow, as after every close.
struct CloseConnection {
  ConnectionId connection;
  uint16_t code = 1000;
};
struct ShardCommand {
  ShardId shard;
  router::Command command;
};
// To be stretched (passcode.h) somewhere else; OnStretched has to follow.
struct StretchPasscode {
  uint64_t job = 0;
  std::string passcode;
  PasscodeSalt salt{};
};
using Output = std::variant<SendMessage, CloseConnection, ShardCommand, StretchPasscode>;

struct ControlPlaneStats {
  size_t connections = 0;
  size_t rooms = 0;
  size_t participants = 0;
  uint64_t joins = 0;
  uint64_t protocol_errors = 0;
  // As each shard told last.
  std::vector<router::ShardLoad> loads;
  // Of each shard.
  std::vector<size_t> shard_participants;
};

class ControlPlane {
 public:
  // `random` outlives the control plane; it makes ids, ICE credentials and resume tokens, so
  // outside tests it must be the kernel's.
  ControlPlane(ControlPlaneConfig config, Random& random);
  ~ControlPlane();

  // `peer`: the client's address, where it is known; for bans only.
  void OnConnect(Instant now, ConnectionId connection,
                 const std::optional<IpAddress>& peer = std::nullopt);
  // One binary WebSocket message: an encoded conclave.v1.ClientMessage.
  void OnMessage(Instant now, ConnectionId connection, std::span<const uint8_t> bytes);
  void OnDisconnect(Instant now, ConnectionId connection);
  void OnShardEvent(Instant now, ShardId shard, const router::Event& event);
  // The result of a StretchPasscode; nullopt: it failed.
  void OnStretched(Instant now, uint64_t job, const std::optional<PasscodeKey>& key);
  // Ends these rooms, and refuses whoever wants to join one from now on. Names as in Join.room;
  // replaces the earlier ones. Fails for what is no room's name, and changes nothing then.
  Result<void> CloseRooms(Instant now, std::span<const std::string> names);
  // In place of ControlPlaneConfig::passcodes. Who is in a room stays, and comes back as before.
  void ReplacePasscodes(std::vector<RoomPasscode> passcodes);
  void OnDeadline(Instant now);
  Instant NextDeadline() const;

  // Moves out what is to be done, in order. Call after each of the above.
  std::vector<Output> TakeOutput();
  ControlPlaneStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace conclave::signal
