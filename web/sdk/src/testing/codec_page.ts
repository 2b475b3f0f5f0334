/**
 * Bundled into the bare page of tests/e2e/codecs.test.ts and codec_plan.test.ts: somebody who sends a
 * drawn camera or screen, in a codec of choice or in what the room decodes, or who watches one at a
 * size of choice.
 */
import * as sdk from "../index.ts";

interface Camera {
  /** The blocks of each frame, 32 characters: tests/e2e/lib/barcode.ts. */
  readonly marks: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Undefined: what the SDK chooses. */
  readonly codec?: sdk.VideoCodecName;
}

let room: sdk.Room | undefined;
/** What the element shows. */
let watched: sdk.SourceKind = "camera";
const video = document.createElement("video");
video.muted = true;
video.autoplay = true;

function joined(): sdk.Room {
  if (room === undefined) throw new Error("not joined");
  return room;
}

function trackOf(displayName: string, wanted: sdk.SourceKind): sdk.TrackInfo | undefined {
  for (const { profile, tracks } of joined().participants.values()) {
    if (profile.displayName !== displayName) continue;
    return tracks.find(({ source }) => source === wanted);
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

function present(): void {
  const shown = joined().remoteMedia.find(({ source }) => source === watched)?.mediaTrack;
  const stream = video.srcObject instanceof MediaStream ? video.srcObject : undefined;
  if (shown === undefined || stream?.getVideoTracks()[0] === shown) return;
  video.srcObject = new MediaStream([shown]);
  void video.play();
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
      ...(camera === undefined ? {} : { camera: draw(camera) }),
      ...(camera?.codec === undefined ? {} : { videoCodec: camera.codec }),
    });
    room.on("media", present);
  },
  /** Shares a drawn screen. */
  share: (screen: Camera): Promise<void> => joined().publish("screen-video", draw(screen)),
  leave: (): Promise<void> => joined().leave(),
  decodes: (codec: string): boolean =>
    RTCRtpReceiver.getCapabilities("video")?.codecs.some(
      ({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`,
    ) ?? false,
  /** Whether the client knows that the camera's slot sends nothing. */
  isPaused: (): boolean =>
    joined().remoteMedia.some(({ source, paused }) => source === "camera" && paused),
  knows: (displayName: string, source: sdk.SourceKind = "camera"): boolean =>
    trackOf(displayName, source) !== undefined,
  /** In a tile of this many device pixels; 0: not at all. */
  show: (displayName: string, heightPx: number, source: sdk.SourceKind = "camera"): void => {
    const track = trackOf(displayName, source);
    if (track === undefined) throw new Error(`no ${source} of ${displayName}`);
    watched = source;
    joined().setLayout([{ trackId: track.id, heightPx }]);
    present();
  },
};

Object.assign(window, { codecPage });
