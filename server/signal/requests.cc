#include "signal/requests.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conference/layout.h"
#include "conference/limits.h"
#include "signal/delivery.h"
#include "signal/encode.h"
#include "signal/offers.h"
#include "signal/people.h"

namespace conclave::signal {
namespace {

// What its role does not let a participant send begins muted, whatever its offer says.
std::vector<router::TrackConfig> AsAllowed(ControlState& state, const Member& member,
                                           std::vector<router::TrackConfig> tracks) {
  for (router::TrackConfig& track : tracks) {
    track.muted |= !MayUnmute(state, member, track.source);
  }
  return tracks;
}

void TellShard(ControlState& state, const Member& member, const NegotiatedOffer& negotiated) {
  if (negotiated.ice_restarted) {
    state.Command(member.shard, router::RestartIce{member.id, member.negotiation->local(),
                                                   member.negotiation->remote()});
  }
  if (!negotiated.new_tracks.empty() || !negotiated.new_slots.empty()) {
    state.Command(member.shard, router::AddMediaSections{
                                    member.id, AsAllowed(state, member, negotiated.new_tracks),
                                    negotiated.new_slots});
  }
}

void AddToRoom(ControlState& state, Instant now, const Member& member,
               const NegotiatedOffer& negotiated) {
  std::vector<conference::Track> tracks;
  for (const router::TrackConfig& track : AsAllowed(state, member, negotiated.new_tracks)) {
    tracks.push_back({track.track, track.source, track.muted, track.mid});
  }
  std::vector<SlotId> slots;
  for (const router::SlotConfig& slot : negotiated.new_slots) slots.push_back(slot.slot);
  conference::Room& room = state.RoomOf(member);
  room.AddMedia(now, member.id, tracks, slots);
  state.ScheduleFlush(room);
}

void SendAnswer(ControlState& state, Member& member, uint32_t request,
                std::string answer_deflated) {
  const conference::Roster& roster = state.RoomOf(member).roster();
  v1::ServerMessage message;
  v1::Answer& answer = *message.mutable_answer();
  answer.set_answer_deflated(std::move(answer_deflated));
  for (const auto& slot : member.negotiation->slots()) Fill(*answer.add_slots(), slot);
  for (const auto& track : member.negotiation->tracks()) {
    v1::Track& out = *answer.add_tracks();
    Fill(out, track);
    // The negotiation knows how the track began, the roster how it is now.
    if (const auto* known = roster.FindTrack(track.track)) out.set_muted(known->muted);
  }
  SendToMember(state, member, request, message.SerializeAsString());
}

}  // namespace

Outcome HandleOffer(ControlState& state, Instant now, Member& member, uint32_t request,
                    const v1::Offer& offer) {
  if (!member.offers.Take(now)) return RateLimited("offers", member.offers.Wait(now));
  auto applied = ApplyOffer(*member.negotiation, offer.offer_deflated(), offer.tracks());
  if (auto* refusal = std::get_if<Refusal>(&applied)) return std::move(*refusal);
  auto& [negotiated, answer_deflated] = std::get<AppliedOffer>(applied);
  TellShard(state, member, negotiated);
  AddToRoom(state, now, member, negotiated);
  SendAnswer(state, member, request, std::move(answer_deflated));
  return std::nullopt;
}

Outcome HandleLayout(ControlState& state, Member& member, const v1::LayoutWish& layout) {
  const auto count = static_cast<size_t>(layout.tracks_size());
  if (count > conference::kWishesMax) {
    return TooLarge("layout wishes", count, conference::kWishesMax);
  }
  std::vector<router::TrackWish> wishes;
  for (const v1::TrackWish& wish : layout.tracks()) {
    constexpr uint32_t kHeightMax = conference::kWishHeightMax;
    wishes.push_back({TrackId(wish.track()),
                      static_cast<uint16_t>(std::min(wish.height_px(), kHeightMax)), wish.pinned(),
                      wish.on_stage()});
  }
  const conference::Roster& roster = state.RoomOf(member).roster();
  state.Command(member.shard,
                router::SetLayout{member.id, conference::SanitizeWishes(wishes, member.id, roster),
                                  DataRate::Kbps(layout.max_kbps())});
  return std::nullopt;
}

Outcome HandleTrackState(ControlState& state, Instant now, Member& member,
                         const v1::TrackState& change) {
  conference::Room& room = state.RoomOf(member);
  const TrackId track(change.track());
  if (room.roster().FindTrack(track) == nullptr || room.roster().OwnerOf(track) != member.id) {
    return Refusal{v1::ERROR_CODE_UNKNOWN_TRACK,
                   "track " + std::to_string(change.track()) + " is not yours",
                   false,
                   {}};
  }
  const router::SourceKind source = room.roster().FindTrack(track)->source;
  if (!change.muted() && !MayUnmute(state, member, source)) {
    return NotAllowed("you may not send this here now");
  }
  if (!room.SetMuted(now, track, change.muted())) return std::nullopt;
  state.ScheduleFlush(room);
  state.Command(member.shard, router::SetTrackMuted{track, change.muted()});
  return std::nullopt;
}

}  // namespace conclave::signal
