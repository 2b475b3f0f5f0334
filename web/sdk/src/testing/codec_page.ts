/**
 * Bundled into the bare page of tests/e2e/codecs.test.ts: somebody who sends a drawn camera in a
 * codec of choice, or who watches one at a size of choice.
 */
import * as sdk from "../index.ts";

interface Camera {
  /** The blocks of each frame, 32 characters: tests/e2e/lib/barcode.ts. */
  readonly marks: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly codec: sdk.VideoCodecName;
}

let room: sdk.Room | undefined;
const video = document.createElement("video");
video.muted = true;
video.autoplay = true;

function joined(): sdk.Room {
  if (room === undefined) throw new Error("not joined");
  return room;
}

function cameraOf(displayName: string): sdk.TrackInfo | undefined {
  for (const { profile, tracks } of joined().participants.values()) {
    if (profile.displayName !== displayName) continue;
    return tracks.find(({ source }) => source === "camera");
  }
  return undefined;
}

function draw({ marks, width, height, framesPerSecond }: Camera): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  const block = width / 16;
  let frame = 0;
  const next = (): void => {
    const mark = marks[frame % marks.length] ?? "";
    context.fillStyle = `hsl(${(frame * 2) % 360} 30% 45%)`;
    context.fillRect(0, 0, width, height);
    for (let i = 0; i < 32; i++) {
      context.fillStyle = mark[i] === "1" ? "#ebebeb" : "#101010";
      context.fillRect((i % 16) * block, i < 16 ? 0 : height / 9, block, height / 9);
    }
    // Something that moves over the whole picture.
    context.fillStyle = "#fff";
    context.fillRect(((frame * 7) % 100) * (width / 100), height / 2, width / 20, height / 3);
    frame++;
  };
  next();
  setInterval(next, 1000 / framesPerSecond);
  const [track] = canvas.captureStream(framesPerSecond).getVideoTracks();
  if (track === undefined) throw new Error("no track");
  return track;
}

const codecPage = {
  join: async (
    name: string,
    displayName: string,
    signalUrl: string,
    camera?: Camera,
  ): Promise<void> => {
    document.body.append(video);
    room = await sdk.join({
      room: name,
      displayName,
      signalUrl,
      ...(camera === undefined ? {} : { camera: draw(camera), videoCodec: camera.codec }),
    });
    room.on("media", ({ remoteMedia }) => {
      const shown = remoteMedia.find(({ source }) => source === "camera")?.mediaTrack;
      const stream = video.srcObject instanceof MediaStream ? video.srcObject : undefined;
      if (shown === undefined || stream?.getVideoTracks()[0] === shown) return;
      video.srcObject = new MediaStream([shown]);
      void video.play();
    });
  },
  decodes: (codec: string): boolean =>
    RTCRtpReceiver.getCapabilities("video")?.codecs.some(
      ({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`,
    ) ?? false,
  /** Whether the client knows that the camera's slot sends nothing. */
  isPaused: (): boolean =>
    joined().remoteMedia.some(({ source, paused }) => source === "camera" && paused),
  knows: (displayName: string): boolean => cameraOf(displayName) !== undefined,
  /** In a tile of this many device pixels; 0: not at all. */
  show: (displayName: string, heightPx: number): void => {
    const camera = cameraOf(displayName);
    if (camera === undefined) throw new Error(`no camera of ${displayName}`);
    joined().setLayout([{ trackId: camera.id, heightPx }]);
  },
};

Object.assign(window, { codecPage });
