#include "router/slot_filler.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "router/curtail.h"
#include "router/sticky_slots.h"

namespace conclave::router {
namespace {

std::vector<Slot*> SlotsOf(Receiver& receiver, MediaKind kind) {
  std::vector<Slot*> slots;
  for (const auto& slot : receiver.slots()) {
    if (slot->kind() == kind) slots.push_back(slot.get());
  }
  return slots;
}

std::vector<TrackId> AssignedTracks(std::span<Slot* const> slots) {
  std::vector<TrackId> tracks;
  for (const Slot* slot : slots) {
    tracks.push_back(slot->assigned() ? slot->assigned()->id() : TrackId());
  }
  return tracks;
}

// What a video slot asks of the allocator.
Demand DemandOf(Instant now, const Slot& slot, const TrackWish& wish, SourceTrack& track) {
  Demand demand = DemandFor(now, wish, track);
  if (slot.assigned() == &track) {
    demand.current = slot.granted();
    demand.starved = slot.pause_reason() == PauseReason::kLackOfRate;
    demand.fell = slot.fell_at() > Instant() && now - slot.fell_at() < SteadyAllocator::kSettle;
  }
  return demand;
}

// What the receiver's audio needs. It is measured, so a voice that begins counts half a second
// later; until then it goes before video in the queue.
DataRate AudioRate(Instant now, Receiver& receiver) {
  DataRate rate;
  for (const auto& slot : receiver.slots()) {
    if (slot->kind() != MediaKind::kAudio || !slot->assigned()) continue;
    for (const media::LayerState& layer : slot->assigned()->LayerStates(now)) {
      rate = rate + layer.rate;
    }
  }
  return rate;
}

// Whether what is sent to it is numbered, and so told of.
bool IsNumbered(Receiver& receiver) {
  return std::ranges::any_of(receiver.slots(), [](const auto& slot) {
    return slot->config().extensions.transport_cc != 0;
  });
}

// What the path carries; nullopt: no limit.
std::optional<DataRate> PathBudget(Instant now, Receiver& receiver) {
  const std::optional<DataRate> fits = receiver.downlink().VideoBudget(now);
  const bool nothing_sent = receiver.downlink().target() == DataRate();
  if (fits || !nothing_sent || !IsNumbered(receiver)) return fits;
  // The first layers are chosen before the path carries anything.
  return VideoBudget(Downlink::kStart, AudioRate(now, receiver));
}

// What there is for video: what the path carries, but no more than the client wants.
std::optional<DataRate> BudgetOf(Instant now, Receiver& receiver, DataRate max_rate) {
  const std::optional<DataRate> fits = PathBudget(now, receiver);
  if (max_rate == DataRate()) return fits;
  const DataRate wished = VideoBudget(max_rate, AudioRate(now, receiver));
  return fits ? std::min(*fits, wished) : wished;
}

// A layer that does not come although it is asked for may still come, if it goes on being asked
// for.
LayerMask AbsentIdeal(const Demand& demand) {
  const std::optional<uint8_t> ideal = IdealLayer(demand);
  return static_cast<LayerMask>(ideal && !demand.layers[*ideal].usable() ? 1U << *ideal : 0U);
}

void Give(Instant now, Slot& slot, SourceTrack& track, const Demand& demand, const Grant& grant,
          uint8_t temporal_max) {
  const bool same = slot.assigned() == &track;
  const auto forwarded = same ? slot.forwarded() : std::nullopt;
  std::optional<LayerChoice> choice = grant.choice();
  if (choice) choice->layer = BridgeTo(choice->layer, forwarded, demand.layers);
  if (choice) choice->temporal = std::min(choice->temporal, temporal_max);
  slot.Assign(now, &track, choice, grant.pause);
  slot.Hold(now, grant.choice(), AbsentIdeal(demand));
}

}  // namespace

Demand DemandFor(Instant now, const TrackWish& wish, SourceTrack& track) {
  Demand demand;
  demand.layers = track.LayerStates(now);
  demand.height_px = track.muted() ? uint16_t{0} : wish.height_px;
  demand.pinned = wish.pinned;
  demand.on_stage = wish.on_stage;
  demand.is_screen = track.is_screen();
  return demand;
}

void FillAudioSlots(Instant now, Receiver& receiver, std::span<const TrackId> wanted,
                    const TrackLookup& lookup) {
  const std::vector<Slot*> slots = SlotsOf(receiver, MediaKind::kAudio);
  std::vector<TrackId> tracks = AssignedTracks(slots);
  if (!AssignSticky(tracks, wanted)) return;
  for (size_t i = 0; i < slots.size(); ++i) {
    SourceTrack* track = tracks[i] == TrackId() ? nullptr : lookup(tracks[i]);
    slots[i]->Assign(now, track, track ? std::optional<uint8_t>(0) : std::nullopt);
  }
  receiver.MarkChanged();
}

void FillVideoSlots(Instant now, Receiver& receiver, std::span<const TrackWish> wishes,
                    DataRate max_rate, Shedding shedding, SteadyAllocator& allocator,
                    AllocationScratch& scratch, const TrackLookup& lookup) {
  const std::vector<Slot*> slots = SlotsOf(receiver, MediaKind::kVideo);
  std::vector<TrackId> tracks = AssignedTracks(slots);
  std::vector<TrackId> wanted;
  for (const TrackWish& wish : wishes) wanted.push_back(wish.track);
  AssignSticky(tracks, wanted);

  // In the order of the wishes, which is that of the allocation.
  std::vector<size_t> places;
  std::vector<Demand> demands;
  std::vector<uint8_t> temporals;
  for (const TrackWish& wish : wishes) {
    const auto place = std::ranges::find(tracks, wish.track);
    if (place == tracks.end()) continue;
    places.push_back(static_cast<size_t>(place - tracks.begin()));
    demands.push_back(DemandOf(now, *slots[places.back()], wish, *lookup(wish.track)));
    temporals.push_back(TemporalMax(shedding, wish));
  }
  if (receiver.downlink().TakeReturn()) allocator.Forget();
  const Allocation& allocation =
      allocator.Update(now, demands, BudgetOf(now, receiver, max_rate), scratch);
  const DataRate next =
      allocation.next_step == DataRate() ? DataRate() : allocation.total + allocation.next_step;
  receiver.downlink().SetDesired(now, allocation.desired, next);
  if (allocation.total == DataRate() && allocation.desired > DataRate() && IsNumbered(receiver)) {
    receiver.downlink().MeasurePath(now);
  }

  for (size_t i = 0; i < slots.size(); ++i) {
    if (tracks[i] == TrackId()) slots[i]->Assign(now, nullptr, std::nullopt);
  }
  for (size_t i = 0; i < places.size(); ++i) {
    Give(now, *slots[places[i]], *lookup(tracks[places[i]]), demands[i], allocation.grants[i],
         temporals[i]);
  }
  receiver.MarkChanged();
}

void EmptySlots(Instant now, Receiver& receiver) {
  for (const auto& slot : receiver.slots()) slot->Clear(now);
  receiver.MarkChanged();
}

}  // namespace conclave::router
