#include "router/slot_filler.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "router/allocate.h"
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
  Demand demand;
  demand.layers = track.LayerStates(now);
  demand.height_px = track.muted() ? uint16_t{0} : wish.height_px;
  demand.pinned = wish.pinned;
  demand.on_stage = wish.on_stage;
  if (slot.assigned() == &track) demand.current = slot.layer();
  return demand;
}

// What all of it would take, if everything fitted.
DataRate Desired(std::span<const Demand> demands) {
  DataRate sum;
  for (const Demand& demand : demands) {
    const auto best = media::ChooseLayer(demand.height_px, demand.layers, DataRate(), std::nullopt);
    if (best) sum = sum + demand.layers[*best].rate;
  }
  return sum;
}

}  // namespace

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
                    DataRate budget, const TrackLookup& lookup) {
  const std::vector<Slot*> slots = SlotsOf(receiver, MediaKind::kVideo);
  std::vector<TrackId> tracks = AssignedTracks(slots);
  std::vector<TrackId> wanted;
  for (const TrackWish& wish : wishes) wanted.push_back(wish.track);
  AssignSticky(tracks, wanted);

  // In the order of the wishes, which is that of the allocation.
  std::vector<size_t> places;
  std::vector<Demand> demands;
  for (const TrackWish& wish : wishes) {
    const auto place = std::ranges::find(tracks, wish.track);
    if (place == tracks.end()) continue;
    places.push_back(static_cast<size_t>(place - tracks.begin()));
    demands.push_back(DemandOf(now, *slots[places.back()], wish, *lookup(wish.track)));
  }
  std::vector<std::optional<uint8_t>> layers(demands.size());
  Allocate(demands, budget, layers);
  receiver.downlink().SetDesired(now, Desired(demands));

  for (size_t i = 0; i < slots.size(); ++i) {
    if (tracks[i] == TrackId()) slots[i]->Assign(now, nullptr, std::nullopt);
  }
  for (size_t i = 0; i < places.size(); ++i) {
    slots[places[i]]->Assign(now, lookup(tracks[places[i]]), layers[i]);
  }
  receiver.MarkChanged();
}

void EmptySlots(Instant now, Receiver& receiver) {
  for (const auto& slot : receiver.slots()) slot->Assign(now, nullptr, std::nullopt);
  receiver.MarkChanged();
}

}  // namespace conclave::router
