#include "sim/simulation.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <variant>

#include "signal/control_plane.h"
#include "sim/egress_checker.h"
#include "sim/hash.h"
#include "sim/log_checker.h"
#include "sim/nonce_checker.h"
#include "sim/person.h"
#include "sim/web_socket_lines.h"
#include "sim/world.h"

namespace conclave::sim {
namespace {

// Coarse enough for twenty runs a minute, fine enough for every timer of the server.
constexpr Duration kStep = Duration::Millis(10);
// Everybody comes within this time.
constexpr Duration kArrival = Duration::Seconds(12);
// A lost client may come back for this long; afterwards it is gone.
constexpr Duration kResumeWindow = Duration::Seconds(4);
// At the end nobody does anything for this long, so that everything settles, also what follows the
// last client that is given up.
constexpr Duration kQuiet = kResumeWindow + Duration::Seconds(1);
// A slot that got something so recently carries what its client was told.
constexpr Duration kRecent = Duration::Millis(500);
// Until a client's encoders do what the server wants of them.
constexpr Duration kEncoderRestart = Duration::Millis(300);

FakePace Pace() {
  FakePace pace;
  pace.audio = Duration::Millis(250);
  pace.silence = Duration::Millis(1000);
  pace.video = Duration::Millis(400);
  return pace;
}

class Simulation {
 public:
  explicit Simulation(const SimulationConfig& config)
      : config_(config),
        random_(config.seed ^ 0x73696d),
        nonces_(now_, report_.violations),
        egress_(now_, report_.violations),
        world_(MakeWorldConfig(config, nonces_)),
        control_(MakeControlConfig(world_), random_) {
    nonces_.on_rtp = [this](uint32_t ssrc, uint64_t index, std::span<const uint8_t> header) {
      egress_.OnRtp(ssrc, index, header);
    };
    world_.on_event = [this](const router::Event& event) { OnShardEvent(event); };
    world_.on_flushed = [this] { egress_.OnFlushed(); };
    world_.on_server_datagram = [this](const SocketAddress& to, std::span<const uint8_t>) {
      egress_.OnDatagram(to);
    };
    logs_.AddSecret(World::ServerAddress().ip.ToString());
    logs_.AddSecret("simulated-room");
    // Clients' addresses all begin so.
    logs_.AddSecret("198.51.");
    for (uint32_t i = 0; i < config.people; ++i) {
      const Instant join =
          world_.now() + Duration::Micros(static_cast<int64_t>(
                             random_.Next64() % static_cast<uint64_t>(kArrival.us())));
      people_.push_back(
          std::make_unique<Person>(i, random_.Next64(), join, world_.client_fingerprint()));
    }
  }

  SimulationReport Run() {
    const Instant end = world_.now() + config_.duration;
    while (world_.now() < end) Step(world_.now() < end - kQuiet);
    CheckSettled();
    for (const auto& person : people_) Do(*person, person->GoHome());
    // Those who were cut off are waited for.
    const Instant empty = world_.now() + kResumeWindow + Duration::Seconds(2);
    while (world_.now() < empty) Step(false);
    CheckEmpty();
    return Finish();
  }

 private:
  static WorldConfig MakeWorldConfig(const SimulationConfig& config, NonceChecker& nonces) {
    WorldConfig world;
    world.seed = config.seed;
    world.step = kStep;
    world.shard.srtp_observer = &nonces;
    return world;
  }
  static signal::ControlPlaneConfig MakeControlConfig(const World& world) {
    signal::ControlPlaneConfig control;
    control.shards = {{{World::ServerAddress()}}};
    control.fingerprint = world.server_fingerprint();
    control.resume_window = kResumeWindow;
    return control;
  }

  void Step(bool people_act) {
    // The world's step reports everything at its end.
    now_ = world_.now() + kStep;
    world_.Step();
    while (auto event = sockets_.Receive(now_)) OnSocket(*event);
    if (control_.NextDeadline() <= now_) control_.OnDeadline(now_);
    TakeControlOutput();
    for (const auto& person : people_) {
      const bool stuck = person->state() == Person::State::kCut;
      if (person->next_action() > now_ || !(people_act || stuck)) continue;
      MediaClient* media = person->media ? &world_.client(*person->media) : nullptr;
      Do(*person, person->Act(now_, media));
      if (person->media) world_.Touch(*person->media);
    }
  }

