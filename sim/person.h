// One scripted participant: comes, speaks, looks, mutes, restarts ICE, loses its WebSocket, goes,
// comes again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/time.h"
#include "router/commands.h"
#include "sim/media_client.h"
#include "sim/signal_client.h"
#include "sim/world.h"

namespace conclave::sim {

// What a person wants done; whoever runs the world does it.
struct PersonOutput {
  bool open_socket = false;
  bool close_socket = false;
  // The media stops without a word: a crash, a dead battery.
  bool drop_media = false;
  std::vector<std::string> messages;
};

class Person {
 public:
  enum class State : uint8_t { kAway, kJoining, kIn, kCut };

  Person(uint32_t number, uint64_t seed, Instant first_join,
         const router::Fingerprint& fingerprint);

  State state() const { return state_; }
  // Unset while away.
  const std::optional<SignalClient>& signal() const { return signal_; }
  std::optional<SignalClient>& signal() { return signal_; }
  const std::string& profile() const { return profile_; }
  const OfferPlan& plan() const { return plan_; }
  std::optional<ClientIndex> media;
  ConnectionId connection;

  Instant next_action() const { return next_action_; }
  // Does the next thing of its script. `client`: its media, null while there is none.
  PersonOutput Act(Instant now, MediaClient* client);
  // The WebSocket brought something; the media client may be made now.
  void OnJoined(Instant now);
  // Goes home for good: politely, now.
  PersonOutput GoHome();

 private:
  double Chance() { return static_cast<double>(random_.Next32()) / 4294967296.0; }
  Duration Between(int64_t low_ms, int64_t high_ms);
  PersonOutput Join();
  PersonOutput Leave(bool politely);
  PersonOutput LoseSocket(Instant now);
  std::string WishLayout();
  std::string ToggleMute(MediaClient& client, router::SourceKind source);
  void ToggleVoice(MediaClient& client);

  const uint32_t number_;
  SeededRandom random_;
  const router::Fingerprint fingerprint_;
  std::string profile_;
  OfferPlan plan_;
  std::optional<SignalClient> signal_;
  State state_ = State::kAway;
  Instant next_action_;
};

}  // namespace conclave::sim
