// What members of an encrypted room's group and its delivery service tell each other. The bytes
// are sealed by the members: nothing here is understood by the server but names, numbers and sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"

namespace conclave::conference {

// Names a leaf of the group: 16 random bytes that a client makes for each join.
inline constexpr size_t kGroupPidBytes = 16;
using GroupPid = std::string;
// Ours are 420 bytes sealed, with a long-term key 520.
inline constexpr size_t kGroupKeyPackageBytesMax = 2 * 1024;
// Of one commit, in all its lists: a batch of joins, and everybody of before.
inline constexpr size_t kGroupPidsPerCommitMax = 1000;

struct GroupNewcomer {
  GroupPid pid;
  std::string key_package;
  // In work: whose it is.
  ParticipantId participant{};
};

// A member's commit, for the epoch that it ends.
struct GroupCommit {
  uint64_t epoch = 0;
  std::string commit;
  // Empty where nobody is added.
  std::string welcome;
  // What it does, by the committer's word: only for these books, members look into the commit.
  std::vector<GroupPid> joined;
  std::vector<GroupPid> removed;
  // Whose key packages it found unacceptable.
  std::vector<GroupPid> refused;
};

// There is no group yet: found one.
struct GroupInvite {};
// What waits to be committed in this epoch.
struct GroupWork {
  uint64_t epoch = 0;
  std::vector<GroupNewcomer> joins;
  std::vector<GroupPid> gone;
};
// Whether a commit for this epoch was the first.
struct GroupResult {
  uint64_t epoch = 0;
  bool accepted = false;
};
// The commit that ended this epoch.
struct GroupEpoch {
  uint64_t epoch = 0;
  std::string commit;
};
// For those who were added: the group in the epoch that began.
struct GroupWelcome {
  uint64_t epoch = 0;
  std::string welcome;
};
// The commit that ended this epoch never was.
struct GroupReopened {
  uint64_t epoch = 0;
};
// The service cannot help: join again.
struct GroupLost {};
// For a newcomer: a member says that its key package is not acceptable.
struct GroupRefused {};

using GroupNews = std::variant<GroupInvite, GroupWork, GroupResult, GroupEpoch, GroupWelcome,
                               GroupReopened, GroupLost, GroupRefused>;

// One message, and everybody who gets it.
struct GroupDelivery {
  std::vector<ParticipantId> to;
  GroupNews news;
};

}  // namespace conclave::conference
