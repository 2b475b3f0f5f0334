#include "signal/control_plane.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "protocol/conclave.pb.h"
#include "signal/announcements.h"
#include "signal/breakouts.h"
#include "signal/close_codes.h"
#include "signal/control_state.h"
#include "signal/delivery.h"
#include "signal/departures.h"
#include "signal/encode.h"
#include "signal/groups.h"
#include "signal/joining.h"
#include "signal/limits.h"
#include "signal/lobby.h"
#include "signal/moderation.h"
#include "signal/network.h"
#include "signal/passcode_checks.h"
#include "signal/people.h"
#include "signal/relaying.h"
#include "signal/removal.h"
#include "signal/requests.h"
#include "signal/resuming.h"
#include "signal/room_name.h"
#include "signal/shard_events.h"

namespace conclave::signal {
namespace {

constexpr Duration kBusyRetry = Duration::Seconds(5);

Refusal OutOfPlace(std::string text) {
  return {v1::ERROR_CODE_OUT_OF_PLACE, std::move(text), false, {}};
}

void Pong(ControlState& state, const Session& session, uint32_t request, uint64_t value) {
  v1::ServerMessage message;
  message.mutable_pong()->set_value(value);
  SendToConnection(state, session.connection, request, message.SerializeAsString());
}

void Leave(ControlState& state, Instant now, Session& session) {
  if (Member* member = state.FindMember(session.participant)) RemoveMember(state, now, *member);
  StopWaiting(state, session);
  CloseSession(state, session, kCloseNormal);
}

}  // namespace

class ControlPlane::Impl {
 public:
  Impl(ControlPlaneConfig config, Random& random) : state(std::move(config), random) {
    // Protobuf would write a line to stderr for each field that a peer garbles.
    google::protobuf::SetLogHandler(nullptr);
  }

  void Handle(Instant now, Session& session, std::span<const uint8_t> bytes);
  void Disconnect(Instant now, ConnectionId connection);

  ControlState state;

 private:
  Outcome Dispatch(Instant now, Session& session, const v1::ClientMessage& message);
  Outcome DispatchNew(Instant now, Session& session, const v1::ClientMessage& message);
  Outcome DispatchWaiting(Instant now, Session& session, const v1::ClientMessage& message);
  Outcome DispatchJoined(Instant now, Session& session, const v1::ClientMessage& message);
  void Refuse(Instant now, Session& session, uint32_t request, const Refusal& refusal);
  void Close(Instant now, Session& session, uint16_t code);
};

void ControlPlane::Impl::Handle(Instant now, Session& session, std::span<const uint8_t> bytes) {
  if (session.state != SessionState::kJoined) {
    state.silences.Set(session.connection, now + kUnjoinedSilenceMax);
  }
  const size_t bytes_max =
      session.state == SessionState::kJoined ? kJoinedMessageBytesMax : kMessageBytesMax;
  if (bytes.size() > bytes_max) {
    ++state.protocol_errors;
    SendRefusal(state, session, 0, TooLarge("message bytes", bytes.size(), bytes_max));
    return Close(now, session, kCloseMessageTooBig);
  }
  v1::ClientMessage message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Refuse(now, session, 0,
                  {v1::ERROR_CODE_MALFORMED, "these bytes are no ClientMessage", false, {}});
  }
  const Outcome refusal = Dispatch(now, session, message);
  if (refusal) Refuse(now, session, message.request(), *refusal);
}

Outcome ControlPlane::Impl::Dispatch(Instant now, Session& session,
                                     const v1::ClientMessage& message) {
  if (!session.messages.Take(now)) {
    return RateLimited("requests", session.messages.Wait(now));
  }
  switch (message.body_case()) {
    case v1::ClientMessage::BODY_NOT_SET:
      return Refusal{v1::ERROR_CODE_MALFORMED, "the body is missing or unknown here", false, {}};
    case v1::ClientMessage::kPing:
      Pong(state, session, message.request(), message.ping().value());
      return std::nullopt;
    case v1::ClientMessage::kLeave:
      Leave(state, now, session);
      return std::nullopt;
    default:
      break;
  }
  switch (session.state) {
    case SessionState::kNew:
      return DispatchNew(now, session, message);
    case SessionState::kWaiting:
      return DispatchWaiting(now, session, message);
    default:
      return DispatchJoined(now, session, message);
  }
}

