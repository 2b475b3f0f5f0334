// What of a layout is left while the shard has too much to do: a pure function.
#pragma once

#include <cstdint>
#include <vector>

#include "media/layer_state.h"
#include "router/commands.h"
#include "router/load_governor.h"

namespace conclave::router {

// As many as share a conversation; a stage is among them, since it is wished for first.
inline constexpr size_t kFewPictures = 4;
// The lowest of three encodings, and the middle one (media::AssumedHeight).
inline constexpr uint16_t kSmallTilePx = 180;
inline constexpr uint16_t kSmallStagePx = 360;

// Makes the wishes smaller and fewer. `asked`: the client has said what it wants to see, so these
// are not only what the shard would show it. Shared screens keep their size: smaller, nobody can
// read them, and they have one encoding.
void Curtail(Shedding shedding, bool asked, std::vector<TrackWish>& wishes);

// The highest temporal layer that is sent for a wish.
uint8_t TemporalMax(Shedding shedding, const TrackWish& wish);

}  // namespace conclave::router
