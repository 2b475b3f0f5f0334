import type { SourceKind, VideoCodecName } from "../room/types.ts";
import type { WantedEncodings } from "../session/encoding_plan.ts";
import type { PathLook } from "../session/path_pings.ts";
import { withOpusDtx, withStartBitrate } from "../session/sdp.ts";
import { mediaKindOf, SOURCES } from "../session/sources.ts";
import type { StatsReport } from "../session/stats.ts";
import { videoCodecs } from "./codecs.ts";
import { deflateText, inflateText } from "./deflate.ts";
import { DirectSender } from "./direct_sender.ts";
import type { LeakWatch } from "./leak_watch.ts";
import type { Sealed } from "./media_connection.ts";
import { PingChannel } from "./ping_channel.ts";
import type { TrackGate } from "./track_gate.ts";
import { TransceiverFactory } from "./transceiver_factory.ts";

/** What the way to the server carries need not be what this one does: a picture of 720 lines, no more. */
const START_KBPS_MAX = 1700;

export interface DirectOptions {
  readonly sealed: Sealed;
  readonly tracks: () => ReadonlyMap<SourceKind, MediaStreamTrack>;
  /** "stun:..." */
  readonly stunUrls: readonly string[];
  readonly engine: string;
  readonly videoCodec: VideoCodecName;
  /** At which video begins; undefined: as the browser does. */
  readonly startKbps: number | undefined;
  readonly onConnected: () => void;
  readonly onFailed: () => void;
  readonly onCandidate: (line: string) => void;
  readonly onAlive: () => void;
}

/**
 * A connection to another browser, with the same encryption of frames as the server's. Sections: what
 * the offerer sends, in the order of SOURCES, then what the answerer sends. Only addresses of the two
 * machines and what the server sees of them are tried (decisions 9).
 */
export class DirectConnection {
  readonly #options: DirectOptions;
  readonly #connection: RTCPeerConnection;
  readonly #factory: TransceiverFactory;
  readonly #pings: PingChannel;
  readonly #wanted = new Map<SourceKind, WantedEncodings | undefined>();
  #senders: ReadonlyMap<SourceKind, DirectSender> = new Map();
  #receivers: ReadonlyMap<SourceKind, RTCRtpTransceiver> = new Map();
  #gate: TrackGate | undefined;
  #leakWatch: LeakWatch | undefined;
  #isHeld = false;
  #candidates: string[] | undefined = [];