  // ---- What goes between the planes, the sockets and the people ---------------------------------

  void OnShardEvent(const router::Event& event) {
    HashEvent(event);
    egress_.OnEvent(event);
    control_.OnShardEvent(now_, ShardId(0), event);
  }

  void TakeControlOutput() {
    for (signal::Output& output : control_.TakeOutput()) {
      if (auto* send = std::get_if<signal::SendMessage>(&output)) {
        hash_.Add(send->connection.value());
        sockets_.Send(now_, false, send->connection, SocketEvent::Kind::kMessage,
                      std::move(send->bytes));
      } else if (const auto* close = std::get_if<signal::CloseConnection>(&output)) {
        sockets_.Send(now_, false, close->connection, SocketEvent::Kind::kClosed);
      } else if (const auto* stretch = std::get_if<signal::StretchPasscode>(&output)) {
        control_.OnStretched(now_, stretch->job, signal::Stretch(stretch->passcode, stretch->salt));
      } else {
        const auto& command = std::get<signal::ShardCommand>(output).command;
        if (const auto* add = std::get_if<router::AddParticipant>(&command)) {
          KeepSecret(add->local, add->remote);
        } else if (const auto* restart = std::get_if<router::RestartIce>(&command)) {
          KeepSecret(restart->local, restart->remote);
        }
        egress_.OnCommand(command);
        world_.Command(command);
      }
    }
  }

  void KeepSecret(const router::IceCredentials& local, const router::IceCredentials& remote) {
    for (const auto* credentials : {&local, &remote}) {
      logs_.AddSecret(credentials->ufrag);
      logs_.AddSecret(credentials->password);
    }
  }

  void OnSocket(const SocketEvent& event) {
    const std::span bytes(reinterpret_cast<const uint8_t*>(event.bytes.data()), event.bytes.size());
    if (event.to_server) {
      switch (event.kind) {
        case SocketEvent::Kind::kOpened:
          control_.OnConnect(now_, event.connection);
          break;
        case SocketEvent::Kind::kMessage:
          control_.OnMessage(now_, event.connection, bytes);
          break;
        case SocketEvent::Kind::kClosed:
          control_.OnDisconnect(now_, event.connection);
          break;
      }
      TakeControlOutput();
      return;
    }
    const auto found = by_connection_.find(event.connection);
    if (found == by_connection_.end() || event.kind != SocketEvent::Kind::kMessage) return;
    Person& person = *found->second;
    person.signal()->OnMessage(bytes);
    if (person.state() == Person::State::kJoining && person.signal()->joined()) StartMedia(person);
    if (person.media) {
      FollowWanted(person);
      FollowRestart(person);
    }
  }

  // Half of those who restart ICE have come to another network.
  void FollowRestart(Person& person) {
    const auto restart = person.signal()->TakeIceRestart();
    if (!restart) return;
    ++report_.ice_restarts;
    world_.client(*person.media).RestartIce(now_, restart->local, restart->remote);
    if (random_.Next32() % 2 == 0) {
      world_.MoveClient(*person.media);
      egress_.SetAddress(person.signal()->participant(), world_.AddressOf(*person.media));
    }
    world_.Touch(*person.media);
  }

  void FollowWanted(Person& person) {
    MediaClient& media = world_.client(*person.media);
    for (const auto& [track, encodings] : person.signal()->TakeWanted()) {
      media.track(track).SetEncodings(now_ + kEncoderRestart, encodings);
    }
  }

  void StartMedia(Person& person) {
    person.OnJoined(now_);
    ++report_.joins;
    logs_.AddSecret(person.profile());
    logs_.AddSecret(person.signal()->resume_token());
    auto config = person.signal()->TakeMediaConfig();
    if (!config) {
      report_.violations.Add(now_, "an answer that does not fit its offer");
      return;
    }
    config->pace = Pace();
    const LinkQuality link = {.delay = Duration::Millis(10 + random_.Next32() % 60),
                              .jitter = Duration::Millis(random_.Next32() % 15),
                              .loss = config_.loss,
                              .duplicate = 0.01};
    person.media = world_.AddClient(std::move(*config), link, link);
    egress_.SetAddress(person.signal()->participant(), world_.AddressOf(*person.media));
    report_.participants_peak = std::max(report_.participants_peak, control_.stats().participants);
  }

