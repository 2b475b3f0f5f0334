// Participants whose deadlines changed while something else was being done: looked at once, at the
// end of the call.
#pragma once

#include <vector>

#include "router/participant_index.h"

namespace conclave::router {

class TouchedList {
 public:
  void Add(ParticipantIndex participant) {
    if (participant.value() >= listed_.size()) listed_.resize(participant.value() + 1);
    if (listed_[participant.value()]) return;
    listed_[participant.value()] = true;
    participants_.push_back(participant);
  }
  bool empty() const { return participants_.empty(); }
  // Requires !empty(). The last one added, which leaves the list.
  ParticipantIndex Take() {
    const ParticipantIndex participant = participants_.back();
    participants_.pop_back();
    listed_[participant.value()] = false;
    return participant;
  }

 private:
  std::vector<ParticipantIndex> participants_;
  std::vector<bool> listed_;
};

}  // namespace conclave::router