Outcome ControlPlane::Impl::DispatchNew(Instant now, Session& session,
                                        const v1::ClientMessage& message) {
  switch (message.body_case()) {
    case v1::ClientMessage::kJoin:
      return Join(state, now, session, message.request(), message.join());
    case v1::ClientMessage::kResume:
      return Resume(state, now, session, message.request(), message.resume());
    case v1::ClientMessage::kLook:
      return HandleLook(state, session, message.request(), message.look());
    default:
      return OutOfPlace("before Join or Resume");
  }
}

Outcome ControlPlane::Impl::DispatchWaiting(Instant now, Session& session,
                                            const v1::ClientMessage& message) {
  if (!message.has_lobby_message()) return OutOfPlace("while waiting to be admitted");
  return HandleLobbyMessage(state, now, session, message.lobby_message());
}

Outcome ControlPlane::Impl::DispatchJoined(Instant now, Session& session,
                                           const v1::ClientMessage& message) {
  Member* member = state.FindMember(session.participant);
  CHECK(member != nullptr);
  switch (message.body_case()) {
    case v1::ClientMessage::kOffer:
      return HandleOffer(state, now, *member, message.request(), message.offer());
    case v1::ClientMessage::kLayout:
      return HandleLayout(state, *member, message.layout());
    case v1::ClientMessage::kTrackState:
      return HandleTrackState(state, now, *member, message.track_state());
    case v1::ClientMessage::kRelay:
      return HandleRelay(state, now, *member, message.relay());
    case v1::ClientMessage::kRecording:
      member->recording = message.recording().active();
      return std::nullopt;
    case v1::ClientMessage::kGroup:
      return HandleGroup(state, now, *member, message.group());
    case v1::ClientMessage::kModerate:
      return HandleModerate(state, now, *member, message.moderate());
    case v1::ClientMessage::kGoToBreakout:
      return HandleGoToBreakout(state, now, *member, message.go_to_breakout());
    case v1::ClientMessage::kAskForHelp:
      return HandleAskForHelp(state, now, *member, message.ask_for_help());
    case v1::ClientMessage::kLobbyMessage:
      return HandleLobbyMessage(state, now, *member, message.lobby_message());
    default:
      return OutOfPlace("this session has joined already");
  }
}

void ControlPlane::Impl::Refuse(Instant now, Session& session, uint32_t request,
                                const Refusal& refusal) {
  SendRefusal(state, session, request, refusal);
  if (EndsSession(refusal.code)) {
    ++state.protocol_errors;
    Close(now, session, kCloseProtocolError);
  } else if (!session.refusals.Take(now)) {
    Close(now, session, kClosePolicy);
  }
}

void ControlPlane::Impl::Close(Instant now, Session& session, uint16_t code) {
  const bool joined = session.state == SessionState::kJoined;
  StopWaiting(state, session);
  CloseSession(state, session, code);
  if (!joined) return;
  if (Member* member = state.FindMember(session.participant)) BecomeAway(state, now, *member);
}

void ControlPlane::Impl::Disconnect(Instant now, ConnectionId connection) {
  Session* session = state.FindSession(connection);
  if (session == nullptr) return;
  state.silences.Cancel(connection);
  if (session->state == SessionState::kJoined) {
    if (Member* member = state.FindMember(session->participant)) BecomeAway(state, now, *member);
  }
  StopWaiting(state, *session);
  state.sessions.erase(connection);
}

ControlPlane::ControlPlane(ControlPlaneConfig config, Random& random)
    : impl_(std::make_unique<Impl>(std::move(config), random)) {}

