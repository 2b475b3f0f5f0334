// One thread of the load generator: its participants, looked at every tick.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "tests/load/participant.h"
#include "tests/load/room.h"
#include "transport/certificate.h"
#include "transport/transport_context.h"

namespace conclave::load {

// What the threads of a run tell one another.
struct RunState {
  std::atomic<uint32_t> joined{0};
  std::atomic<uint32_t> failed{0};
  std::atomic<bool> stop{false};
  // From then on listeners leave and come back.
  std::atomic<bool> settled{false};
};

// What all threads of a run share.
struct RunContext {
  const Settings& settings;
  const MediaLibrary& media;
  const transport::Certificate& certificate;
  SocketAddress server;
  TlsClient* tls = nullptr;
  Directory& directory;
  std::vector<std::unique_ptr<Room>>& rooms;
  RunState& state;
  Instant begin;
};

class Worker {
 public:
  // Takes every participant whose number modulo the number of threads is `index`.
  Worker(RunContext& run, uint32_t index);

  // Until RunState::stop; then everybody leaves.
  void Run();

  const std::vector<Tally>& tallies() const { return tallies_; }
  const Histogram& audio_delay() const { return context_.audio_delay; }
  const Histogram& video_delay() const { return context_.video_delay; }
  // That came before the measured time.
  uint64_t packets_before() const { return packets_before_.value_or(0); }
  const std::vector<AudioSample>& samples() const { return context_.samples; }
  // How late a tick began at worst, and the share of time spent working.
  Duration latest_tick() const { return latest_tick_; }

 private:
  struct Member {
    std::unique_ptr<Participant> participant;
    Instant join_at;
    Participant::State state = Participant::State::kAway;
  };

  void AddMember(uint32_t room, const Part& part, Instant join_at);
  void Tick(Instant now);
  void ReadSockets(Instant now);
  void OnDeadlines(Instant now);
  void Churn(Instant now);
  void CountStates();
  void CountBefore(Instant now);
  ConversationCursor& CursorOf(const Room& room) { return cursors_[room.number]; }

  RunContext& run_;
  SeededRandom random_;
  transport::TransportContext transport_;
  SessionContext session_;
  ReceiveArena arena_;
  Poller poller_;
  ParticipantContext context_;
  std::vector<ConversationCursor> cursors_;
  std::vector<Member> members_;
  // Of each member, side by side: thousands are looked at each tick.
  std::vector<Instant> deadlines_;
  Instant next_churn_ = Instant::Never();
  Duration latest_tick_;
  std::optional<uint64_t> packets_before_;
  std::vector<Tally> tallies_;
};

}  // namespace conclave::load
