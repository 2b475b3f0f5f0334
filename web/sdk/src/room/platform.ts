/**
 * What a room needs of the world, so that it runs in tests without a browser. `browser/` implements
 * it; nothing else in `room/` and `session/` touches WebRTC, WebSocket, timers or a clock.
 */
import type { PublisherFacts } from "../session/codec_plan.ts";
import type { WantedEncodings } from "../session/encoding_plan.ts";
import type { Presented } from "../session/lip_sync.ts";
import type { MediaState } from "../session/media_path.ts";
import type { StatsReport } from "../session/stats.ts";
import type { ParticipantId, SourceKind, VideoCodecName } from "./types.ts";

export interface SocketEvents {
  readonly onOpen: () => void;
  readonly onMessage: (bytes: Uint8Array) => void;
  /** Called once, also where the socket never opened. Not called after `close`. */
  readonly onClosed: () => void;
}

export interface Socket {
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** What was sent before still goes out. */
  close(): void;
}

export interface Timer {
  /** Replaces the earlier time; infinity for none. */
  schedule(atMs: number): void;
}

export interface MediaOptions {
  readonly tracks: ReadonlyMap<SourceKind, MediaStreamTrack>;
  readonly videoSlots: number;
  /** Platform.engine: browsers encode differently. */
  readonly engine: string;
  /** That is sent in the beginning. */
  readonly videoCodec: VideoCodecName;
  readonly onState: (state: MediaState) => void;
}

export interface VideoPlan {
  readonly codec: VideoCodecName;
  /** Without the largest of a camera's sizes. */
  readonly withoutTop: boolean;
}

export interface LocalOffer {
  /** UTF-8 SDP, raw deflate. */
  readonly sdpDeflated: Uint8Array;
  readonly sections: readonly { readonly mid: string; readonly source: SourceKind }[];
}

/** One RTCPeerConnection with its four senders and its receive slots. */
export interface Media {
  readonly videoSlots: number;
  offer(options?: {
    readonly iceRestart?: boolean;
    readonly videoSlots?: number;
  }): Promise<LocalOffer>;
  /** Rejects an answer that this browser cannot use. */
  accept(answerDeflated: Uint8Array): Promise<void>;
  /** Takes back an offer that the server refused. */
  rollback(): Promise<void>;
  replaceTrack(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void>;
  /** What of a video source is worth encoding; undefined: all of it. Never renegotiates. */
  setWanted(source: SourceKind, wanted: WantedEncodings | undefined): void;
  /** How a video source is encoded from now on. Never renegotiates. */
  setPlan(source: SourceKind, plan: VideoPlan): void;
  /** The track of a receive slot, the same for the connection's life. */
  slotTrack(mid: string): MediaStreamTrack | undefined;
  audioTracks(): readonly MediaStreamTrack[];
  sourceOfMid(mid: string): SourceKind | undefined;
  presented(mid: string): Presented | undefined;
  /** 0 leaves the buffer to the browser. */
  setBufferTarget(mid: string, targetMs: number): void;
  stats(): Promise<StatsReport>;
  close(): void;
}

/** The elements that make the audio slots heard. */
export interface AudioOutput {
  /** Plays exactly these tracks. Rejects with `autoplay-blocked` where the browser wants a click. */
  play(tracks: readonly MediaStreamTrack[]): Promise<void>;
  setDevice(deviceId: string): Promise<void>;
  /** Whose voice each track carries now, for whoever looks at the page. */
  name(owners: ReadonlyMap<MediaStreamTrack, AudioOwner>): void;
  /** 0 .. 1, whatever track carries the person. */
  setVolume(person: ParticipantId, volume: number): void;
  close(): void;
}

export interface AudioOwner {
  readonly participantId: ParticipantId;
  readonly source: SourceKind;
}

export interface Platform {
  readonly engine: string;
  /** Lower case names of the video codecs that this browser decodes. */
  readonly decodes: readonly string[];
  /** As they are now. */
  publisherFacts(): PublisherFacts;
  /** Monotonic. */
  nowMs(): number;
  /** Since the epoch. */
  epochMs(): number;
  /** 0 <= x < 1; for jitter only. */
  random(): number;
  timer(onDeadline: () => void): Timer;
  /** The network came back. Returns the function that stops listening. */
  onOnline(listener: () => void): () => void;
  /** The page is closed or left. Returns the function that stops listening. */
  onPageGone(listener: () => void): () => void;
  /** What makes this client the same person again in that room; empty: it is a stranger there. */
  passOf(room: string): Uint8Array;
  keepPass(room: string, pass: Uint8Array): void;
  openSocket(url: string, events: SocketEvents): Socket;
  createMedia(options: MediaOptions): Media;
  createAudioOutput(): AudioOutput;
}
