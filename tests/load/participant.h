// One participant from its WebSocket to its last packet: joins, plays its part, leaves, comes
// again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "sim/signal_client.h"
#include "tests/load/media_session.h"
#include "tests/load/poller.h"
#include "tests/load/room.h"
#include "tests/load/stream.h"
#include "tests/load/tally.h"
#include "tests/load/web_socket.h"

namespace conclave::load {

// What the participants of one thread share.
struct ParticipantContext {
  const Settings& settings;
  SocketAddress server;
  // Null for plain connections.
  TlsClient* tls = nullptr;
  router::Fingerprint fingerprint{};
  SessionContext& session;
  ReceiveArena& arena;
  Poller& poller;
  Random& random;
  // Of all participants of the thread that verify.
  Histogram audio_delay;
  Histogram video_delay;
  std::vector<AudioSample> samples;
};

class Participant {
 public:
  enum class State : uint8_t { kAway, kSignaling, kConnecting, kIn, kFailed };

  // `tag`: what the poller is to say of its sockets, the lowest bit free.
  Participant(ParticipantContext& context, Room& room, const Part& part, uint64_t tag);

  State state() const { return state_; }
  const Part& part() const { return part_; }
  Room& room() { return room_; }

  void Join(Instant now);
  // Politely, and for now: Join comes again.
  void Leave(Instant now);
  void OnSocket(Instant now);
  void OnUdp(Instant now);
  void OnDeadline(Instant now, const ConversationCursor& cursor);
  Instant NextDeadline() const;
  // Says what it wants to see.
  void WishLayout(Instant now);

  // Everything so far, the running session included.
  Tally Result(Instant now);

 private:
  void OnMessage(Instant now, std::string_view message);
  void StartMedia(Instant now);
  void OnConnected(Instant now);
  void OnRefusal(Instant now, const sim::SignalRefusal& refusal);
  void Fail(Instant now, const std::string& why);
  void EndSession(Instant now);
  void Say(const std::string& message);
  void Flush();
  void HearAudio(Instant at, uint32_t csrc, const ConversationCursor& cursor);
  void CountHeard(Instant end);
  std::vector<router::TrackWish> Wishes() const;
  void FollowWanted();
  void LookRound(Instant now);
  bool Lost(double share);
  void Attack(Instant now);

  ParticipantContext& context_;
  Room& room_;
  const Part part_;
  const uint64_t tag_;
  State state_ = State::kAway;
  Tally tally_;

  Instant started_;
  Instant retry_at_ = Instant::Never();
  Instant next_layout_ = Instant::Never();
  Instant next_attack_ = Instant::Never();
  Instant give_up_at_ = Instant::Never();
  std::unique_ptr<Stream> stream_;
  WebSocket web_socket_;
  std::optional<sim::SignalClient> signal_;
  std::optional<UdpPort> port_;
  std::unique_ptr<MediaSession> media_;
  // Where it looks; moves on with each reshuffling.
  uint32_t view_ = 0;
  Instant view_since_;
  TrackId followed_;
  // Room::version when it last looked round.
  uint32_t seen_version_ = 0;
  // Of each talkspurt of the room: whether something of it came in this session.
  std::vector<uint8_t> heard_;
  const ConversationCursor* cursor_ = nullptr;
};

}  // namespace conclave::load
