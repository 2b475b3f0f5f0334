import type { PathEvents, PathPeer } from "../room/direct_side.ts";
import type { MediaOptions } from "../room/platform.ts";
import type { ParticipantId, RemoteMedia, SourceKind, TrackInfo } from "../room/types.ts";
import { type DirectAction, DirectMachine } from "../session/direct_machine.ts";
import { decodeDirect, encodeDirect } from "../session/direct_wire.ts";
import { toLoudness } from "../session/levels.ts";
import { mediaKindOf, SOURCES } from "../session/sources.ts";
import { DirectConnection } from "./direct_connection.ts";
import type { Sealed } from "./media_connection.ts";
import type { ServerRoute } from "./server_route.ts";
import { createTimer } from "./timer.ts";

/** Issue 5 asks for death after 400 ms; frames that begin to come are looked for at this pace too. */
const TICK_MS = 50;
/** One in so many ticks. */
const PING_TICKS = 2;
const LEVEL_TICKS = 4;
const LOOK_TICKS = 100;
/** This page stood still itself: what came meanwhile is still in the queue. */
const STALL_MS = 250;
/** A few candidates in one message. */
const CANDIDATES_MS = 50;

/** Runs the direct path of a meeting: the machine's word becomes connections and tracks. */
export class DirectPath {
  readonly #sealed: Sealed;
  readonly #machine = new DirectMachine();
  readonly #server: ServerRoute;
  readonly #options: Pick<MediaOptions, "engine" | "videoCodec">;
  readonly #events: PathEvents;
  readonly #timer = createTimer(now, () =>
    this.#do((at, out) => this.#machine.onDeadline(at, out)),
  );
  readonly #candidateTimer = createTimer(now, () => this.#sendCandidates());
  #peer: PathPeer | undefined;
  #direct: DirectConnection | undefined;
  #candidates: string[] = [];
  /** The other end has the description to which the candidates belong. */
  #isDescribed = false;
  #stopTicks: (() => void) | undefined;
  #ticks = 0;
  #tickedAtMs = 0;
  #isLooking = false;
  /** What is presented was looked at in the last tick too. */
  #isWatching = false;
  readonly #newest = new Map<SourceKind, number>();

  constructor(
    sealed: Sealed,
    server: ServerRoute,
    options: Pick<MediaOptions, "engine" | "videoCodec">,
    events: PathEvents,
  ) {
    this.#sealed = sealed;
    this.#server = server;
    this.#options = options;
    this.#events = events;
  }

  get isDirect(): boolean {
    return this.#machine.isDirect;
  }

  get connection(): DirectConnection | undefined {
    return this.#direct;
  }

  /** Whether what is presented of a source comes directly. */
  presents(source: SourceKind): boolean {
    return this.#machine.presented(source) === "direct";
  }

  setPeer(peer: PathPeer | undefined): void {
    this.#peer = peer ?? this.#peer;
    this.#do((at, out) => this.#machine.setPeer(at, peer, out));
  }

  setAllowed(allowed: boolean): void {
    this.#do((at, out) => this.#machine.setAllowed(at, allowed, out));
  }

  onMessage(body: Uint8Array): void {
    const message = decodeDirect(body);
    if (message !== undefined) this.#do((at, out) => this.#machine.onMessage(at, message, out));
  }

  route(
    media: readonly RemoteMedia[],
    peer: { readonly id: ParticipantId; readonly tracks: readonly TrackInfo[] } | undefined,
  ): readonly RemoteMedia[] {
    const theirs = media.filter(({ participantId }) => participantId === peer?.id);
    this.#server.note(theirs);
    this.#applySound();
    const direct = (peer?.tracks ?? []).flatMap((track) => this.#directMedia(peer?.id ?? 0, track));
    const replaced = new Set(direct.map(({ trackId }) => trackId));
    return [...media.filter(({ trackId }) => !replaced.has(trackId)), ...direct];
  }

  close(): void {
    this.#timer.schedule(Number.POSITIVE_INFINITY);
    this.#close();
  }

  #directMedia(participantId: ParticipantId, track: TrackInfo): RemoteMedia | [] {
    const { source } = track;
    const mediaTrack = this.#direct?.track(source);
    const isDirect = this.presents(source);
    if (mediaTrack === undefined || !isDirect || track.muted) return [];
    return {
      ...{ trackId: track.id, participantId, source, mediaTrack },
      ...{ firstRtpTimestamp: undefined, paused: false, pauseReason: undefined },
    };
  }

  #do(act: (nowMs: number, out: DirectAction[]) => void): void {
    const out: DirectAction[] = [];
    act(now(), out);
    for (const action of out) this.#perform(action);
    this.#timer.schedule(this.#machine.nextDeadlineMs());
  }

  #perform(action: DirectAction): void {
    switch (action.type) {
      case "say":
        this.#say(encodeDirect(action.message));
        break;
      case "open":
        this.#attempt(async (direct) => {
          const offer = await direct.offer();
          return (out) => this.#machine.sayOffer(offer, out);
        });
        break;
      case "accept":
        this.#attempt(async (direct) => {
          const answer = await direct.answer(action.offer);
          return (out) => this.#machine.sayAnswer(answer, out);
        });
        break;
      case "answered":
        this.#withDirect((direct) => direct.accept(action.answer));
        break;
      case "candidates":
        this.#withDirect((direct) => direct.addCandidates(action.lines));
        break;
      case "close":
        this.#close();
        break;
      case "changed":
        this.#apply();
    }
  }

  #attempt(make: (direct: DirectConnection) => Promise<(out: DirectAction[]) => void>): void {
    this.#close();
    const direct = this.#connect();
    this.#direct = direct;
    // Candidates come from here on; they are told after the description.
    make(direct).then(
      (tell) => {
        if (this.#direct !== direct) return;
        this.#do((_, out) => tell(out));
        this.#isDescribed = true;
        this.#events.onAudio();
        this.#sendCandidates();
      },
      () => this.#onFailed(direct),
    );
    this.#startTicks();
  }

  #connect(): DirectConnection {
    const direct: DirectConnection = new DirectConnection({
      sealed: this.#sealed,
      tracks: () => this.#server.tracks,
      stunUrls: this.#server.stunUrls,
      startKbps: this.#server.uplinkKbps,
      ...{ engine: this.#options.engine, videoCodec: this.#options.videoCodec },
      onConnected: () => this.#ifCurrent(direct, (at, out) => this.#machine.onConnected(at, out)),
      onFailed: () => this.#onFailed(direct),
      onCandidate: (line) => {
        this.#candidates.push(line);
        this.#candidateTimer.schedule(now() + CANDIDATES_MS);
      },
      onAlive: () => {
        if (this.#direct === direct) this.#machine.onAlive(now());
      },
    });
    direct.hold(true);
    for (const source of SOURCES) direct.setWanted(source, this.#server.wanted.get(source));
    return direct;
  }

  #withDirect(act: (direct: DirectConnection) => Promise<void>): void {
    const direct = this.#direct;
    if (direct !== undefined) act(direct).catch(() => this.#onFailed(direct));
  }

  #onFailed(direct: DirectConnection): void {
    this.#ifCurrent(direct, (at, out) => this.#machine.onFailed(at, out));
  }

  #ifCurrent(direct: DirectConnection, act: (nowMs: number, out: DirectAction[]) => void): void {
    if (this.#direct === direct) this.#do(act);
  }

  #sendCandidates(): void {
    // Before its description is told nobody could do anything with them.
    if (!this.#isDescribed || this.#candidates.length === 0) return;
    const { session } = this.#machine;
    const lines = this.#candidates.splice(0);
    this.#say(encodeDirect({ type: "candidates", session, lines }));
  }

  #say(body: Uint8Array): void {
    if (this.#peer !== undefined) this.#events.say(this.#peer.participant, body);
  }

  #close(): void {
    this.#stopTicks?.();
    this.#stopTicks = undefined;
    this.#candidates = [];
    this.#isDescribed = false;
    this.#isWatching = false;
    this.#newest.clear();
    const direct = this.#direct;
    this.#direct = undefined;
    if (direct === undefined) return;
    direct.close();
    this.#events.onAudio();
  }

  #apply(): void {
    const { sends } = this.#machine;
    this.#server.hold(!sends.server);
    this.#direct?.hold(!sends.direct);
    this.#applySound();
    this.#events.onChanged();
  }

  /** Both ways may have the same voice for a moment: one is heard. */
  #applySound(): void {
    for (const source of SOURCES) {
      if (mediaKindOf(source) === "video") continue;
      const isDirect = this.presents(source);
      this.#server.setHeard(source, !isDirect);
      const track = this.#direct?.track(source);
      if (track !== undefined) track.enabled = isDirect;
    }
  }

  #startTicks(): void {
    this.#tickedAtMs = now();
    this.#stopTicks ??= this.#sealed.frames.tick(TICK_MS, () => this.#tick());
  }

  #tick(): void {
    const direct = this.#direct;
    if (direct === undefined) return;
    const atMs = now();
    const stalled = atMs - this.#tickedAtMs > STALL_MS;
    this.#tickedAtMs = atMs;
    this.#ticks++;
    if (this.#ticks % PING_TICKS === 0) direct.ping();
    if (this.#ticks % LEVEL_TICKS === 0 && this.isDirect) void this.#tellLevels(direct);
    if (this.#ticks % LOOK_TICKS === 0) {
      const { lossRatio, roundTripMs: directMs } = direct.look();
      const look = { lossRatio, directMs, serverMs: this.#server.roundTripMs };
      this.#do((at, out) => this.#machine.onLook(at, look, out));
    }
    this.#lookForFlows(direct);
    if (!stalled && this.#machine.isDoubtful(atMs)) void this.#lookForLife(direct);
  }

  /** Each look waits for the browser's media threads: only while something changes. */
  #lookForFlows(direct: DirectConnection): void {
    const isFirst = !this.#isWatching;
    this.#isWatching = this.#machine.isSwitching;
    if (!this.#isWatching) return;
    const fromServer = this.#server.flows();
    const fromPeer = new Set<SourceKind>();
    for (const source of SOURCES) {
      const newest = direct.newest(source)?.rtpTimestamp;
      const before = this.#newest.get(source);
      if (newest !== undefined) this.#newest.set(source, newest);
      if (newest !== undefined && newest !== before) fromPeer.add(source);
    }
    // What came before that is not new.
    if (isFirst) return;
    const flows = { server: fromServer, direct: fromPeer };
    this.#do((at, out) => this.#machine.onFlows(at, flows, out));
  }

  /** No ping came for a while; media may have. */
  async #lookForLife(direct: DirectConnection): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const silentMs = await direct.silentForMs().catch(() => undefined);
    this.#isLooking = false;
    if (this.#direct !== direct) return;
    if (silentMs !== undefined) this.#machine.onAlive(now() - silentMs);
    this.#do((at, out) => this.#machine.onSilence(at, out));
  }

  async #tellLevels(direct: DirectConnection): Promise<void> {
    const own = await direct.ownLevel().catch(() => 0);
    const theirs = direct.newest("microphone")?.audioLevel ?? 0;
    this.#events.onLevels({ own: loudnessOf(own), theirs: loudnessOf(theirs) });
  }
}

function now(): number {
  return performance.now();
}

/** From linear 0 .. 1. */
function loudnessOf(level: number): number {
  return level > 0 ? toLoudness(-20 * Math.log10(level)) : 0;
}
