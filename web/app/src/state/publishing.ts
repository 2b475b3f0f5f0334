import type { Room } from "@conclave/sdk";
import { watch } from "./cells.ts";
import type { LocalDevice, LocalMedia } from "./localMedia.ts";

/** Keeps what the room sends the same as what the person's devices give. */
export function publishLocalMedia(room: Room, local: LocalMedia): () => void {
  const stops = [follow(room, local.microphone), follow(room, local.camera)];
  return () => {
    for (const stop of stops) stop();
  };
}

function follow(room: Room, device: LocalDevice): () => void {
  // What `join` was given is published already.
  let published = device.track.peek();
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
