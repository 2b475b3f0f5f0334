import type { RemoteMedia, Room, TrackId } from "@conclave/sdk";
import { cell, type Readable } from "./cells.ts";

/** Which of the others' tracks have a picture or sound arriving now. */
export interface Media {
  readonly byTrack: Readable<ReadonlyMap<TrackId, RemoteMedia>>;
  stop(): void;
}

export function createMedia(room: Room): Media {
  const read = () => new Map(room.remoteMedia.map((media) => [media.trackId, media]));
  const byTrack = cell<ReadonlyMap<TrackId, RemoteMedia>>(read());
  const stop = room.on("media", () => {
    byTrack.value = read();
  });
  return { byTrack, stop };
}