  constructor(options: DirectOptions) {
    this.#options = options;
    this.#connection = new RTCPeerConnection({
      bundlePolicy: "max-bundle",
      iceServers: options.stunUrls.length > 0 ? [{ urls: [...options.stunUrls] }] : [],
    });
    this.#factory = new TransceiverFactory(this.#connection, options.sealed.frames);
    this.#pings = new PingChannel(this.#connection, options.onAlive);
    this.#connection.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== "")
        options.onCandidate(candidate.candidate);
    };
    this.#connection.onconnectionstatechange = () => this.#onState();
  }

  async offer(): Promise<Uint8Array> {
    const senders = SOURCES.map((source) =>
      this.#factory.makeSender({
        source,
        track: undefined,
        // One encoding, or none can be set on it.
        ...(mediaKindOf(source) === "video"
          ? { encodings: [{}], codec: this.#options.videoCodec }
          : {}),
      }),
    );
    const receivers = SOURCES.map((source) => this.#factory.makeSlot(mediaKindOf(source)));
    keepInStep(senders);
    const offer = await this.#connection.createOffer();
    await this.#connection.setLocalDescription(offer);
    this.#adopt(senders, receivers);
    return deflateText(offer.sdp ?? "");
  }

  /** Rejects what is no offer of another such connection. */
  async answer(offer: Uint8Array): Promise<Uint8Array> {
    await this.#describeRemote("offer", offer);
    // From here to the transforms nothing may be waited for: Chromium ignores later ones, and what is
    // sent is in the clear then (measured: one await more is enough).
    const transceivers = this.#connection.getTransceivers();
    const kinds = [...SOURCES, ...SOURCES].map(mediaKindOf);
    const isOurs =
      transceivers.length === kinds.length &&
      transceivers.every(({ receiver }, index) => receiver.track.kind === kinds[index]);
    if (!isOurs) throw new Error("an offer with other sections");
    const receivers = transceivers.slice(0, SOURCES.length);
    const senders = transceivers.slice(SOURCES.length);
    for (const [index, source] of SOURCES.entries()) {
      const receiver = receivers[index]?.receiver;
      const sender = senders[index];
      if (receiver === undefined || sender === undefined) continue;
      const kind = mediaKindOf(source);
      this.#options.sealed.frames.attachReceiver(receiver, kind);
      this.#options.sealed.frames.attachSender(sender.sender, source);
      sender.direction = "sendonly";
      if (kind === "video") sender.setCodecPreferences(videoCodecs(this.#options.videoCodec));
    }
    keepInStep(senders);
    await this.#addWaiting();
    const answer = await this.#connection.createAnswer();
    await this.#connection.setLocalDescription(answer);
    this.#adopt(senders, receivers);
    return deflateText(answer.sdp ?? "");
  }

  async accept(answer: Uint8Array): Promise<void> {
    await this.#describeRemote("answer", answer);
    await this.#addWaiting();
  }

  async addCandidates(lines: readonly string[]): Promise<void> {
    // Those that come before the description they belong to wait for it.
    if (this.#candidates !== undefined) {
      this.#candidates.push(...lines);
      return;
    }
    for (const candidate of lines) {
      // All sections are one bundle. What this browser cannot use is left out.
      await this.#connection
        .addIceCandidate({ candidate, sdpMLineIndex: 0 })
        .catch(() => undefined);
    }
  }

  /** While it is held, nothing is sent on it. */
  hold(held: boolean): void {
    this.#isHeld = held;
    this.#gate?.hold(held);
  }

  async replaceTrack(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    await this.#gate?.set(source, track);
  }

  setWanted(source: SourceKind, wanted: WantedEncodings | undefined): void {
    this.#wanted.set(source, wanted);
    this.#senders.get(source)?.setWanted(wanted);
  }

  track(source: SourceKind): MediaStreamTrack | undefined {
    return this.#receivers.get(source)?.receiver.track;
  }

  audioTrack(source: SourceKind): MediaStreamTrack | undefined {
    return mediaKindOf(source) === "audio" ? this.track(source) : undefined;
  }

  /** Linear, 0 .. 1. */
  async ownLevel(): Promise<number> {
    const report = await this.#senders.get("microphone")?.sender.getStats();
    const source = [...(report?.values() ?? [])].find(({ type }) => type === "media-source");
    return (source?.audioLevel as number | undefined) ?? 0;
  }

  /** What was presented of a source last; undefined: nothing yet. */
  newest(source: SourceKind): RTCRtpSynchronizationSource | undefined {
    return this.#receivers.get(source)?.receiver.getSynchronizationSources()[0];
  }

  /** Whose section in this connection's statistics it is. */
  sourceOfMid(side: "inbound" | "outbound", mid: string): SourceKind | undefined {
    return SOURCES.find((source) =>
      side === "inbound"
        ? this.#receivers.get(source)?.mid === mid
        : this.#senders.get(source)?.mid === mid,
    );
  }

  ping(): void {
    this.#pings.send();
  }
  look(): PathLook {
    return this.#pings.look();
  }

  /** How long ago anything came, by the browser's word; undefined: it does not say. */
  async silentForMs(): Promise<number | undefined> {
    let silentMs: number | undefined;
    for (const { timestamp, lastPacketReceivedTimestamp: last } of (
      (await this.#connection.getStats()) as unknown as ReadonlyMap<string, Arrivals>
    ).values()) {
      if (typeof last !== "number") continue;
      silentMs = Math.min(silentMs ?? Number.POSITIVE_INFINITY, Math.max(0, timestamp - last));
    }
    return silentMs;
  }

  async stats(): Promise<StatsReport> {
    return (await this.#connection.getStats()) as unknown as StatsReport;
  }

  close(): void {
    this.#connection.onconnectionstatechange = null;
    this.#connection.onicecandidate = null;
    this.#gate?.close();
    this.#leakWatch?.close();
    this.#connection.close();
  }

  async #describeRemote(type: "offer" | "answer", deflated: Uint8Array): Promise<void> {
    const theirs = withOpusDtx(await inflateText(deflated));
    const { engine, startKbps } = this.#options;
    const isHinted = engine === "chromium" && startKbps !== undefined;
    const kbps = Math.min(startKbps ?? 0, START_KBPS_MAX);
    const sdp = isHinted ? withStartBitrate(theirs, kbps) : theirs;
    await this.#connection.setRemoteDescription({ type, sdp });
  }

  async #addWaiting(): Promise<void> {
    const waiting = this.#candidates ?? [];
    this.#candidates = undefined;
    await this.addCandidates(waiting);
  }

  /** Sections are negotiated and have their transforms: tracks may go on. */
  #adopt(senders: readonly RTCRtpTransceiver[], receivers: readonly RTCRtpTransceiver[]): void {
    const { sealed, tracks, engine, videoCodec } = this.#options;
    this.#senders = new Map(
      senders.map((transceiver, index) => {
        const source = SOURCES[index] ?? "microphone";
        return [source, new DirectSender(transceiver, { source, engine, codec: videoCodec })];
      }),
    );
    this.#receivers = new Map(
      receivers.map((transceiver, index) => [SOURCES[index] ?? "microphone", transceiver]),
    );
    for (const [source, wanted] of this.#wanted) this.#senders.get(source)?.setWanted(wanted);
    const gate = sealed.guard.openGate(tracks(), async (source, track) =>
      this.#senders.get(source)?.put(track),
    );
    this.#gate = gate;
    gate.hold(this.#isHeld);
    const watched = [...this.#senders].map(([source, { sender }]) => [source, sender] as const);
    this.#leakWatch = sealed.guard.watch(new Map(watched), gate);
    gate.start();
  }

  #onState(): void {
    const { connectionState } = this.#connection;
    if (connectionState === "connected") {
      for (const sender of this.#senders.values()) void sender.apply();
      this.#options.onConnected();
    } else if (connectionState === "failed" || connectionState === "closed") {
      this.#options.onFailed();
    }
  }
}

/** The voice and the face are one stream, the screen and its sound another. */
function keepInStep(senders: readonly RTCRtpTransceiver[]): void {
  const person = new MediaStream();
  const screen = new MediaStream();
  for (const [index, { sender }] of senders.entries()) {
    sender.setStreams?.(SOURCES[index]?.startsWith("screen") === true ? screen : person);
  }
}

interface Arrivals {
  readonly timestamp: number;
  readonly lastPacketReceivedTimestamp?: number;
}
