/** Bundled into the bare page of tests/e2e/group.test.ts: a member of an encrypted room. */
import type { GroupRoster } from "../room/group_side.ts";
import { type SealedMeeting, sealedMeeting } from "../room/sealed_join.ts";
import { drawnCamera, tone } from "./drawn_media.ts";

interface Entry {
  readonly room: string;
  readonly fragment: string;
  readonly signalUrl: string;
  /** Burned into the picture, from 1. */
  readonly identity: number;
}

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

const groupPage = {
  join: async ({ room, fragment, signalUrl, identity }: Entry): Promise<void> => {
    const marks = [identity.toString(2).padStart(32, "0")];
    const camera = drawnCamera({ marks, width: 320, height: 180, framesPerSecond: 5 });
    const tracks = { camera, microphone: tone(440) };
    // What goes by the server is looked at here.
    const common = { displayName: "-", signalUrl, keepAddressPrivate: true };
    const options = { room, fragment, ...common, ...tracks };
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
        if (source !== "camera" || document.getElementById(mediaTrack.id) !== null) continue;
        const video = document.createElement("video");
        Object.assign(video, { id: mediaTrack.id, muted: true, autoplay: true });
        video.srcObject = new MediaStream([mediaTrack]);
        document.body.append(video);
      }
    });
    await meeting.room.start();
  },
  watchAll: (): void => {
    const { room } = current();
    const cameras = [...room.participants.values()].flatMap(({ tracks }) =>
      tracks.filter(({ source }) => source === "camera"),
    );
    room.setLayout(cameras.map(({ id }) => ({ trackId: id, heightPx: 180 })));
  },
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