  void Do(Person& person, PersonOutput out) {
    if (out.open_socket) {
      person.connection = ConnectionId(++connections_);
      by_connection_[person.connection] = &person;
      report_.resumes += person.media ? 1 : 0;
      sockets_.Send(now_, true, person.connection, SocketEvent::Kind::kOpened);
    }
    for (std::string& message : out.messages) {
      sockets_.Send(now_, true, person.connection, SocketEvent::Kind::kMessage, std::move(message));
    }
    if (out.close_socket) {
      by_connection_.erase(person.connection);
      sockets_.Send(now_, true, person.connection, SocketEvent::Kind::kClosed);
    }
    if (out.drop_media && person.media) {
      TakeStats(person);
      world_.RemoveClient(*person.media);
      person.media.reset();
    }
  }

  // ---- Checks
  // ------------------------------------------------------------------------------------

  void Fail(const Person& person, const std::string& what) {
    report_.violations.Add(
        now_,
        "participant " + std::to_string(person.signal()->participant().value()) + ": " + what);
  }

  // What a participant's own view of its time was.
  void TakeStats(Person& person) {
    MediaClient& media = world_.client(*person.media);
    if (media.stats().foreign_packets > 0) Fail(person, "a packet for an SSRC of somebody else");
    if (media.stats().unparsed > 0) Fail(person, "a packet that cannot be parsed");
    for (const SlotReceiver& slot : media.slots()) {
      const SlotReceiverStats& stats = slot.stats();
      const std::string name = "slot " + std::to_string(slot.config().slot.value()) + ": ";
      if (stats.broken_frames > 0) Fail(person, name + "a frame that cannot be decoded");
      if (stats.wrong_source > 0) Fail(person, name + "content of another track than CSRC says");
      if (stats.timestamp_errors > 0) Fail(person, name + "a timestamp that does not advance");
      report_.frames_decoded += stats.frames_decoded;
      report_.key_frames_decoded += stats.key_frames_decoded;
      hash_.Add(stats.frames_decoded);
      hash_.Add(stats.packets);
    }
    const SignalClientStats& signal = person.signal()->stats();
    if (signal.unreadable > 0) Fail(person, "a message that cannot be read");
    if (signal.sequence_gaps > 0) Fail(person, "a gap in the numbered messages");
    if (signal.errors > 0) Fail(person, "an error from the control plane");
    report_.chats += person.signal()->chats();
  }

  // Nobody has done anything for a while: what everybody believes is what is.
  void CheckSettled() {
    for (const auto& person : people_) {
      if (person->state() != Person::State::kIn || !person->media) continue;
      const SignalClient& signal = *person->signal();
      if (signal.participants() != control_.stats().participants) {
        Fail(*person, "its roster has " + std::to_string(signal.participants()) + " of " +
                          std::to_string(control_.stats().participants));
      }
      MediaClient& media = world_.client(*person->media);
      if (!media.connected()) Fail(*person, "not connected");
      for (const SlotReceiver& slot : media.slots()) CheckSlot(*person, slot);
    }
  }

  void CheckSlot(const Person& person, const SlotReceiver& slot) {
    const auto told = person.signal()->slot_map().find(slot.config().slot);
    const bool known = told != person.signal()->slot_map().end();
    if (known && told->second.track != TrackId() && !person.signal()->Knows(told->second.track)) {
      Fail(person, "a slot carries a track that is not in the roster");
    }
    if (slot.highest_sequence() < 0 || now_ - slot.last_packet() > kRecent) return;
    // What came since is not played before the repair that it waits for.
    if (slot.NextDeadline() != Instant::Never()) return;
    if (!known || told->second.track != slot.current_track()) {
      Fail(person, "slot " + std::to_string(slot.config().slot.value()) + " shows track " +
                       std::to_string(slot.current_track().value()) + ", the slot map says " +
                       std::to_string(known ? told->second.track.value() : 0));
    }
  }

