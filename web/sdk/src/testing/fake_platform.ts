import { ClientMessage, type DeepPartial, ServerMessage } from "../protocol/index.ts";
import type {
  AudioOutput,
  LocalOffer,
  Media,
  MediaOptions,
  Platform,
  Socket,
  SocketEvents,
  Timer,
  VideoPlan,
} from "../room/platform.ts";
import type { SourceKind } from "../room/types.ts";
import type { PublisherFacts } from "../session/codec_plan.ts";
import type { WantedEncodings } from "../session/encoding_plan.ts";
import { SOURCES } from "../session/sources.ts";
import type { StatsReport } from "../session/stats.ts";

/** A MediaStreamTrack as far as the rooms care. */
export class FakeTrack extends EventTarget {
  enabled = true;
  readonly kind: "audio" | "video";

  constructor(kind: "audio" | "video") {
    super();
    this.kind = kind;
  }

  end(): void {
    this.dispatchEvent(new Event("ended"));
  }
  /** As what a room takes. */
  get track(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }
}

type Body = ClientMessage["body"];
type BodyCase = NonNullable<Body>["$case"];
type BodyOf<C extends BodyCase> = Extract<Body, { $case: C }>["value"];

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  readonly received: ClientMessage[] = [];
  closedByClient = false;
  readonly #events: SocketEvents;

  constructor(events: SocketEvents) {
    this.#events = events;
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.received.push(ClientMessage.decode(bytes));
  }
  close(): void {
    this.closedByClient = true;
  }

  open(): void {
    this.#events.onOpen();
  }
  cut(): void {
    this.#events.onClosed();
  }
  say(init: DeepPartial<ServerMessage>): void {
    this.#events.onMessage(ServerMessage.encode(ServerMessage.fromPartial(init)).finish());
  }
  /** The bodies of one kind, oldest first. */
  all<C extends BodyCase>(kind: C): BodyOf<C>[] {
    return this.received.flatMap(({ body }) =>
      body?.$case === kind ? [body.value as BodyOf<C>] : [],
    );
  }
  lastRequest(): number {
    return this.received.at(-1)?.request ?? 0;
  }
}

/** A connection that negotiates at once, and whose state the test sets. */
export class FakeMedia implements Media {
  readonly offers: object[] = [];
  readonly accepted: Uint8Array[] = [];
  readonly tracks: Map<SourceKind, MediaStreamTrack>;
  readonly wanted = new Map<SourceKind, WantedEncodings | undefined>();
  readonly plans = new Map<SourceKind, VideoPlan>();
  readonly bufferTargets = new Map<string, number>();
  readonly onState: MediaOptions["onState"];
  readonly videoCodec: MediaOptions["videoCodec"];
  readonly #slots = new Map<string, MediaStreamTrack>();
  videoSlots: number;
  rolledBack = 0;
  closed = false;

  constructor({ tracks, videoSlots, videoCodec, onState }: MediaOptions) {
    this.tracks = new Map(tracks);
    this.videoSlots = videoSlots;
    this.onState = onState;
    this.videoCodec = videoCodec;
  }

