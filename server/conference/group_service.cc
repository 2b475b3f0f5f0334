#include "conference/group_service.h"

#include <algorithm>
#include <utility>

namespace conclave::conference {

void GroupService::OnJoin(Instant now, ParticipantId id, GroupNewcomer newcomer,
                          std::vector<GroupDelivery>& out) {
  // The name is taken: by another, or by what this one asked for already.
  if (members_.contains(newcomer.pid) || joins_.contains(newcomer.pid)) return;
  Retire(id);
  pids_[id] = newcomer.pid;
  joins_.emplace(std::move(newcomer.pid), Pending{id, std::move(newcomer.key_package)});
  if (epoch_ && Present().empty()) {
    ForgetGroup(now, out);
  } else if (!epoch_ && !invited_) {
    Invite(now, std::nullopt, out);
  }
  ScheduleWork(now);
}

void GroupService::OnFound(Instant now, ParticipantId id, std::vector<GroupDelivery>& out) {
  const auto pid = pids_.find(id);
  if (epoch_ || invited_ != id || pid == pids_.end()) {
    out.push_back({{id}, GroupLost{}});
    return;
  }
  invited_.reset();
  invitation_ends_ = Instant::Never();
  joins_.erase(pid->second);
  members_ = {{pid->second, id}};
  // Nobody has to wait for the second one.
  BeginEpoch(now - kEpochGapMin, 0);
  ScheduleWork(now);
}

void GroupService::OnVolunteer(ParticipantId id, uint64_t epoch, std::vector<GroupDelivery>& out) {
  if (epoch_ != epoch || !IsPresent(id)) return;
  volunteers_.insert(id);
  // The work is out already.
  if (fallback_at_ != Instant::Never()) SendWork({id}, out);
}

void GroupService::OnCommit(Instant now, ParticipantId id, const GroupCommit& commit,
                            std::vector<GroupDelivery>& out) {
  const bool accepted = epoch_ == commit.epoch && IsPresent(id);
  out.push_back({{id}, GroupResult{commit.epoch, accepted}});
  if (!accepted) return;
  std::vector<ParticipantId> others = Present();
  std::erase(others, id);
  // To all members before anybody is welcomed: a newcomer's first frames find keys.
  if (!others.empty()) {
    out.push_back({std::move(others), GroupEpoch{commit.epoch, commit.commit}});
  }
  Log({commit.epoch, commit.commit, id, members_});
  Admit(commit, log_.back().before, out);
  BeginEpoch(now, commit.epoch + 1);
  ScheduleWork(now);
}

size_t GroupService::BytesOf(const Entry& entry) {
  return entry.commit.size() + entry.before.size() * sizeof(Members::value_type);
}

void GroupService::Log(Entry entry) {
  log_bytes_ += BytesOf(entry);
  log_.push_back(std::move(entry));
  while (log_.size() > kGroupLogMax || (log_bytes_ > kGroupLogBytesMax && log_.size() > 1)) {
    log_bytes_ -= BytesOf(log_.front());
    log_.pop_front();
  }
}

void GroupService::Admit(const GroupCommit& commit, const Members& before,
                         std::vector<GroupDelivery>& out) {
  for (const GroupPid& pid : commit.removed) {
    members_.erase(pid);
    gone_.erase(pid);
  }
  DropNewcomers(commit.refused, out);
  std::vector<ParticipantId> welcomed;
  for (const GroupPid& pid : commit.joined) {
    const auto pending = joins_.find(pid);
    if (pending != joins_.end() && members_.size() < kGroupMembersMax) {
      members_.emplace(pid, pending->second.id);
      welcomed.push_back(pending->second.id);
      joins_.erase(pending);
    } else if (!before.contains(pid) && !members_.contains(pid)) {
      // Left while being added: a leaf that nobody holds.
      AddGone(pid);
    }
  }
  if (!welcomed.empty() && !commit.welcome.empty()) {
    out.push_back({std::move(welcomed), GroupWelcome{commit.epoch + 1, commit.welcome}});
  }
}

void GroupService::DropNewcomers(const std::vector<GroupPid>& pids,
                                 std::vector<GroupDelivery>& out) {
  std::vector<ParticipantId> dropped;
  for (const GroupPid& pid : pids) {
    const auto pending = joins_.find(pid);
    if (pending == joins_.end()) continue;
    dropped.push_back(pending->second.id);
    joins_.erase(pending);
  }
  if (!dropped.empty()) out.push_back({std::move(dropped), GroupRefused{}});
}

void GroupService::OnRefuse(ParticipantId id, const std::vector<GroupPid>& pids,
                            std::vector<GroupDelivery>& out) {
  if (!IsPresent(id)) return;
  DropNewcomers(pids, out);
  for (const GroupPid& pid : pids) {
    // A leaf that a commit of this group has made is removed by a commit only.
    if (!members_.contains(pid)) gone_.erase(pid);
  }
  if (!joins_.empty() || !gone_.empty()) return;
  work_at_ = Instant::Never();
  fallback_at_ = Instant::Never();
}

void GroupService::OnReject(Instant now, ParticipantId id, uint64_t epoch,
                            std::vector<GroupDelivery>& out) {
  if (log_.empty() || log_.back().epoch != epoch || epoch_ != epoch + 1) return;
  const Members& before = log_.back().before;
  const auto has_id = [id](const auto& member) { return member.second == id; };
  if (std::none_of(before.begin(), before.end(), has_id)) return;
  rejecters_.insert(id);
  // Members agree on what is acceptable, so a bad commit has all but its sender against it.
  if (rejecters_.size() * 2 > before.size() - 1) Reopen(now, out);
}

void GroupService::Reopen(Instant now, std::vector<GroupDelivery>& out) {
  const Entry bad = std::move(log_.back());
  log_bytes_ -= BytesOf(bad);
  log_.pop_back();
  const Members after = std::exchange(members_, bad.before);
  Retire(bad.by);
  std::vector<ParticipantId> lost = {bad.by};
  for (const auto& [pid, id] : after) {
    // Their welcome led nowhere.
    if (!bad.before.contains(pid)) lost.push_back(id);
  }
  out.push_back({std::move(lost), GroupLost{}});
  for (const auto& [pid, id] : members_) {
    const auto own = pids_.find(id);
    if (own == pids_.end() || own->second != pid) AddGone(pid);
  }
  out.push_back({Present(), GroupReopened{bad.epoch}});
  BeginEpoch(now, bad.epoch);
  ScheduleWork(now);
}

void GroupService::OnFetch(ParticipantId id, uint64_t epoch, std::vector<GroupDelivery>& out) {
  const auto first = std::find_if(log_.begin(), log_.end(),
                                  [epoch](const Entry& entry) { return entry.epoch >= epoch; });
  const bool whole = epoch_ == epoch || (first != log_.end() && first->epoch == epoch);
  if (!IsPresent(id) || !whole) {
    out.push_back({{id}, GroupLost{}});
    return;
  }
  for (auto entry = first; entry != log_.end(); ++entry) {
    out.push_back({{id}, GroupEpoch{entry->epoch, entry->commit}});
  }
}

void GroupService::OnGone(Instant now, ParticipantId id, std::vector<GroupDelivery>& out) {
  Retire(id);
  if (invited_ == id) Invite(now, std::nullopt, out);
  if (epoch_ && Present().empty()) {
    ForgetGroup(now, out);
  } else {
    ScheduleWork(now);
  }
}

void GroupService::OnDeadline(Instant now, std::vector<GroupDelivery>& out) {
  if (work_at_ <= now) {
    work_at_ = Instant::Never();
    fallback_at_ = now + kWorkFallback;
    SendWork({volunteers_.begin(), volunteers_.end()}, out);
  }
  if (fallback_at_ <= now) {
    fallback_at_ = now + kWorkFallback;
    SendWork(Present(), out);
  }
  if (invitation_ends_ <= now) Invite(now, invited_, out);
}

Instant GroupService::NextDeadline() const {
  return std::min({work_at_, fallback_at_, invitation_ends_});
}

bool GroupService::IsPresent(ParticipantId id) const {
  const auto pid = pids_.find(id);
  if (pid == pids_.end()) return false;
  const auto member = members_.find(pid->second);
  return member != members_.end() && member->second == id;
}

std::vector<ParticipantId> GroupService::Present() const {
  std::vector<ParticipantId> present;
  for (const auto& [id, pid] : pids_) {
    if (IsPresent(id)) present.push_back(id);
  }
  return present;
}

void GroupService::Retire(ParticipantId id) {
  const auto own = pids_.find(id);
  if (own == pids_.end()) return;
  // One that is no pending join has a leaf, even where a commit claims that it is out already: the
  // next committer knows.
  if (joins_.erase(own->second) == 0 && epoch_) AddGone(own->second);
  pids_.erase(own);
  volunteers_.erase(id);
}

void GroupService::AddGone(const GroupPid& pid) {
  if (gone_.size() < kGroupMembersMax) gone_.insert(pid);
}

void GroupService::Invite(Instant now, std::optional<ParticipantId> but,
                          std::vector<GroupDelivery>& out) {
  std::optional<ParticipantId> chosen;
  for (const auto& [pid, pending] : joins_) {
    if (!chosen || chosen == but) chosen = pending.id;
  }
  invited_ = chosen;
  invitation_ends_ = chosen ? now + kInvitation : Instant::Never();
  if (chosen) out.push_back({{*chosen}, GroupInvite{}});
}

void GroupService::ForgetGroup(Instant now, std::vector<GroupDelivery>& out) {
  members_.clear();
  gone_.clear();
  log_.clear();
  log_bytes_ = 0;
  BeginEpoch(now, 0);
  epoch_.reset();
  if (!invited_) Invite(now, std::nullopt, out);
}

void GroupService::BeginEpoch(Instant now, uint64_t epoch) {
  epoch_ = epoch;
  epoch_began_ = now;
  volunteers_.clear();
  rejecters_.clear();
  work_at_ = Instant::Never();
  fallback_at_ = Instant::Never();
}

void GroupService::ScheduleWork(Instant now) {
  const bool waits = epoch_ && !(joins_.empty() && gone_.empty());
  const bool scheduled = work_at_ != Instant::Never() || fallback_at_ != Instant::Never();
  if (!waits || scheduled) return;
  const auto members = static_cast<int64_t>(members_.size());
  const Duration gap = std::max(kEpochGapMin, kEpochGapPerMember * members);
  // The first change after some quiet is served at once; what follows it closely waits.
  work_at_ = now >= epoch_began_ + kEpochGapMin ? now : epoch_began_ + gap;
}

void GroupService::SendWork(std::vector<ParticipantId> to, std::vector<GroupDelivery>& out) const {
  if (to.empty() || !epoch_) return;
  GroupWork work{*epoch_, {}, {gone_.begin(), gone_.end()}};
  for (const auto& [pid, pending] : joins_) {
    if (work.joins.size() == kGroupJoinsPerWork) break;
    work.joins.push_back({pid, pending.key_package, pending.id});
  }
  out.push_back({std::move(to), std::move(work)});
}

}  // namespace conclave::conference
