/**
 * Bundled into the bare page of bench/sealed_storm.ts: a member of an encrypted room who speaks a tone
 * and listens for gaps in everybody else's.
 */
import type { GroupRoster } from "../room/group_side.ts";
import { type SealedMeeting, sealedMeeting } from "../room/sealed_join.ts";
import { tone } from "./drawn_media.ts";

interface StormEntry {
  readonly room: string;
  readonly fragment: string;
  readonly signalUrl: string;
  readonly displayName: string;
  readonly toneHz: number;
}

/** What was heard of one person since the last look. */
export interface Heard {
  readonly displayName: string;
  readonly heardMs: number;
  /** Longest run of samples that are silent, of what came out of the decoder. */
  readonly silenceMs: number;
  /** The most that was made up within two looks: a gap is no longer than this. */
  readonly concealedMs: number;
}

/** A gap that falls on a look is still within two of them. */
const LOOK_MS = 100;
/** A tone has no such block without a loud sample. */
const BLOCKS_PER_SECOND = 500;
const LOUD = 0.02;

declare const window: Window & { peerConnections: RTCPeerConnection[] };

interface Voice {
  readonly displayName: string;
  heardMs: number;
  silenceMs: number;
  concealedMs: number;
}

const voices = new Map<string, Voice>();
let meeting: SealedMeeting | undefined;
let roster: GroupRoster | undefined;
const troubles: string[] = [];

function current(): SealedMeeting {
  if (meeting === undefined) throw new Error("not joined");
  return meeting;
}

/** Notes silences of a track for as long as the page lives. */
function listen(context: AudioContext, track: MediaStreamTrack, voice: Voice): void {
  const tap = context.createScriptProcessor(1024, 1, 1);
  const block = Math.round(context.sampleRate / BLOCKS_PER_SECOND);
  let silent = 0;
  tap.onaudioprocess = ({ inputBuffer }) => {
    const samples = inputBuffer.getChannelData(0);
    for (let start = 0; start + block <= samples.length; start += block) {
      const isLoud = samples.subarray(start, start + block).some((one) => Math.abs(one) > LOUD);
      silent = isLoud ? 0 : silent + block;
      voice.silenceMs = Math.max(voice.silenceMs, (silent / context.sampleRate) * 1000);
    }
    voice.heardMs += (samples.length / context.sampleRate) * 1000;
  };
  context.createMediaStreamSource(new MediaStream([track])).connect(tap);
  tap.connect(context.destination);
}

/** Milliseconds of sound that were made up so far, by track. */
async function concealed(): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  for (const connection of window.peerConnections) {
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== "inbound-rtp" || report.kind !== "audio") continue;
      sums.set(report.trackIdentifier, (report.concealedSamples ?? 0) / 48);
    }
  }
  return sums;
}

async function watchConcealment(): Promise<void> {
  const looks: ReadonlyMap<string, number>[] = [];
  for (;;) {
    looks.push(await concealed());
    const [first] = looks.length > 2 ? looks.splice(0, 1) : [];
    for (const [track, voice] of voices) {
      const [now, before] = [looks.at(-1)?.get(track), first?.get(track)];
      if (now !== undefined && before !== undefined)
        voice.concealedMs = Math.max(voice.concealedMs, now - before);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

const stormPage = {
  /** After a click: the page makes sound and plays it. */
  join: async (entry: StormEntry): Promise<void> => {
    const { toneHz, ...rest } = entry;
    const options = { ...rest, microphone: tone(toneHz), keepAddressPrivate: true };
    meeting = sealedMeeting(
      options,
      {
        onRoster: (next) => {
          roster = next;
        },
        onRefused: (why) => troubles.push(why),
        onLeak: (source) => troubles.push(`leak: ${source}`),
      },
      entry.signalUrl,
    );
    await meeting.room.start();
    await meeting.room.startAudio();
  },
  /** Resolves once so many others are heard. */
  hear: async (others: number): Promise<void> => {
    const { room } = current();
    const context = new AudioContext();
    await context.resume();
    while (voices.size < others) {
      for (const { source, mediaTrack, participantId } of room.remoteMedia) {
        if (source !== "microphone" || voices.has(mediaTrack.id)) continue;
        const displayName = room.participants.get(participantId)?.profile.displayName ?? "";
        const voice = { displayName, heardMs: 0, silenceMs: 0, concealedMs: 0 };
        voices.set(mediaTrack.id, voice);
        listen(context, mediaTrack, voice);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    void watchConcealment();
  },
  /** Since the last call. */
  take: (): Heard[] =>
    Array.from(voices.values(), (voice) => {
      const heard = { ...voice };
      Object.assign(voice, { heardMs: 0, silenceMs: 0, concealedMs: 0 });
      return heard;
    }),
  people: (): number => roster?.members.length ?? 0,
  epoch: (): number => roster?.epoch ?? -1,
  troubles: (): string[] => troubles,
  /** For somebody who never sends or hears anything. */
  idleOffer: async (): Promise<string> => {
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    connection.addTransceiver("audio", { direction: "recvonly" });
    const { sdp = "" } = await connection.createOffer();
    connection.close();
    return sdp;
  },
};

export type StormPage = typeof stormPage;
Object.assign(window, { stormPage });
