/**
 * Bundled into the bare page of tests/e2e/sealed.test.ts: a member of a sealed meeting whose keys come
 * from a number instead of a group, and a spy who sees what the server sees.
 */
import type { FrameKeyMessage } from "@conclave/e2ee";
import { epochKeys, type TestEpoch } from "@conclave/e2ee/testing";
import { sealedBy } from "../browser/guard.ts";
import { MediaConnection } from "../browser/media_connection.ts";
import { browserPlatform } from "../browser/platform.ts";
import { SealedFrames } from "../browser/sealed_frames.ts";
import { Conference } from "../room/conference.ts";
import type { Room, SourceKind, TrackInfo, VideoCodecName } from "../room/types.ts";
import { type DrawnCamera, drawnCamera, tone } from "./drawn_media.ts";
import { leakBy } from "./leaks.ts";
import { spyOn } from "./spy.ts";

interface Entry {
  readonly room: string;
  readonly displayName: string;
  readonly signalUrl: string;
  readonly keys?: TestEpoch;
  readonly camera?: DrawnCamera & { readonly codec?: VideoCodecName };
  readonly voiceHz?: number;
}

/** A picture as it was presented, and whose the page took it for. */
interface Presented {
  /** Centres of the two rows of sixteen blocks (tests/e2e/lib/barcode.ts). */
  readonly luma: readonly number[];
  readonly leaf: number | undefined;
  readonly heightPx: number;
  readonly rtpTimestamp: number | undefined;
}

let room: Room | undefined;
let media: MediaConnection | undefined;
const leaked: SourceKind[] = [];
const presented: Presented[] = [];
const video = document.createElement("video");
video.muted = true;
video.autoplay = true;
let frames: SealedFrames | undefined;
let keyPort: MessagePort | undefined;

function sealedFrames(): SealedFrames {
  if (frames !== undefined) return frames;
  frames = SealedFrames.create();
  if (frames === undefined) throw new Error("no encoded transforms");
  const { port1, port2 } = new MessageChannel();
  frames.useKeys(port2);
  keyPort = port1;
  return frames;
}

function joined(): Room {
  if (room === undefined) throw new Error("not joined");
  return room;
}

function cameraOf(displayName: string): TrackInfo | undefined {
  for (const { profile, tracks } of joined().participants.values()) {
    if (profile.displayName === displayName) return tracks.find((one) => one.source === "camera");
  }
  return undefined;
}

function receiverOf(track: MediaStreamTrack | undefined): RTCRtpReceiver | undefined {
  return track === undefined ? undefined : media?.receiverOf(track);
}

/** Notes every picture that the element presents. */
function watch(): void {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const note = (_now: number, { rtpTimestamp }: { rtpTimestamp?: number }): void => {
    video.requestVideoFrameCallback(note);
    if (context === null || video.videoWidth === 0) return;
    canvas.width = video.videoWidth;
    canvas.height = Math.ceil(video.videoHeight / 4);
    context.drawImage(video, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const luma = [0.5, 1.5].flatMap((row) =>
      Array.from({ length: 16 }, (_, block) => {
        const x = Math.floor(((block + 0.5) / 16) * video.videoWidth);
        const y = Math.floor((row / 9) * video.videoHeight);
        return data[(y * canvas.width + x) * 4] ?? 0;
      }),
    );
    const shown = video.srcObject instanceof MediaStream ? video.srcObject : undefined;
    const receiver = receiverOf(shown?.getVideoTracks()[0]);
    const label =
      receiver === undefined || rtpTimestamp === undefined
        ? undefined
        : frames?.labelAt(receiver, rtpTimestamp);
    presented.push({ luma, leaf: label?.leaf, heightPx: video.videoHeight, rtpTimestamp });
  };
  video.requestVideoFrameCallback(note);
}

function show(track: MediaStreamTrack | undefined): void {
  const stream = video.srcObject instanceof MediaStream ? video.srcObject : undefined;
  if (track === undefined || stream?.getVideoTracks()[0] === track) return;
  video.srcObject = new MediaStream([track]);
  void video.play();
}

async function enterEpoch(keys: TestEpoch): Promise<void> {
  sealedFrames();
  const message: FrameKeyMessage = { type: "epoch", keys: await epochKeys(keys) };
  keyPort?.postMessage(message);
}

const sealedPage = {
  join: async (entry: Entry): Promise<void> => {
    document.body.append(video);
    watch();
    const sealed = sealedFrames();
    if (entry.keys !== undefined) await enterEpoch(entry.keys);
    const platform = {
      ...browserPlatform(),
      createMedia: (options: ConstructorParameters<typeof MediaConnection>[0]) => {
        const onLeak = (source: SourceKind) => leaked.push(source);
        media = new MediaConnection(options, sealedBy(sealed, onLeak));
        return media;
      },
    };
    const { room: name, displayName, signalUrl, camera, voiceHz } = entry;
    const options = {
      ...{ room: name, displayName, signalUrl },
      ...(camera === undefined ? {} : { camera: drawnCamera(camera) }),
      ...(camera?.codec === undefined ? {} : { videoCodec: camera.codec }),
      ...(voiceHz === undefined ? {} : { microphone: tone(voiceHz) }),
    };
    const conference = new Conference(platform, options, signalUrl);
    await conference.start();
    room = conference;
    room.on("media", ({ remoteMedia }) => {
      show(remoteMedia.find(({ source }) => source === "camera")?.mediaTrack);
    });
  },
  enterEpoch,
  endKeys: (): void => {
    const message: FrameKeyMessage = { type: "end" };
    keyPort?.postMessage(message);
  },
  decodes: (codec: string): boolean =>
    RTCRtpReceiver.getCapabilities("video")?.codecs.some(
      ({ mimeType }) => mimeType.toLowerCase() === `video/${codec}`,
    ) ?? false,
  knows: (displayName: string): boolean => cameraOf(displayName) !== undefined,
  isPaused: (): boolean =>
    joined().remoteMedia.some(({ source, paused }) => source === "camera" && paused),
  /** In a tile of this many device pixels. */
  show: (displayName: string, heightPx: number): void => {
    const camera = cameraOf(displayName);
    if (camera === undefined) throw new Error(`no camera of ${displayName}`);
    joined().setLayout([{ trackId: camera.id, heightPx }]);
  },
  startAudio: () => joined().startAudio(),
  takePresented: (): Presented[] => presented.splice(0),
  leaked: (): readonly SourceKind[] => leaked,
  /** Frames opened and dropped by all slots, and sealed and dropped by all senders. */
  counts: async () => {
    const counts = await sealedFrames().counts();
    const sum = {
      opened: 0,
      heard: 0,
      sealed: 0,
      unsealed: 0,
      dropped: {} as Record<string, number>,
    };
    for (const transceiver of media?.transceivers ?? []) {
      const received = counts.received(transceiver.receiver);
      if (transceiver.receiver.track.kind === "audio") sum.heard += received?.opened ?? 0;
      else sum.opened += received?.opened ?? 0;
      for (const [why, count] of Object.entries(received?.dropped ?? {})) {
        sum.dropped[why] = (sum.dropped[why] ?? 0) + count;
      }
      const sent = counts.sent(transceiver.sender);
      sum.sealed += sent?.sealed ?? 0;
      sum.unsealed += sent?.dropped ?? 0;
    }
    return sum;
  },
  leave: () => joined().leave(),
};

Object.assign(window, { sealedPage, spyOn, leakBy });
