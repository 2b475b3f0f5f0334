// Who may send which message to whom. The payload itself is never read (decisions 3).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "conference/limits.h"
#include "conference/message_class.h"
#include "conference/roster.h"

namespace conclave::conference {

// Whether these reach the whole meeting where there are breakout rooms, instead of the sender's:
// who is here and called what, who records, and what those who moderate say.
constexpr bool CrossesBreakouts(MessageClass message_class) {
  return message_class == MessageClass::kPresence || message_class == MessageClass::kRecording ||
         message_class == MessageClass::kModeration || message_class == MessageClass::kBroadcast;
}
// Whether only those who moderate may send these.
constexpr bool NeedsModerator(MessageClass message_class) {
  return message_class == MessageClass::kModeration || message_class == MessageClass::kBroadcast;
}

struct RelayRequest {
  MessageClass message_class = MessageClass::kChat;
  ParticipantId sender;
  // Empty: everybody else whom it reaches.
  std::vector<ParticipantId> to;
  size_t payload_bytes = 0;
};

enum class RelayRefusal : uint8_t { kTooLarge, kUnknownParticipant, kNotAllowed };

struct Refused {
  RelayRefusal why = RelayRefusal::kTooLarge;
  std::string text;
};

// A part of a file, rather than a word about one.
inline bool IsFilePart(const RelayRequest& request) {
  return request.message_class == MessageClass::kFile && request.payload_bytes > kFileWordBytesMax;
}

// The receivers, each once and without the sender, or why the whole message is refused: nobody gets
// a message of which one addressee is not in the room, or in another breakout room. The sender is
// in the roster. A profile goes to nobody here: it travels with the roster, and names no addressee.
// Parts of files go to one, who has asked (FileCredits).
std::variant<std::vector<ParticipantId>, Refused> CheckRelay(const RelayRequest& request,
                                                             const Roster& roster);

}  // namespace conclave::conference
