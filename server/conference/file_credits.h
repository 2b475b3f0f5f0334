// Who may send parts of files to one participant: those whom it has asked, and no more at a time
// than it asked for. So nobody can fill somebody else's connection with what they never wanted, and
// what waits for a slow one is bounded.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/ids.h"
#include "conference/limits.h"

namespace conclave::conference {

class FileCredits {
 public:
  // The participant has asked `sender`: what was left of an earlier question is replaced. Beyond
  // kFileSendersMax the one who was asked longest ago may send no more.
  void Grant(ParticipantId sender) {
    std::erase_if(credits_, [&](const Credit& credit) { return credit.sender == sender; });
    if (credits_.size() == kFileSendersMax) credits_.erase(credits_.begin());
    credits_.push_back({sender, kFileCreditBytes});
  }

  // Whether so many bytes may go to the participant; then they are spent.
  bool Take(ParticipantId sender, size_t bytes) {
    const auto found = std::find_if(credits_.begin(), credits_.end(),
                                    [&](const Credit& credit) { return credit.sender == sender; });
    if (found == credits_.end() || found->bytes < bytes) return false;
    found->bytes -= bytes;
    return true;
  }

 private:
  struct Credit {
    ParticipantId sender;
    size_t bytes = 0;
  };

  // The one asked last is the last.
  std::vector<Credit> credits_;
};

}  // namespace conclave::conference
