// Who speaks when: conversations of two after ITU-T P.59, which move on through the talkers of a
// room.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "base/time.h"

namespace conclave::load {

// One stretch of speech, in time since the conversation began.
struct Talkspurt {
  uint32_t talker = 0;
  Duration begin;
  Duration end;
};

// Talkspurts in the order of their beginnings, that of one talker without overlap. Two of
// `talkers` converse at a time; after a while one of them gives way to the next. One talker alone
// speaks and pauses by himself.
std::vector<Talkspurt> MakeConversation(uint32_t talkers, Duration length, Random& random);

// Follows a conversation in time, for one thread.
class ConversationCursor {
 public:
  // `spurts` outlives the cursor.
  ConversationCursor(const std::vector<Talkspurt>& spurts, uint32_t talkers)
      : spurts_(&spurts), newest_(talkers, -1) {}

  void Advance(Duration since_begin);
  // The talker's talkspurt that began last; -1: none so far. It may have ended.
  int Newest(uint32_t talker) const { return newest_[talker]; }
  bool Speaks(uint32_t talker, Duration since_begin) const;

 private:
  const std::vector<Talkspurt>* spurts_;
  std::vector<int> newest_;
  size_t next_ = 0;
};

}  // namespace conclave::load
