#include "signal/groups.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "signal/delivery.h"

namespace conclave::signal {
namespace {

using conference::GroupDelivery;
using conference::GroupService;

constexpr uint32_t kGroupProtocol = 1;
constexpr Duration kFullRetry = Duration::Seconds(10);

void Fill(v1::GroupNews& out, const conference::GroupInvite&) { out.mutable_invite(); }

void Fill(v1::GroupNews& out, const conference::GroupWork& work) {
  out.mutable_work()->set_epoch(work.epoch);
  for (const conference::GroupNewcomer& newcomer : work.joins) {
    v1::GroupNewcomer& join = *out.mutable_work()->add_joins();
    join.set_pid(newcomer.pid);
    join.set_key_package(newcomer.key_package);
    join.set_participant(newcomer.participant.value());
  }
  for (const conference::GroupPid& pid : work.gone) out.mutable_work()->add_gone(pid);
}

void Fill(v1::GroupNews& out, const conference::GroupResult& result) {
  out.mutable_result()->set_epoch(result.epoch);
  out.mutable_result()->set_accepted(result.accepted);
}

void Fill(v1::GroupNews& out, const conference::GroupEpoch& epoch) {
  out.mutable_epoch()->set_epoch(epoch.epoch);
  out.mutable_epoch()->set_commit(epoch.commit);
}

void Fill(v1::GroupNews& out, const conference::GroupWelcome& welcome) {
  out.mutable_welcome()->set_epoch(welcome.epoch);
  out.mutable_welcome()->set_welcome(welcome.welcome);
}

void Fill(v1::GroupNews& out, const conference::GroupReopened& reopened) {
  out.mutable_reopened()->set_epoch(reopened.epoch);
}

void Fill(v1::GroupNews& out, const conference::GroupLost&) { out.mutable_lost(); }

void Fill(v1::GroupNews& out, const conference::GroupRefused&) { out.mutable_refused(); }

void Deliver(ControlState& state, RoomId room, const GroupService& group,
             const std::vector<GroupDelivery>& deliveries) {
  for (const GroupDelivery& delivery : deliveries) {
    v1::ServerMessage message;
    v1::GroupNews& news = *message.mutable_group();
    std::visit([&news](const auto& value) { Fill(news, value); }, delivery.news);
    const std::string body = message.SerializeAsString();
    for (const ParticipantId id : delivery.to) {
      if (Member* member = state.FindMember(id)) SendToMember(state, *member, 0, body);
    }
  }
  state.group_deadlines.Set(room, group.NextDeadline());
}

Refusal Malformed(std::string text) {
  return {v1::ERROR_CODE_MALFORMED, std::move(text), false, {}};
}

bool AllArePids(const google::protobuf::RepeatedPtrField<std::string>& pids) {
  return std::all_of(pids.begin(), pids.end(), [](const std::string& pid) {
    return pid.size() == conference::kGroupPidBytes;
  });
}

std::vector<conference::GroupPid> ToPids(
    const google::protobuf::RepeatedPtrField<std::string>& pids) {
  return {pids.begin(), pids.end()};
}

Outcome CheckSizes(const v1::GroupRequest& request) {
  if (request.has_join()) {
    const size_t size = request.join().key_package().size();
    if (size > conference::kGroupKeyPackageBytesMax) {
      return TooLarge("key package bytes", size, conference::kGroupKeyPackageBytesMax);
    }
    if (request.join().pid().size() != conference::kGroupPidBytes) return Malformed("group: pid");
  }
  if (request.has_refuse()) {
    const auto count = static_cast<size_t>(request.refuse().pids_size());
    if (count > conference::kGroupPidsPerCommitMax) {
      return TooLarge("refused pids", count, conference::kGroupPidsPerCommitMax);
    }
    return AllArePids(request.refuse().pids()) ? Outcome() : Malformed("group: pid");
  }
  if (!request.has_commit()) return std::nullopt;
  const v1::GroupCommit& commit = request.commit();
  const auto pids = static_cast<size_t>(commit.joined_size() + commit.removed_size()) +
                    static_cast<size_t>(commit.refused_size());
  if (pids > conference::kGroupPidsPerCommitMax) {
    return TooLarge("pids of a commit", pids, conference::kGroupPidsPerCommitMax);
  }
  const bool good =
      AllArePids(commit.joined()) && AllArePids(commit.removed()) && AllArePids(commit.refused());
  return good ? Outcome() : Malformed("group: pid");
}

conference::GroupCommit ToCommit(const v1::GroupCommit& commit) {
  return {commit.epoch(),          commit.commit(),          commit.welcome(),
          ToPids(commit.joined()), ToPids(commit.removed()), ToPids(commit.refused())};
}

// False for a body that is missing or unknown here.
bool Serve(GroupService& group, Instant now, ParticipantId id, const v1::GroupRequest& request,
           std::vector<GroupDelivery>& out) {
  switch (request.body_case()) {
    case v1::GroupRequest::kJoin:
      group.OnJoin(now, id, {request.join().pid(), request.join().key_package()}, out);
      return true;
    case v1::GroupRequest::kFound:
      group.OnFound(now, id, out);
      return true;
    case v1::GroupRequest::kVolunteer:
      group.OnVolunteer(id, request.volunteer().epoch(), out);
      return true;
    case v1::GroupRequest::kCommit:
      group.OnCommit(now, id, ToCommit(request.commit()), out);
      return true;
    case v1::GroupRequest::kRefuse:
      group.OnRefuse(id, ToPids(request.refuse().pids()), out);
      return true;
    case v1::GroupRequest::kReject:
      group.OnReject(now, id, request.reject().epoch(), out);
      return true;
    case v1::GroupRequest::kFetch:
      group.OnFetch(id, request.fetch().epoch(), out);
      return true;
    default:
      return false;
  }
}

}  // namespace

bool IsEncrypted(std::string_view room_name) {
  return room_name.starts_with("r/") || room_name.starts_with("n/");
}

Outcome AdmitToGroup(ControlState& state, std::string_view room_name, const v1::Join& join) {
  if (!IsEncrypted(room_name)) return std::nullopt;
  if (join.group_protocol() != kGroupProtocol) {
    return Refusal{v1::ERROR_CODE_MODE_UNSUPPORTED,
                   "this room is for clients that encrypt end to end (group protocol 1)",
                   false,
                   {}};
  }
  const conference::Room* room = state.rooms.FindByName(room_name);
  const size_t size = room == nullptr ? 0 : room->roster().size();
  if (size < conference::kGroupMembersMax) return std::nullopt;
  return Refusal{v1::ERROR_CODE_ROOM_FULL,
                 "encrypted room full: " + std::to_string(size) + " of " +
                     std::to_string(conference::kGroupMembersMax) +
                     "; open rooms have room for more",
                 true, kFullRetry};
}

Outcome HandleGroup(ControlState& state, Instant now, Member& member,
                    const v1::GroupRequest& request) {
  if (!IsEncrypted(state.RoomOf(member).name())) {
    return Refusal{v1::ERROR_CODE_OUT_OF_PLACE, "this room has no group", false, {}};
  }
  if (!member.group_requests.Take(now)) {
    return RateLimited("group requests", member.group_requests.Wait(now));
  }
  if (Outcome refusal = CheckSizes(request)) return refusal;
  GroupService& group = state.groups[member.room];
  std::vector<GroupDelivery> out;
  if (!Serve(group, now, member.id, request, out)) return Malformed("group: unknown body");
  Deliver(state, member.room, group, out);
  return std::nullopt;
}

void LeaveGroup(ControlState& state, Instant now, const Member& member) {
  const auto group = state.groups.find(member.room);
  if (group == state.groups.end()) return;
  std::vector<GroupDelivery> out;
  group->second.OnGone(now, member.id, out);
  Deliver(state, member.room, group->second, out);
}

void EndGroup(ControlState& state, RoomId room) {
  state.groups.erase(room);
  state.group_deadlines.Cancel(room);
}

void ServeGroups(ControlState& state, Instant now) {
  while (const auto room = state.group_deadlines.PopDue(now)) {
    const auto group = state.groups.find(*room);
    if (group == state.groups.end()) continue;
    std::vector<GroupDelivery> out;
    group->second.OnDeadline(now, out);
    Deliver(state, *room, group->second, out);
  }
}

}  // namespace conclave::signal
