#include "conference/relay_rules.h"

#include <set>

#include "conference/limits.h"

namespace conclave::conference {
namespace {

Refused TooLarge(const std::string& what, size_t value, size_t limit) {
  return {RelayRefusal::kTooLarge,
          what + ": " + std::to_string(value) + " of at most " + std::to_string(limit)};
}

std::vector<ParticipantId> Everybody(const Roster& roster, ParticipantId but) {
  std::vector<ParticipantId> ids;
  for (const auto& [id, participant] : roster.participants()) {
    if (id != but) ids.push_back(id);
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
  const size_t addressees_max = profile ? 0 : kAddresseesMax;
  if (request.to.size() > addressees_max) {
    return TooLarge(profile ? "addressees of a profile" : "addressees", request.to.size(),
                    addressees_max);
  }
  if (profile) return std::vector<ParticipantId>{};
  if (request.to.empty()) return Everybody(roster, request.sender);
  std::set<ParticipantId> ids;
  for (const ParticipantId id : request.to) {
    if (roster.Find(id) == nullptr) {
      return Refused{RelayRefusal::kUnknownParticipant,
                     "no participant " + std::to_string(id.value()) + " in this room"};
    }
    if (id != request.sender) ids.insert(id);
  }
  return std::vector<ParticipantId>(ids.begin(), ids.end());
}

}  // namespace conclave::conference
