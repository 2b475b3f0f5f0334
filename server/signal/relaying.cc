#include "signal/relaying.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conference/limits.h"
#include "conference/relay_rules.h"
#include "signal/announcements.h"
#include "signal/delivery.h"
#include "signal/encode.h"
#include "signal/people.h"

namespace conclave::signal {
namespace {

using conference::MessageClass;
using conference::RelayRequest;

std::optional<conference::MessageClass> ClassOf(const v1::Relay& relay) {
  switch (relay.class_()) {
    case v1::MESSAGE_CLASS_PROFILE:
      return conference::MessageClass::kProfile;
    case v1::MESSAGE_CLASS_CHAT:
      return conference::MessageClass::kChat;
    case v1::MESSAGE_CLASS_PRESENCE:
      return conference::MessageClass::kPresence;
    case v1::MESSAGE_CLASS_REACTION:
      return conference::MessageClass::kReaction;
    case v1::MESSAGE_CLASS_DIRECT:
      return conference::MessageClass::kDirect;
    case v1::MESSAGE_CLASS_POLL:
      return conference::MessageClass::kPoll;
    case v1::MESSAGE_CLASS_MODERATION:
      return conference::MessageClass::kModeration;
    case v1::MESSAGE_CLASS_COMPARISON:
      return conference::MessageClass::kComparison;
    case v1::MESSAGE_CLASS_BOARD:
      return conference::MessageClass::kBoard;
    case v1::MESSAGE_CLASS_RECORDING:
      return conference::MessageClass::kRecording;
    case v1::MESSAGE_CLASS_BROADCAST:
      return conference::MessageClass::kBroadcast;
    case v1::MESSAGE_CLASS_FILE:
      return conference::MessageClass::kFile;
    case v1::MESSAGE_CLASS_VOTE:
      return conference::MessageClass::kVote;
    default:
      return std::nullopt;
  }
}

Refusal ToRefusal(const conference::Refused& refused) {
  switch (refused.why) {
    case conference::RelayRefusal::kTooLarge:
      return {v1::ERROR_CODE_TOO_LARGE, refused.text, false, {}};
    case conference::RelayRefusal::kUnknownParticipant:
      return {v1::ERROR_CODE_UNKNOWN_PARTICIPANT, refused.text, false, {}};
    case conference::RelayRefusal::kNotAllowed:
      break;
  }
  return NotAllowed(refused.text);
}

// Parts of files are asked for again where they are lost: they would only push out of what is kept
// for a lost connection what cannot be asked for.
enum class Keeping : uint8_t { kRepeated, kOnce };

void Forward(ControlState& state, Instant now, const Member& sender, const v1::Relay& relay,
             const std::vector<ParticipantId>& receivers, Keeping keeping) {
  conference::Room& room = state.RoomOf(sender);
  // Nobody hears from a participant before the roster has introduced it.
  if (room.IsNews(sender.id)) Announce(state, now, room);
  v1::ServerMessage message;
  // Field by field: what is not in the contract is not passed on.
  v1::Relay& out = *message.mutable_relay();
  out.set_class_(relay.class_());
  out.mutable_to()->CopyFrom(relay.to());
  out.set_payload(relay.payload());
  out.set_sender(sender.id.value());
  const std::string body = message.SerializeAsString();
  for (const ParticipantId id : receivers) {
    Member* member = state.FindMember(id);
    if (member == nullptr) continue;
    if (keeping == Keeping::kOnce)
      SendUncounted(state, *member, body);
    else
      SendToMember(state, *member, 0, body);
  }
}

conference::TokenBucket& BucketOf(Member& member, const RelayRequest& request) {
  if (request.message_class == MessageClass::kProfile) return member.profiles;
  // What all get is no more often than what people type.
  const bool file = request.message_class == MessageClass::kFile && !request.to.empty();
  return file ? member.files : member.chat;
}

// By what the sender is and what is reserved; whom it is for has been looked at.
Outcome CheckRights(ControlState& state, const Member& member, const RelayRequest& request) {
  const conference::Room& room = state.RoomOf(member);
  if (Moderates(room.roster().Find(member.id)->role)) return std::nullopt;
  if (!state.HouseOf(room).rules.reserved_messages.Has(request.message_class)) return std::nullopt;
  const bool to_moderator =
      request.to.size() == 1 && Moderates(room.roster().Find(request.to.front())->role);
  if (to_moderator) return std::nullopt;
  return NotAllowed("only hosts and co-hosts send this to others here now");
}

// Parts of files go to whoever has asked for them.
Outcome CheckCredit(ControlState& state, Member& member, const RelayRequest& request) {
  if (request.message_class != MessageClass::kFile || request.to.size() != 1) return std::nullopt;
  Member* other = state.FindMember(request.to.front());
  if (!IsFilePart(request)) {
    member.file_credits.Grant(request.to.front());
  } else if (other == nullptr || !other->file_credits.Take(member.id, request.payload_bytes)) {
    return NotAllowed("nobody has asked for this part of a file");
  }
  return std::nullopt;
}

}  // namespace

Outcome HandleRelay(ControlState& state, Instant now, Member& member, const v1::Relay& relay) {
  const auto message_class = ClassOf(relay);
  if (!message_class) {
    return Refusal{v1::ERROR_CODE_MALFORMED, "relay: unknown message class", false, {}};
  }
  RelayRequest request{*message_class, member.id, {}, relay.payload().size()};
  for (const uint32_t id : relay.to()) request.to.push_back(ParticipantId(id));
  conference::TokenBucket& bucket = BucketOf(member, request);
  const bool profile = *message_class == MessageClass::kProfile;
  if (!bucket.Take(now)) return RateLimited(profile ? "profiles" : "messages", bucket.Wait(now));
  if (*message_class == MessageClass::kFile && state.config.file_bytes_max == 0) {
    return NotAllowed("this server carries no files");
  }

  conference::Room& room = state.RoomOf(member);
  const auto verdict = conference::CheckRelay(request, room.roster());
  if (const auto* refused = std::get_if<conference::Refused>(&verdict)) return ToRefusal(*refused);
  if (Outcome refusal = CheckRights(state, member, request)) return refusal;
  if (Outcome refusal = CheckCredit(state, member, request)) return refusal;
  if (profile) {
    room.SetProfile(now, member.id, relay.payload());
    state.ScheduleFlush(room);
    return std::nullopt;
  }
  Forward(state, now, member, relay, std::get<std::vector<ParticipantId>>(verdict),
          IsFilePart(request) ? Keeping::kOnce : Keeping::kRepeated);
  return std::nullopt;
}

}  // namespace conclave::signal
