import type { Room } from "@conclave/sdk";
import { watch } from "./cells.ts";
import type { LocalDevice, LocalMedia } from "./localMedia.ts";

/** The tracks that `join` was given; a device that opened during the join is not among them. */
export interface JoinedTracks {
  readonly microphone: MediaStreamTrack | undefined;
  readonly camera: MediaStreamTrack | undefined;
}

/** Keeps what the room sends the same as what the person's devices give. */
export function publishLocalMedia(
  room: Room,
  local: LocalMedia,
  joinedWith: JoinedTracks,
): () => void {
  const stops = [
    follow(room, local.microphone, joinedWith.microphone),
    follow(room, local.camera, joinedWith.camera),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function follow(
  room: Room,
  device: LocalDevice,
  joinedWith: MediaStreamTrack | undefined,
): () => void {
  let published = joinedWith;
  return watch(() => {
    const track = device.track.value;
    const muted = !device.on.value;
    if (track !== published) {
      published = track;
      void room.publish(device.kind, track);
    }
    if (track !== undefined) room.setMuted(device.kind, muted);
  });
}
