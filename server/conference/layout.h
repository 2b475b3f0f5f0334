// A client's layout wish, made fit for the router.
#pragma once

#include <span>
#include <vector>

#include "base/ids.h"
#include "conference/roster.h"
#include "router/commands.h"

namespace conclave::conference {

// Keeps the order. Leaves out, without a complaint, tracks that are not here (they may just have
// left), that are the receiver's own, that are not video, or that were named before; lowers heights
// above kWishHeightMax, and keeps no more than kWishesMax.
std::vector<router::TrackWish> SanitizeWishes(std::span<const router::TrackWish> wishes,
                                              ParticipantId receiver, const Roster& roster);

}  // namespace conclave::conference
