#include "signal/resuming.h"

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "signal/announcements.h"
#include "signal/breakouts.h"
#include "signal/close_codes.h"
#include "signal/delivery.h"
#include "signal/encode.h"
#include "signal/lobby.h"
#include "signal/moderation.h"

namespace conclave::signal {
namespace {

Member* FindByToken(ControlState& state, const std::string& token) {
  const std::span bytes(reinterpret_cast<const uint8_t*>(token.data()), token.size());
  const auto claimed = ResumeToken::ClaimedBy(bytes);
  Member* member = claimed ? state.FindMember(*claimed) : nullptr;
  return member != nullptr && member->token.Matches(bytes) ? member : nullptr;
}

void Attach(ControlState& state, Instant now, Session& session, Member& member) {
  if (member.connection) {
    if (Session* old = state.FindSession(*member.connection)) {
      CloseSession(state, *old, kCloseReplaced);
    }
  }
  member.connection = session.connection;
  session.state = SessionState::kJoined;
  session.participant = member.id;
  state.silences.Cancel(session.connection);
  state.resume_windows.Cancel(member.id);
  conference::Room& room = state.RoomOf(member);
  room.SetAway(now, member.id, false);
  state.ScheduleFlush(room);
}

// How long they last is told anew: a message that was kept says it as of then.
void TellBreakouts(ControlState& state, Instant now, Member& member) {
  const House& house = state.HouseOf(state.RoomOf(member));
  SendToMember(state, member, 0, BreakoutsBody(now, house));
}

std::string ResumedBody(uint64_t last_sequence) {
  v1::ServerMessage message;
  message.mutable_resumed()->set_last_sequence(last_sequence);
  return message.SerializeAsString();
}

}  // namespace

Outcome Resume(ControlState& state, Instant now, Session& session, uint32_t request,
               const v1::Resume& resume) {
  Member* member = FindByToken(state, resume.token());
  if (member == nullptr) {
    return Refusal{
        v1::ERROR_CODE_RESUME_UNKNOWN, "no such session any more: join again", false, {}};
  }
  Attach(state, now, session, *member);
  auto missed = member->replay.After(resume.last_sequence());
  const uint64_t from = missed ? resume.last_sequence() : member->replay.last_sequence();
  SendToConnection(state, session.connection, request, ResumedBody(from));
  member->replay.Acknowledge(from);
  if (missed) {
    for (const KeptMessage& message : *missed) {
      state.output.emplace_back(SendMessage{
          session.connection, Frame(message.sequence, message.reply_to, message.body.text())});
    }
    TellBreakouts(state, now, *member);
    return std::nullopt;
  }
  IntroduceRoom(state, *member, RosterStart::kReset, 0);
  const auto slots = state.RoomOf(*member).TakeAllSlots(member->id);
  if (!slots.empty()) SendToMember(state, *member, 0, SlotMapBody(slots));
  SendToMember(state, *member, 0, RulesBody(state.HouseOf(state.RoomOf(*member))));
  std::vector<router::WantedTrack> wanted;
  for (const auto& [id, track] : member->wanted) wanted.push_back(track);
  if (!wanted.empty()) SendToMember(state, *member, 0, WantedLayersBody(wanted));
  TellBreakouts(state, now, *member);
  TellLobby(state, *member);
  return std::nullopt;
}

}  // namespace conclave::signal
