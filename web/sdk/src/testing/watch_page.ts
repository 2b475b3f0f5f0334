/**
 * Bundled into the bare page of tests/e2e/continuity.test.ts: a guest without devices that shows one
 * camera at a time, so that one slot carries one source after another.
 */
import * as sdk from "../index.ts";

let room: sdk.Room | undefined;
const video = document.createElement("video");
video.muted = true;
video.autoplay = true;

function joined(): sdk.Room {
  if (room === undefined) throw new Error("not joined");
  return room;
}

/** The camera of the participant of this name; undefined: none yet. */
function cameraOf(displayName: string): sdk.TrackInfo | undefined {
  for (const { profile, tracks } of joined().participants.values()) {
    if (profile.displayName !== displayName) continue;
    return tracks.find(({ source }) => source === "camera");
  }
  return undefined;
}

const watchPage = {
  join: async (name: string, signalUrl: string): Promise<void> => {
    document.body.append(video);
    room = await sdk.join({ room: name, displayName: "Viewer", signalUrl });
    room.on("media", ({ remoteMedia }) => {
      const shown = remoteMedia.find(({ source }) => source === "camera")?.mediaTrack;
      const stream = video.srcObject instanceof MediaStream ? video.srcObject : undefined;
      if (shown === undefined || stream?.getVideoTracks()[0] === shown) return;
      video.srcObject = new MediaStream([shown]);
      void video.play();
    });
  },
  knows: (displayName: string): boolean => cameraOf(displayName) !== undefined,
  /** Shows one camera, in whatever slot the server gives it. */
  show: (displayName: string): void => {
    const camera = cameraOf(displayName);
    if (camera === undefined) throw new Error(`no camera of ${displayName}`);
    joined().setLayout([{ trackId: camera.id, heightPx: 180 }]);
  },
  leave: () => joined().leave(),
};

Object.assign(window, { watchPage });