  async offer(options: { iceRestart?: boolean; videoSlots?: number } = {}): Promise<LocalOffer> {
    this.offers.push(options);
    this.videoSlots = Math.max(this.videoSlots, options.videoSlots ?? 0);
    const sections = SOURCES.map((source, index) => ({ mid: String(index), source }));
    return { sdpDeflated: Uint8Array.of(this.offers.length), sections };
  }
  async accept(answerDeflated: Uint8Array): Promise<void> {
    this.accepted.push(answerDeflated);
  }
  async rollback(): Promise<void> {
    this.rolledBack += 1;
  }
  async replaceTrack(source: SourceKind, track: MediaStreamTrack | undefined): Promise<void> {
    if (track === undefined) this.tracks.delete(source);
    else this.tracks.set(source, track);
  }
  setWanted(source: SourceKind, wanted: WantedEncodings | undefined): void {
    this.wanted.set(source, wanted);
  }
  setPlan(source: SourceKind, plan: VideoPlan): void {
    this.plans.set(source, plan);
  }
  slotTrack(mid: string): MediaStreamTrack {
    const track = this.#slots.get(mid) ?? new FakeTrack("video").track;
    this.#slots.set(mid, track);
    return track;
  }
  audioTracks(): readonly MediaStreamTrack[] {
    return ["4", "5", "6", "7"].map((mid) => this.slotTrack(mid));
  }
  sourceOfMid(mid: string): SourceKind | undefined {
    return SOURCES[Number(mid)];
  }
  presented(): undefined {
    return undefined;
  }
  setBufferTarget(mid: string, targetMs: number): void {
    this.bufferTargets.set(mid, targetMs);
  }
  /** What the next looks at the statistics find. */
  report: StatsReport = new Map();
  async stats(): Promise<StatsReport> {
    return this.report;
  }
  close(): void {
    this.closed = true;
  }
}

class FakeAudioOutput implements AudioOutput {
  readonly #played: (readonly MediaStreamTrack[])[];
  constructor(played: (readonly MediaStreamTrack[])[]) {
    this.#played = played;
  }
  async play(tracks: readonly MediaStreamTrack[]): Promise<void> {
    this.#played.push(tracks);
  }
  async setDevice(): Promise<void> {}
  name(): void {}
  setVolume(): void {}
  close(): void {}
}

/** A world on virtual time: `advance` moves it, and everything else waits. */
export class FakePlatform implements Platform {
  readonly engine = "other";
  readonly decodes = ["vp8"];
  /** A large desktop computer with Chromium. */
  facts: PublisherFacts = {
    switchesCodec: true,
    mobile: false,
    cores: 8,
    onBattery: false,
    encodes: ["vp8", "vp9", "h264", "av1"],
  };
  readonly sockets: FakeSocket[] = [];
  readonly media: FakeMedia[] = [];
  readonly played: (readonly MediaStreamTrack[])[] = [];
  publisherFacts(): PublisherFacts {
    return this.facts;
  }
  closePage: () => void = () => undefined;
  readonly #timers = new Set<{ atMs: number; readonly onDeadline: () => void }>();
  #nowMs = 0;

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }
  get connection(): FakeMedia {
    const connection = this.media.at(-1);
    if (connection === undefined) throw new Error("no connection was made");
    return connection;
  }

  nowMs(): number {
    return this.#nowMs;
  }
  epochMs(): number {
    return 1_000_000 + this.#nowMs;
  }
  random(): number {
    return 0.5;
  }
  timer(onDeadline: () => void): Timer {
    const timer = { atMs: Number.POSITIVE_INFINITY, onDeadline };
    this.#timers.add(timer);
    return {
      schedule: (atMs) => {
        timer.atMs = atMs;
      },
    };
  }
  onOnline(): () => void {
    return () => undefined;
  }
  onPageGone(listener: () => void): () => void {
    this.closePage = listener;
    return () => undefined;
  }
  readonly passes = new Map<string, Uint8Array>();
  passOf(room: string): Uint8Array {
    return this.passes.get(room) ?? new Uint8Array();
  }
  keepPass(room: string, pass: Uint8Array): void {
    this.passes.set(room, pass);
  }
  openSocket(_url: string, events: SocketEvents): Socket {
    this.sockets.push(new FakeSocket(events));
    return this.socket;
  }
  createMedia(options: MediaOptions): Media {
    this.media.push(new FakeMedia(options));
    return this.connection;
  }
  createAudioOutput(): AudioOutput {
    return new FakeAudioOutput(this.played);
  }

  /** Lets promises settle, then runs every deadline of the next `ms` in order. */
  async advance(ms: number): Promise<void> {
    const until = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.atMs = Number.POSITIVE_INFINITY;
      next.onDeadline();
      await settle();
    }
    this.#nowMs = until;
  }

  #next(untilMs: number) {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }
}

/** More turns of the microtask queue than any chain of promises here is long. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}
