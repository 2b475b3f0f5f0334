import type { LocalOffer, Media, MediaOptions, VideoPlan } from "../room/platform.ts";
import type { SourceKind, VideoCodecName } from "../room/types.ts";
import type { WantedEncodings } from "../session/encoding_plan.ts";
import type { Presented } from "../session/lip_sync.ts";
import type { MediaState } from "../session/media_path.ts";
import { withOpusDtx, withStartBitrate } from "../session/sdp.ts";
import { AUDIO_SLOTS } from "../session/slot_demand.ts";
import { mediaKindOf, SOURCES } from "../session/sources.ts";
import { availableOutgoingKbps, type StatsReport } from "../session/stats.ts";
import { UplinkMemory } from "../session/uplink_memory.ts";
import { deflateText, inflateText } from "./deflate.ts";
import { FrameWorker } from "./frame_worker.ts";
import type { LeakWatch } from "./leak_watch.ts";
import type { SealedFrames } from "./sealed_frames.ts";
import { tabStore } from "./tab_store.ts";
import type { TrackGate } from "./track_gate.ts";
import { TransceiverFactory } from "./transceiver_factory.ts";
import { VideoSender } from "./video_sender.ts";

const STATES: Readonly<Record<RTCPeerConnectionState, MediaState>> = {
  new: "connecting",
  connecting: "connecting",
  connected: "connected",
  disconnected: "disconnected",
  failed: "failed",
  closed: "failed",
};

/** Of a meeting that is end-to-end encrypted. */
export interface Sealed {
  /** Lives longer than this connection. */
  readonly frames: SealedFrames;
  readonly guard: Guard;
}

/** What keeps a sealed connection's tracks off it, and looks whether it works: see `browser/guard.ts`. */
export interface Guard {
  readonly openGate: (
    tracks: ReadonlyMap<SourceKind, MediaStreamTrack>,
    put: (source: SourceKind, track: MediaStreamTrack | undefined) => Promise<void>,
  ) => TrackGate;
  readonly watch: (senders: ReadonlyMap<SourceKind, RTCRtpSender>, gate: TrackGate) => LeakWatch;
}

/** One RTCPeerConnection: four senders, four audio slots, and as many video slots as were wanted. */
export class MediaConnection implements Media {
  readonly #connection = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  readonly #worker: FrameWorker | undefined;
  readonly #factory: TransceiverFactory;
  readonly #senders: ReadonlyMap<SourceKind, RTCRtpTransceiver>;
  readonly #videoSenders: ReadonlyMap<SourceKind, VideoSender>;
  readonly #audioSlots: readonly RTCRtpTransceiver[];
  readonly #videoSlots: RTCRtpTransceiver[] = [];
  readonly #gate: TrackGate | undefined;
  readonly #leakWatch: LeakWatch | undefined;
  readonly #uplink = new UplinkMemory(tabStore("conclave-uplink"));
  readonly #startKbps: number | undefined;
  #connectedAtMs: number | undefined;
  #onState: MediaOptions["onState"];
  /** Made before anybody asked for it. */
  #prepared: Promise<LocalOffer> | undefined;

