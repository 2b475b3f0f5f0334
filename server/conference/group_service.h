// The delivery service of an encrypted room's group (docs/encryption.md): it puts commits in an
// order, and says who waits to be added and removed. It holds no key, and members do not trust it:
// whatever it does can stop or split a group, but adds nobody and opens nothing.
//
// The first commit for an epoch wins. Epochs are at least kEpochGapMin, and kEpochGapPerMember for
// each member, apart, so that a client's held keys cover those under way and its processor keeps
// up. Work goes to the members who say that it is their turn, and to all where nothing came of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "conference/group_messages.h"

namespace conclave::conference {

// What a client's key ids can tell apart, and what a phone can process (./bench/run.sh keys).
inline constexpr size_t kGroupMembersMax = 500;
inline constexpr Duration kEpochGapMin = Duration::Millis(500);
inline constexpr Duration kEpochGapPerMember = Duration::Millis(10);
// Who missed more joins again; at the shortest gap that is half a minute.
inline constexpr size_t kGroupLogMax = 64;
// Of their commits: what a batch of joins in the largest group takes, some times over. A member
// that makes every commit as large as a message may be costs its room this and no more.
inline constexpr size_t kGroupLogBytesMax = 1 << 20;
// A batch: with its Welcome a commit of this many is 220 KB in the largest group, below what a
// message may have; the rest waits for the next epoch.
inline constexpr size_t kGroupJoinsPerWork = 250;
// Longer than three members take who each wait for the one before (700 ms each).
inline constexpr Duration kWorkFallback = Duration::Seconds(3);
// To make a group of one takes a phone well under a second.
inline constexpr Duration kInvitation = Duration::Seconds(5);

class GroupService {
 public:
  // A participant asks to be in; whatever it was in the group before is over.
  void OnJoin(Instant now, ParticipantId id, GroupNewcomer newcomer,
              std::vector<GroupDelivery>& out);
  // It has founded the group, after an invitation.
  void OnFound(Instant now, ParticipantId id, std::vector<GroupDelivery>& out);
  void OnVolunteer(ParticipantId id, uint64_t epoch, std::vector<GroupDelivery>& out);
  void OnCommit(Instant now, ParticipantId id, const GroupCommit& commit,
                std::vector<GroupDelivery>& out);
  // Of the work, it found nothing of these to do: key packages that nobody may accept, or leaves
  // that are not there. Those newcomers are told.
  void OnRefuse(ParticipantId id, const std::vector<GroupPid>& pids,
                std::vector<GroupDelivery>& out);
  // It cannot accept the commit that ended this epoch. A majority reopens the epoch.
  void OnReject(Instant now, ParticipantId id, uint64_t epoch, std::vector<GroupDelivery>& out);
  // All commits from the one that ended this epoch.
  void OnFetch(ParticipantId id, uint64_t epoch, std::vector<GroupDelivery>& out);
  // It has left the room for good.
  void OnGone(Instant now, ParticipantId id, std::vector<GroupDelivery>& out);

  void OnDeadline(Instant now, std::vector<GroupDelivery>& out);
  Instant NextDeadline() const;

  // None while there is no group.
  std::optional<uint64_t> epoch() const { return epoch_; }

 private:
  using Members = std::map<GroupPid, ParticipantId>;
  struct Entry {
    uint64_t epoch;
    std::string commit;
    ParticipantId by;
    Members before;
  };
  struct Pending {
    ParticipantId id;
    std::string key_package;
  };

  bool IsPresent(ParticipantId id) const;
  std::vector<ParticipantId> Present() const;
  void Retire(ParticipantId id);
  void AddGone(const GroupPid& pid);
  // They do not wait any more, and hear why.
  void DropNewcomers(const std::vector<GroupPid>& pids, std::vector<GroupDelivery>& out);
  void Admit(const GroupCommit& commit, const Members& before, std::vector<GroupDelivery>& out);
  void Reopen(Instant now, std::vector<GroupDelivery>& out);
  // `but` has had its chance, and is asked only where nobody else waits.
  void Invite(Instant now, std::optional<ParticipantId> but, std::vector<GroupDelivery>& out);
  void ForgetGroup(Instant now, std::vector<GroupDelivery>& out);
  void BeginEpoch(Instant now, uint64_t epoch);
  void ScheduleWork(Instant now);
  static size_t BytesOf(const Entry& entry);
  void Log(Entry entry);
  void SendWork(std::vector<ParticipantId> to, std::vector<GroupDelivery>& out) const;

  std::optional<uint64_t> epoch_;
  Instant epoch_began_;
  // Leaves of the group, by the committers' word. One whose participant has another pid by now, or
  // none, is about to be removed. At most kGroupMembersMax.
  Members members_;
  // The leaf that a participant has or asks for now. At most one each.
  std::map<ParticipantId, GroupPid> pids_;
  // At most one for each participant.
  std::map<GroupPid, Pending> joins_;
  // At most kGroupMembersMax; what does not fit is noticed again when its owner says something.
  std::set<GroupPid> gone_;
  // The newest last; at most kGroupLogMax, and kGroupLogBytesMax but for the newest.
  std::deque<Entry> log_;
  size_t log_bytes_ = 0;
  std::set<ParticipantId> rejecters_;
  std::set<ParticipantId> volunteers_;
  std::optional<ParticipantId> invited_;
  Instant invitation_ends_ = Instant::Never();
  Instant work_at_ = Instant::Never();
  Instant fallback_at_ = Instant::Never();
};

}  // namespace conclave::conference
