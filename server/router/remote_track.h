// A track of another shard's, as far as the receivers on this one need it.
#pragma once

#include "base/ids.h"
#include "media/publisher_clock.h"
#include "router/commands.h"
#include "router/participant_index.h"
#include "router/source_track.h"

namespace conclave::router {

struct RemoteTrack {
  // `touched` outlives it.
  RemoteTrack(ShardId of, RoomIndex in, const TrackConfig& config, RemoteIndex place,
              TouchedRemotes& touched)
      : home(of), room(in), track(config, place, clock, touched) {}

  const ShardId home;
  const RoomIndex room;
  // Its publisher's, as told last.
  media::PublisherClock clock;
  SourceTrack track;
};

}  // namespace conclave::router