  void CheckEmpty() {
    const router::ShardStats& shard = world_.shard().stats();
    const signal::ControlPlaneStats control = control_.stats();
    const auto expect_zero = [&](const char* what, uint64_t count) {
      if (count != 0) {
        report_.violations.Add(now_, std::string(what) + " left over: " + std::to_string(count));
      }
    };
    expect_zero("participants of the shard", shard.participants);
    expect_zero("packets in the pool", shard.packets_in_pool);
    expect_zero("participants of the control plane", control.participants);
    expect_zero("rooms", control.rooms);
    expect_zero("connections", control.connections);
    if (world_.shard().NextDeadline() != Instant::Never()) {
      report_.violations.Add(now_, "the empty shard still has a timer");
    }
    for (const std::string& leak : logs_.leaks()) {
      report_.violations.Add(now_, "a log line gives something away: " + leak);
    }
  }

  SimulationReport Finish() {
    hash_.Add(world_.sent_hash());
    report_.event_hash = hash_.value();
    report_.rtp_packets = egress_.rtp_packets();
    report_.rtx_packets = egress_.rtx_packets();
    report_.video_packets = egress_.video_packets();
    report_.video_gaps = egress_.video_gaps();
    report_.lost_datagrams = world_.network().lost();
    report_.log_lines = logs_.lines();
    return std::move(report_);
  }

  void HashEvent(const router::Event& event) {
    hash_.Add(static_cast<uint64_t>(now_.us()));
    hash_.Add(event.index());
    if (const auto* slots = std::get_if<router::SlotsChanged>(&event)) {
      hash_.Add(slots->participant.value());
      for (const router::SlotAssignment& slot : slots->slots) {
        hash_.Add(slot.slot.value());
        hash_.Add(slot.track.value());
        hash_.Add(slot.rtp_timestamp);
        hash_.Add(static_cast<uint64_t>(slot.capture_time.us()));
        hash_.Add(slot.paused ? 1 : 0);
      }
    } else if (const auto* levels = std::get_if<router::AudioLevels>(&event)) {
      for (const router::AudioLevel& level : levels->levels) {
        hash_.Add(level.track.value());
        hash_.Add(level.level);
      }
    } else if (const auto* dominant = std::get_if<router::DominantSpeakerChanged>(&event)) {
      hash_.Add(dominant->track.value());
    } else if (const auto* layers = std::get_if<router::LayersWanted>(&event)) {
      for (const router::WantedTrack& track : layers->tracks) {
        hash_.Add(track.track.value());
        hash_.Add(track.encodings);
      }
    }
  }

  const SimulationConfig config_;
  SimulationReport report_;
  SeededRandom random_;
  Instant now_;
  Hash hash_;
  LogChecker logs_;
  NonceChecker nonces_;
  EgressChecker egress_;
  World world_;
  signal::ControlPlane control_;
  WebSocketLines sockets_;
  std::vector<std::unique_ptr<Person>> people_;
  std::map<ConnectionId, Person*> by_connection_;
  uint64_t connections_ = 0;
};

}  // namespace

SimulationReport RunSimulation(const SimulationConfig& config) { return Simulation(config).Run(); }

std::string Summary(const SimulationReport& report) {
  const auto item = [](const char* name, uint64_t value) {
    return std::string(" ") + name + "=" + std::to_string(value);
  };
  return "hash=" + std::to_string(report.event_hash) +
         item("violations", report.violations.count()) + item("joins", report.joins) +
         item("resumes", report.resumes) + item("ice_restarts", report.ice_restarts) +
         item("peak", report.participants_peak) + item("rtp", report.rtp_packets) +
         item("rtx", report.rtx_packets) + item("video", report.video_packets) +
         item("video_gaps", report.video_gaps) + item("frames", report.frames_decoded) +
         item("key_frames", report.key_frames_decoded) + item("lost", report.lost_datagrams) +
         item("chats", report.chats) + item("log_lines", report.log_lines);
}

}  // namespace conclave::sim
