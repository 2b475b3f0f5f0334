// The control plane under a few connections that say anything at any time: every message that
// leaves decodes and fits, nothing is sent to a closed connection, and in the end nothing is left.
#include <set>
#include <variant>

#include "base/byte_reader.h"
#include "fuzz/oracle.h"
#include "protocol/conclave.pb.h"
#include "signal/control_plane.h"
#include "signal/deflate.h"
#include "signal/limits.h"
#include "signal/test_offer.h"

namespace conclave::signal {
namespace {

constexpr uint64_t kConnections = 4;

class Session {
 public:
  Session() : random_(1), plane_(Config(), random_) {}

  void Run(std::span<const uint8_t> input) {
    ByteReader reader(input);
    while (reader.remaining() > 0) Step(reader);
    for (uint64_t i = 0; i < kConnections; ++i) Disconnect(ConnectionId(i));
    Advance(Duration::Seconds(3600));
    const ControlPlaneStats stats = plane_.stats();
    CHECK(stats.connections == 0 && stats.participants == 0 && stats.rooms == 0);
    CHECK(plane_.NextDeadline() == Instant::Never());
  }

 private:
  static ControlPlaneConfig Config() {
    ControlPlaneConfig config;
    config.shards = {{{{IpAddress::V4(192, 0, 2, 1), 5000}}}};
    config.participants_per_room_max = 3;
    config.rooms_max = 2;
    return config;
  }

  void Step(ByteReader& reader) {
    const uint8_t what = reader.U8();
    const ConnectionId connection(what % kConnections);
    switch (what / kConnections % 8) {
      case 0:
        Disconnect(connection);
        break;
      case 1:
        Join(connection, reader.U8());
        break;
      case 2:
        Resume(connection, reader.U8(), reader.U8());
        break;
      case 3:
        Advance(Duration::Millis(reader.U16()));
        break;
      case 4:
        ShardEvent(reader);
        break;
      default:
        Message(connection, reader.Bytes(std::min<size_t>(reader.U8(), reader.remaining())));
    }
    Collect();
  }

  void Message(ConnectionId connection, std::span<const uint8_t> bytes) {
    if (open_.insert(connection).second) plane_.OnConnect(now_, connection);
    plane_.OnMessage(now_, connection, bytes);
  }
  void Message(ConnectionId connection, const v1::ClientMessage& message) {
    const std::string bytes = message.SerializeAsString();
    Message(connection, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
  }
  void Join(ConnectionId connection, uint8_t room) {
    v1::ClientMessage message;
    message.mutable_join()->set_room("open/" + std::to_string(room % 4));
    static const std::string offer = Deflate(testing::TestOffer());
    message.mutable_join()->set_offer_deflated(offer);
    message.mutable_join()->add_tracks()->set_mid("0");
    message.mutable_join()->mutable_tracks(0)->set_source(v1::SOURCE_KIND_MICROPHONE);
    Message(connection, message);
  }
  void Resume(ConnectionId connection, uint8_t which, uint8_t seen) {
    if (tokens_.empty()) return;
    v1::ClientMessage message;
    message.mutable_resume()->set_token(tokens_[which % tokens_.size()]);
    message.mutable_resume()->set_last_sequence(seen);
    Message(connection, message);
  }
  void Disconnect(ConnectionId connection) {
    if (open_.erase(connection) == 0) return;
    closed_.erase(connection);
    plane_.OnDisconnect(now_, connection);
  }
  void ShardEvent(ByteReader& reader) {
    const uint8_t what = reader.U8();
    const ParticipantId participant(reader.U8());
    const RoomId room(participant.value());
    const TrackId track(reader.U8());
    router::Event event = router::TransportFailed{participant, {}};
    if (what % 4 == 1) event = router::DominantSpeakerChanged{room, track};
    if (what % 4 == 2) event = router::AudioLevels{room, {{track, 5}}};
    if (what % 4 == 3)
      event = router::SlotsChanged{participant, {{SlotId(1), track, 1, {}, false}}};
    plane_.OnShardEvent(now_, ShardId(0), event);
  }
  void Advance(Duration time) {
    const Instant until = now_ + time;
    while (plane_.NextDeadline() <= until) {
      now_ = std::max(now_, plane_.NextDeadline());
      plane_.OnDeadline(now_);
      Collect();
    }
    now_ = until;
  }

  void Collect() {
    for (const Output& output : plane_.TakeOutput()) {
      if (const auto* close = std::get_if<CloseConnection>(&output)) {
        CHECK(open_.contains(close->connection) && closed_.insert(close->connection).second);
      }
      const auto* send = std::get_if<SendMessage>(&output);
      if (send == nullptr) continue;
      CHECK(open_.contains(send->connection) && !closed_.contains(send->connection));
      CHECK(send->bytes.size() <= kMessageBytesMax);
      v1::ServerMessage message;
      CHECK(message.ParseFromString(send->bytes));
      if (message.has_joined()) tokens_.push_back(message.joined().resume_token());
    }
  }

  SeededRandom random_;
  ControlPlane plane_;
  Instant now_ = Instant::FromMicros(1);
  std::set<ConnectionId> open_;
  std::set<ConnectionId> closed_;
  std::vector<std::string> tokens_;
};

}  // namespace
}  // namespace conclave::signal

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::signal::Session().Run({data, size});
  return 0;
}
