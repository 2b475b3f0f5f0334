// Tests only: a control plane in virtual time with connections whose every message is kept.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/conclave.pb.h"
#include "signal/control_plane.h"
#include "signal/deflate.h"
#include "signal/test_offer.h"

namespace conclave::signal::testing {

// What one WebSocket received.
struct Wire {
  std::vector<v1::ServerMessage> messages;
  uint16_t close_code = 0;

  bool closed() const { return close_code != 0; }
  const v1::ServerMessage& last() const { return messages.at(messages.size() - 1); }
  // Of the last message, if that is an error.
  v1::ErrorCode error() const {
    return messages.empty() ? v1::ERROR_CODE_UNSPECIFIED : last().error().code();
  }
  size_t Count(v1::ServerMessage::BodyCase body) const {
    size_t count = 0;
    for (const auto& message : messages) count += message.body_case() == body;
    return count;
  }
  std::vector<v1::ServerMessage> All(v1::ServerMessage::BodyCase body) const {
    std::vector<v1::ServerMessage> out;
    for (const auto& message : messages) {
      if (message.body_case() == body) out.push_back(message);
    }
    return out;
  }
};

class Bench {
 public:
  explicit Bench(ControlPlaneConfig config = DefaultConfig())
      : random_(1), plane_(std::move(config), random_) {}

  static ControlPlaneConfig DefaultConfig() {
    ControlPlaneConfig config;
    config.shards = {{{{IpAddress::V4(192, 0, 2, 1), 5000}}},
                     {{{IpAddress::V4(192, 0, 2, 1), 5001}}}};
    return config;
  }

  ControlPlane& plane() { return plane_; }
  Instant now() const { return now_; }
  Wire& at(ConnectionId connection) { return wires_[connection]; }
  const std::vector<ShardCommand>& commands() const { return commands_; }
  template <typename Command>
  std::vector<Command> CommandsOf() const {
    std::vector<Command> out;
    for (const ShardCommand& each : commands_) {
      if (const auto* command = std::get_if<Command>(&each.command)) out.push_back(*command);
    }
    return out;
  }

  ConnectionId Connect(const std::optional<IpAddress>& peer = std::nullopt) {
    const ConnectionId connection(++last_connection_);
    plane_.OnConnect(now_, connection, peer);
    Collect();
    return connection;
  }
  void SendBytes(ConnectionId connection, const std::string& bytes) {
    plane_.OnMessage(now_, connection,
                     {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    Collect();
  }
  void Send(ConnectionId connection, const v1::ClientMessage& message) {
    SendBytes(connection, message.SerializeAsString());
  }
  // What the server wants stretched: done, and told.
  void Stretch() { Tell(std::exchange(stretches_, {})); }
  void StretchBackwards() {
    std::reverse(stretches_.begin(), stretches_.end());
    Stretch();
  }
  size_t stretches() const { return stretches_.size(); }
  Result<void> CloseRooms(const std::vector<std::string>& names) {
    const Result<void> closed = plane_.CloseRooms(now_, names);
    Collect();
    return closed;
  }
  void ReplacePasscodes(std::vector<RoomPasscode> passcodes) {
    plane_.ReplacePasscodes(std::move(passcodes));
    Collect();
  }
  void Disconnect(ConnectionId connection) {
    plane_.OnDisconnect(now_, connection);
    Collect();
  }
  void Event(const router::Event& event, ShardId shard = ShardId(0)) {
    plane_.OnShardEvent(now_, shard, event);
    Collect();
  }
  // Lets time pass, with every deadline at its instant.
  void Advance(Duration time) {
    const Instant until = now_ + time;
    while (plane_.NextDeadline() <= until) {
      now_ = std::max(now_, plane_.NextDeadline());
      plane_.OnDeadline(now_);
      Collect();
    }
    now_ = until;
  }
  void AdvanceMs(int64_t ms) { Advance(Duration::Millis(ms)); }

  static v1::ClientMessage JoinMessage(const std::string& room, const std::string& profile = "",
                                       const OfferShape& shape = {}) {
    v1::ClientMessage message;
    message.set_request(1);
    v1::Join& join = *message.mutable_join();
    join.set_room(room);
    join.set_profile(profile);
    join.set_offer_deflated(Deflate(TestOffer(shape)));
    AddTracks(*join.mutable_tracks(), shape);
    return message;
  }
  template <typename Tracks>
  static void AddTracks(Tracks& tracks, const OfferShape& shape) {
    for (int i = 0; i < shape.audio_senders + shape.video_senders; ++i) {
      v1::OfferedTrack& track = *tracks.Add();
      track.set_mid(std::to_string(i));
      track.set_source(i < shape.audio_senders ? v1::SOURCE_KIND_MICROPHONE
                                               : v1::SOURCE_KIND_CAMERA);
    }
  }

  // A connection that has joined, and its Joined message.
  struct Joined {
    ConnectionId connection;
    v1::Joined joined;
    ParticipantId id() const { return ParticipantId(joined.participant()); }
    uint32_t track(int index) const { return joined.tracks(index).id(); }
  };
  Joined Join(const std::string& room = "open/tea", const std::string& profile = "",
              const std::optional<IpAddress>& peer = std::nullopt) {
    const ConnectionId connection = Connect(peer);
    Send(connection, JoinMessage(room, profile));
    return {connection, at(connection).messages.at(0).joined()};
  }
  // A new connection that asks to resume.
  ConnectionId Resume(const Joined& who, uint64_t last_sequence) {
    const ConnectionId connection = Connect();
    v1::ClientMessage message;
    message.set_request(7);
    message.mutable_resume()->set_token(who.joined.resume_token());
    message.mutable_resume()->set_last_sequence(last_sequence);
    Send(connection, message);
    return connection;
  }

  static v1::ClientMessage Chat(const std::string& text, std::vector<uint32_t> to = {}) {
    v1::ClientMessage message;
    message.set_request(2);
    message.mutable_relay()->set_class_(v1::MESSAGE_CLASS_CHAT);
    message.mutable_relay()->set_payload(text);
    for (const uint32_t id : to) message.mutable_relay()->add_to(id);
    return message;
  }

 private:
  void Tell(const std::vector<StretchPasscode>& stretches) {
    for (const StretchPasscode& each : stretches) {
      plane_.OnStretched(now_, each.job, signal::Stretch(each.passcode, each.salt));
      Collect();
    }
  }
  void Collect() {
    for (Output& output : plane_.TakeOutput()) {
      if (auto* send = std::get_if<SendMessage>(&output)) {
        v1::ServerMessage message;
        CHECK(message.ParseFromString(send->bytes));
        CHECK(send->bytes.size() <= 64 * 1024 && !wires_[send->connection].closed());
        wires_[send->connection].messages.push_back(std::move(message));
      } else if (auto* close = std::get_if<CloseConnection>(&output)) {
        wires_[close->connection].close_code = close->code;
      } else if (const auto* stretch = std::get_if<StretchPasscode>(&output)) {
        stretches_.push_back(*stretch);
      } else {
        commands_.push_back(std::get<ShardCommand>(std::move(output)));
      }
    }
  }

  SeededRandom random_;
  ControlPlane plane_;
  Instant now_ = Instant::FromMicros(1'000'000'000);
  uint64_t last_connection_ = 0;
  std::map<ConnectionId, Wire> wires_;
  std::vector<ShardCommand> commands_;
  std::vector<StretchPasscode> stretches_;
};

}  // namespace conclave::signal::testing