  constructor(options: MediaOptions, sealed?: Sealed) {
    const { tracks, videoSlots, engine, videoCodec, onState } = options;
    this.#onState = onState;
    this.#worker = sealed === undefined ? FrameWorker.create() : undefined;
    this.#factory = new TransceiverFactory(this.#connection, sealed?.frames ?? this.#worker);
    this.#startKbps = engine === "chromium" ? this.#uplink.startKbps(Date.now()) : undefined;
    this.#connection.onconnectionstatechange = () => {
      this.#noteState(this.#connection.connectionState);
      this.#onState(STATES[this.#connection.connectionState]);
    };
    this.#videoSenders = new Map(
      SOURCES.filter((source) => mediaKindOf(source) === "video").map((source) => {
        const options = { source, codec: videoCodec, engine };
        return [source, new VideoSender(options, tracks.get(source))];
      }),
    );
    this.#senders = new Map(
      SOURCES.map((source) => {
        const track = sealed === undefined ? tracks.get(source) : undefined;
        return [source, this.#makeSender(source, track, videoCodec)];
      }),
    );
    this.#audioSlots = Array.from({ length: AUDIO_SLOTS }, () => this.#factory.makeSlot("audio"));
    this.#growVideoSlots(videoSlots);
    if (sealed === undefined) return;
    const gate = sealed.guard.openGate(tracks, (source, track) => this.#put(source, track));
    this.#gate = gate;
    const senders = [...this.#senders].map(([source, { sender }]) => [source, sender] as const);
    this.#leakWatch = sealed.guard.watch(new Map(senders), gate);
    gate.start();
  }

  get videoSlots(): number {
    return this.#videoSlots.length;
  }

  /** Makes the offer that the first call of `offer` then gives. */
  prepare(): void {
    this.#prepared = this.#offer(false);
    // Whoever asks for it hears of it.
    this.#prepared.catch(() => undefined);
  }

  /** Where it was made before these were known. */
  adopt({ tracks, videoSlots, onState }: MediaOptions): void {
    this.#onState = onState;
    this.#growVideoSlots(videoSlots);
    for (const [source, track] of tracks) void this.replaceTrack(source, track);
  }

  offer(
    options: { readonly iceRestart?: boolean; readonly videoSlots?: number } = {},
  ): Promise<LocalOffer> {
    const slots = this.videoSlots;
    this.#growVideoSlots(options.videoSlots ?? 0);
    const prepared = this.#prepared;
    this.#prepared = undefined;
    const isGood = options.iceRestart !== true && this.videoSlots === slots;
    return prepared !== undefined && isGood ? prepared : this.#offer(options.iceRestart ?? false);
  }

  async #offer(iceRestart: boolean): Promise<LocalOffer> {
    const offer = await this.#connection.createOffer({ iceRestart });
    // Not waiting for candidates: the server learns this client's address from its first check.
    await this.#connection.setLocalDescription(offer);
    const sections = [...this.#senders].map(([source, { mid }]) => ({ mid: mid ?? "", source }));
    return { sdpDeflated: await deflateText(offer.sdp ?? ""), sections };
  }

  async accept(answerDeflated: Uint8Array): Promise<void> {
    const answer = withOpusDtx(await inflateText(answerDeflated));
    const sdp =
      this.#startKbps === undefined || this.#connectedAtMs !== undefined
        ? answer
        : withStartBitrate(answer, this.#startKbps);
    await this.#connection.setRemoteDescription({ type: "answer", sdp });
    for (const sender of this.#videoSenders.values()) void sender.apply();
  }

  async rollback(): Promise<void> {
    await this.#connection.setLocalDescription({ type: "rollback" });
  }

  async replaceTrack(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    await (this.#gate?.set(source, track) ?? this.#put(source, track));
  }

  setWanted(source: SourceKind, wanted: WantedEncodings | undefined): void {
    this.#videoSenders.get(source)?.setWanted(wanted);
  }

  setPlan(source: SourceKind, plan: VideoPlan): void {
    this.#videoSenders.get(source)?.setPlan(plan);
  }

  slotTrack(mid: string): MediaStreamTrack | undefined {
    return this.#slot(mid)?.receiver.track;
  }

  audioTracks(): readonly MediaStreamTrack[] {
    return this.#audioSlots.map((slot) => slot.receiver.track);
  }

  /** Senders first, then slots. */
  get transceivers(): readonly RTCRtpTransceiver[] {
    return this.#connection.getTransceivers();
  }

  /** Of a slot's track. */
  receiverOf(track: MediaStreamTrack): RTCRtpReceiver | undefined {
    return this.transceivers.find(({ receiver }) => receiver.track === track)?.receiver;
  }

  sourceOfMid(mid: string): SourceKind | undefined {
    return SOURCES.find((source) => this.#senders.get(source)?.mid === mid);
  }

  presented(mid: string): Presented | undefined {
    const source = this.#slot(mid)?.receiver.getSynchronizationSources()[0];
    return source === undefined
      ? undefined
      : { rtpTimestamp: source.rtpTimestamp, atMs: source.timestamp };
  }

  setBufferTarget(mid: string, targetMs: number): void {
    const receiver = this.#slot(mid)?.receiver;
    if (receiver !== undefined) receiver.jitterBufferTarget = targetMs > 0 ? targetMs : null;
  }

  /** Of a sealed connection: while it is held, nothing is sent on it. */
  hold(held: boolean): void {
    this.#gate?.hold(held);
  }

  get remoteSdp(): string {
    return this.#connection.remoteDescription?.sdp ?? "";
  }

  async stats(): Promise<StatsReport> {
    const report = (await this.#connection.getStats()) as unknown as StatsReport;
    const connectedForMs = performance.now() - (this.#connectedAtMs ?? Number.POSITIVE_INFINITY);
    this.#uplink.note(Date.now(), connectedForMs, availableOutgoingKbps(report));
    return report;
  }

  close(): void {
    this.#connection.onconnectionstatechange = null;
    this.#gate?.close();
    this.#leakWatch?.close();
    this.#connection.close();
    this.#worker?.close();
  }

  #noteState(state: RTCPeerConnectionState): void {
    if (state === "connected") this.#connectedAtMs ??= performance.now();
    if (state === "failed") this.#uplink.forget();
  }

  #slot(mid: string): RTCRtpTransceiver | undefined {
    return [...this.#audioSlots, ...this.#videoSlots].find((slot) => slot.mid === mid);
  }

  async #put(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    const sender = this.#senders.get(source)?.sender;
    if (sender === undefined) return;
    prepareTrack(source, track);
    await sender.replaceTrack(track ?? null);
    await this.#videoSenders.get(source)?.setTrack(track);
  }

  #growVideoSlots(count: number): void {
    while (this.#videoSlots.length < count) this.#videoSlots.push(this.#factory.makeSlot("video"));
  }

  #makeSender(
    source: SourceKind,
    track: MediaStreamTrack | undefined,
    codec: VideoCodecName,
  ): RTCRtpTransceiver {
    prepareTrack(source, track);
    const video = this.#videoSenders.get(source);
    const { encodings } = video ?? {};
    const transceiver = this.#factory.makeSender({
      source,
      track,
      ...(encodings === undefined ? {} : { encodings, codec }),
    });
    video?.attach(transceiver.sender);
    return transceiver;
  }
}

/** Screens are read: sharp is better than smooth, unless whoever captured says otherwise. */
function prepareTrack(source: SourceKind, track: MediaStreamTrack | undefined): void {
  if (source === "screen-video" && track?.contentHint === "") track.contentHint = "detail";
}
