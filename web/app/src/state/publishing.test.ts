import type { Room, SourceKind } from "@conclave/sdk";
import { expect, test } from "vitest";
import { cell } from "./cells.ts";
import type { LocalDevice, LocalMedia } from "./localMedia.ts";
import { publishLocalMedia } from "./publishing.ts";

function device(kind: "microphone" | "camera") {
  const track = cell<MediaStreamTrack | undefined>(undefined);
  const on = cell(false);
  const whole = { kind, track, on } as unknown as LocalDevice;
  return { whole, track, on };
}

test("a camera that opened while the join was under way is published", () => {
  const microphone = device("microphone");
  const camera = device("camera");
  const published: [SourceKind, MediaStreamTrack | undefined][] = [];
  const room = {
    publish: async (source: SourceKind, track: MediaStreamTrack | undefined) => {
      published.push([source, track]);
    },
    setMuted: () => {},
  } as unknown as Room;
  const opened = {} as MediaStreamTrack;
  camera.track.value = opened;
  camera.on.value = true;

  publishLocalMedia(
    room,
    { microphone: microphone.whole, camera: camera.whole } as unknown as LocalMedia,
    { microphone: undefined, camera: undefined },
  );

  expect(published).toEqual([["camera", opened]]);
});