ControlPlane::~ControlPlane() = default;

void ControlPlane::OnConnect(Instant now, ConnectionId connection,
                             const std::optional<IpAddress>& peer) {
  ControlState& state = impl_->state;
  Session session;
  session.connection = connection;
  if (peer) session.network = NetworkOf(*peer);
  Session& kept = state.sessions.emplace(connection, std::move(session)).first->second;
  state.silences.Set(connection, now + kUnjoinedSilenceMax);
  if (state.sessions.size() <= kConnectionsMax) return;
  SendRefusal(state, kept, 0,
              {v1::ERROR_CODE_SERVER_BUSY, "too many connections", true, kBusyRetry});
  CloseSession(state, kept, kCloseTryAgainLater);
}

void ControlPlane::OnMessage(Instant now, ConnectionId connection, std::span<const uint8_t> bytes) {
  Session* session = impl_->state.FindSession(connection);
  // What a closed connection had still under way is dropped.
  if (session == nullptr || session->state == SessionState::kClosed) return;
  impl_->Handle(now, *session, bytes);
}

void ControlPlane::OnDisconnect(Instant now, ConnectionId connection) {
  impl_->Disconnect(now, connection);
}

void ControlPlane::OnShardEvent(Instant now, ShardId shard, const router::Event& event) {
  HandleShardEvent(impl_->state, now, shard, event);
}

void ControlPlane::OnStretched(Instant now, uint64_t job, const std::optional<PasscodeKey>& key) {
  signal::OnStretched(impl_->state, now, job, key);
}

Result<void> ControlPlane::CloseRooms(Instant now, std::span<const std::string> names) {
  ControlState& state = impl_->state;
  std::set<std::string> closed;
  for (const std::string& name : names) {
    auto parsed = ParseRoomName(name);
    if (!parsed) return parsed.error();
    closed.insert(*std::move(parsed));
  }
  state.closed_rooms = std::move(closed);
  for (const std::string& name : state.closed_rooms) {
    if (conference::Room* room = state.rooms.FindByName(name)) {
      EndRoom(state, now, *room, ParticipantId());
    }
    EmptyLobby(state, name, ErrorBody(ClosedRoom()), kCloseEnded);
  }
  return {};
}

void ControlPlane::ReplacePasscodes(std::vector<RoomPasscode> passcodes) {
  signal::ReplacePasscodes(impl_->state, std::move(passcodes));
}

void ControlPlane::OnDeadline(Instant now) {
  ControlState& state = impl_->state;
  while (const auto id = state.resume_windows.PopDue(now)) {
    if (Member* member = state.FindMember(*id)) RemoveMember(state, now, *member);
  }
  while (const auto connection = state.silences.PopDue(now)) {
    if (Session* session = state.FindSession(*connection)) {
      StopWaiting(state, *session);
      CloseSession(state, *session, kClosePolicy);
    }
  }
  ServeGroups(state, now);
  ServePeople(state, now);
  ServeBreakouts(state, now);
  while (const auto id = state.flushes.PopDue(now)) {
    if (conference::Room* room = state.rooms.Find(*id)) Announce(state, now, *room);
  }
}

Instant ControlPlane::NextDeadline() const {
  const ControlState& state = impl_->state;
  return std::min({state.flushes.Next(), state.group_deadlines.Next(), state.resume_windows.Next(),
                   state.silences.Next(), state.successions.Next(), state.house_ends.Next(),
                   state.breakout_ends.Next()});
}

std::vector<Output> ControlPlane::TakeOutput() { return std::exchange(impl_->state.output, {}); }

ControlPlaneStats ControlPlane::stats() const {
  const ControlState& state = impl_->state;
  return {state.sessions.size(),
          state.rooms.size(),
          state.members.size(),
          state.joins,
          state.protocol_errors,
          {state.loads.all().begin(), state.loads.all().end()},
          {state.loads.participants().begin(), state.loads.participants().end()}};
}

}  // namespace conclave::signal
