#include "conference/relay_rules.h"

#include <set>

#include "conference/limits.h"

namespace conclave::conference {
namespace {

Refused TooLarge(const std::string& what, size_t value, size_t limit) {
  return {RelayRefusal::kTooLarge,
          what + ": " + std::to_string(value) + " of at most " + std::to_string(limit)};
}

bool Reaches(MessageClass message_class, const Participant& sender, const Participant& receiver) {
  return sender.breakout == receiver.breakout || CrossesBreakouts(message_class);
}

std::vector<ParticipantId> Everybody(const Roster& roster, MessageClass message_class,
                                     const Participant& sender) {
  std::vector<ParticipantId> ids;
  for (const auto& [id, participant] : roster.participants()) {
    if (id != sender.id && Reaches(message_class, sender, participant)) ids.push_back(id);
  }
  return ids;
}

}  // namespace

std::variant<std::vector<ParticipantId>, Refused> CheckRelay(const RelayRequest& request,
                                                             const Roster& roster) {
  const bool profile = request.message_class == MessageClass::kProfile;
  const size_t bytes_max = profile ? kProfileBytesMax : kRelayedBytesMax;
  if (request.payload_bytes > bytes_max) {
    return TooLarge(profile ? "profile bytes" : "message bytes", request.payload_bytes, bytes_max);
  }
  if (IsFilePart(request) && request.to.size() != 1) {
    return TooLarge("bytes of a word about a file", request.payload_bytes, kFileWordBytesMax);
  }
  const size_t addressees_max = profile ? 0 : kAddresseesMax;
  if (request.to.size() > addressees_max) {
    return TooLarge(profile ? "addressees of a profile" : "addressees", request.to.size(),
                    addressees_max);
  }
  if (profile) return std::vector<ParticipantId>{};
  const Participant& sender = *roster.Find(request.sender);
  if (NeedsModerator(request.message_class) && !Moderates(sender.role)) {
    return Refused{RelayRefusal::kNotAllowed, "only hosts and co-hosts moderate"};
  }
  if (request.to.empty()) return Everybody(roster, request.message_class, sender);
  std::set<ParticipantId> ids;
  for (const ParticipantId id : request.to) {
    const Participant* receiver = roster.Find(id);
    if (receiver == nullptr) {
      return Refused{RelayRefusal::kUnknownParticipant,
                     "no participant " + std::to_string(id.value()) + " in this room"};
    }
    if (!Reaches(request.message_class, sender, *receiver)) {
      return Refused{RelayRefusal::kUnknownParticipant,
                     "participant " + std::to_string(id.value()) + " is in another breakout room"};
    }
    if (id != request.sender) ids.insert(id);
  }
  return std::vector<ParticipantId>(ids.begin(), ids.end());
}

}  // namespace conclave::conference
