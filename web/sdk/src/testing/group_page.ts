/** Bundled into the bare page of tests/e2e/group.test.ts and mixed.test.ts: a member of an encrypted room. */
import type { GroupRoster } from "../room/group_side.ts";
import { type SealedMeeting, sealedMeeting } from "../room/sealed_join.ts";
import type { SourceKind, VideoCodecName } from "../room/types.ts";
import { type DrawnCamera, drawnCamera, tone } from "./drawn_media.ts";
import { KeyHoard, type WireFrame } from "./key_hoard.ts";

interface Entry {
  readonly room: string;
  readonly fragment: string;
  readonly signalUrl: string;
  /** Burned into the picture, from 1. */
  readonly identity: number;
  readonly displayName?: string;
  /** In place of a small one with the identity in it. */
  readonly camera?: DrawnCamera;
  readonly videoCodec?: VideoCodecName;
}

/** What one tile shows now. */
interface Shown {
  readonly displayName: string;
  readonly source: SourceKind;
  readonly heightPx: number;
  /** Centres of the two rows of sixteen blocks (tests/e2e/lib/barcode.ts). */
  readonly luma: readonly number[];
}

const hoard = new KeyHoard();

let meeting: SealedMeeting | undefined;
let roster: GroupRoster | undefined;
let ended: string | undefined;
const refusals: string[] = [];
const leaks: string[] = [];
const joinedAtMs = { asked: 0, inGroup: 0 };

function current(): SealedMeeting {
  if (meeting === undefined) throw new Error("not joined");
  return meeting;
}

const canvas = document.createElement("canvas");

function sample(video: HTMLVideoElement): number[] {
  const { videoWidth: width, videoHeight: height } = video;
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) throw new Error("no canvas");
  context.drawImage(video, 0, 0);
  return [0.5, 1.5].flatMap((row) =>
    Array.from({ length: 16 }, (_, block) => {
      const x = Math.floor(((block + 0.5) / 16) * width);
      return context.getImageData(x, Math.floor((row / 9) * height), 1, 1).data[0] ?? 0;
    }),
  );
}

const groupPage = {
  join: async (entry: Entry): Promise<void> => {
    const { room, fragment, signalUrl, identity, displayName = "-", videoCodec } = entry;
    const marks = [identity.toString(2).padStart(32, "0")];
    const small = { marks, width: 320, height: 180, framesPerSecond: 5 };
    const tracks = { camera: drawnCamera(entry.camera ?? small), microphone: tone(440) };
    // What goes by the server is looked at here.
    const common = { displayName, signalUrl, keepAddressPrivate: true };
    const codec = videoCodec === undefined ? {} : { videoCodec };
    const options = { room, fragment, ...common, ...tracks, ...codec };
    joinedAtMs.asked = performance.now();
    meeting = sealedMeeting(
      options,
      {
        onRoster: (next) => {
          roster = next;
          joinedAtMs.inGroup ||= performance.now();
        },
        onRefused: (why) => refusals.push(why),
        onLeak: (source) => leaks.push(source),
      },
      signalUrl,
    );
    meeting.room.on("state", ({ reason }) => {
      ended = reason;
    });
    // What is decoded has to be shown somewhere.
    meeting.room.on("media", ({ remoteMedia }) => {
      for (const { source, mediaTrack } of remoteMedia) {
        if (
          source === "microphone" ||
          source === "screen-audio" ||
          document.getElementById(mediaTrack.id) !== null
        )
          continue;
        const video = document.createElement("video");
        Object.assign(video, { id: mediaTrack.id, muted: true, autoplay: true });
        video.srcObject = new MediaStream([mediaTrack]);
        document.body.append(video);
      }
    });
    await meeting.room.start();
  },
  watchAll: (heightPx = 180): void => {
    const { room } = current();
    const pictures = [...room.participants.values()].flatMap(({ tracks }) =>
      tracks.filter(({ source }) => source === "camera" || source === "screen-video"),
    );
    room.setLayout(pictures.map(({ id }) => ({ trackId: id, heightPx })));
  },
  shown: (): Shown[] => {
    const { room } = current();
    return room.remoteMedia.flatMap(({ participantId, source, mediaTrack, paused }) => {
      const video = document.getElementById(mediaTrack.id);
      const profile = room.participants.get(participantId)?.profile;
      if (!(video instanceof HTMLVideoElement) || paused || profile === undefined) return [];
      if (video.videoHeight === 0) return [];
      const { displayName } = profile;
      return [{ displayName, source, heightPx: video.videoHeight, luma: sample(video) }];
    });
  },
  share: (screen: DrawnCamera): Promise<void> =>
    current().room.publish("screen-video", drawnCamera(screen)),
  unshare: (): Promise<void> => current().room.publish("screen-video", undefined),
  /** Whatever this page was ever given is tried. */
  opens: (frames: readonly WireFrame[]): Promise<number> => hoard.opens(frames),
  epochsHeld: (): number[] => hoard.epochs,
  /** Pictures decoded so far, by track. */
  decoded: async (): Promise<number[]> => {
    const { inbound } = await current().room.getStats();
    return inbound.filter(({ source }) => source === "camera").map((one) => one.framesDecoded);
  },
  leaves: (): number[] => roster?.members.map(({ leaf }) => leaf) ?? [],
  epoch: (): number | undefined => roster?.epoch,
  code: (): Promise<string> => current().group.roomCode(),
  joinMs: (): number => joinedAtMs.inGroup - joinedAtMs.asked,
  ended: (): string | undefined => ended,
  removeLeaf: (leaf: number): void => {
    const found = roster?.members.find((member) => member.leaf === leaf);
    if (found !== undefined) current().group.remove([found.pid]);
  },
  troubles: (): string[] => [...refusals, ...leaks],
  leave: (): Promise<void> => current().room.leave(),
};

export type GroupPage = typeof groupPage;
Object.assign(window, { groupPage });
