// Puts tracks into a receiver's slots: from what it is to hear and see, and what can be sent of it.
#pragma once

#include <functional>
#include <span>

#include "base/data_rate.h"
#include "base/time.h"
#include "router/commands.h"
#include "router/demand.h"
#include "router/load_governor.h"
#include "router/receiver.h"
#include "router/source_track.h"
#include "router/steady_allocator.h"

namespace conclave::router {

// A room's tracks by id.
using TrackLookup = std::function<SourceTrack*(TrackId)>;

// What a wish asks of the allocator, where nothing of the track is being sent.
Demand DemandFor(Instant now, const TrackWish& wish, SourceTrack& track);

// `wanted`: most wanted first, all of them there.
void FillAudioSlots(Instant now, Receiver& receiver, std::span<const TrackId> wanted,
                    const TrackLookup& lookup);

// `wishes`: most wanted first, all of them there. `max_rate`: what the client is
// willing to receive in all, zero for no limit. `shedding`: how busy the shard is. `allocator`: the
// receiver's. `scratch`: anybody's. A muted track keeps its slot, paused.
void FillVideoSlots(Instant now, Receiver& receiver, std::span<const TrackWish> wishes,
                    DataRate max_rate, Shedding shedding, SteadyAllocator& allocator,
                    AllocationScratch& scratch, const TrackLookup& lookup);

// Nothing is sent any more.
void EmptySlots(Instant now, Receiver& receiver);

}  // namespace conclave::router
