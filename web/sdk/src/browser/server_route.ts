import type { Media } from "../room/platform.ts";
import type { RemoteMedia, SourceKind } from "../room/types.ts";
import type { WantedEncodings } from "../session/encoding_plan.ts";
import { mergedStats } from "../session/path_stats.ts";
import { SOURCES } from "../session/sources.ts";
import { availableOutgoingKbps, roundTripMs, type StatsReport } from "../session/stats.ts";
import type { DirectConnection } from "./direct_connection.ts";
import type { MediaConnection } from "./media_connection.ts";

/** Of the machine's state, what the room's view of the connection depends on. */
export interface Routing {
  readonly direct: () => DirectConnection | undefined;
  readonly presents: (source: SourceKind) => boolean;
}

const NOTHING: WantedEncodings = { encodings: 0, heightPx: 0xffff };

/**
 * The server's connection while there is a direct one beside it: it stays connected, with nothing on
 * it, so that it can take over at once.
 */
export class ServerRoute {
  #connection: MediaConnection | undefined;
  #isHeld = false;
  /** Where the other person's tracks are. */
  readonly #mids = new Map<SourceKind, string>();
  readonly #heard = new Map<SourceKind, boolean>();
  readonly #newest = new Map<string, number>();
  readonly wanted = new Map<SourceKind, WantedEncodings | undefined>();
  tracks: ReadonlyMap<SourceKind, MediaStreamTrack> = new Map();
  roundTripMs: number | undefined;
  uplinkKbps: number | undefined;

  use(connection: MediaConnection, tracks: ReadonlyMap<SourceKind, MediaStreamTrack>): void {
    this.#connection = connection;
    this.tracks = new Map(tracks);
    this.#mids.clear();
    this.#newest.clear();
    this.wanted.clear();
    this.hold(this.#isHeld);
  }

  hold(held: boolean): void {
    if (held && !this.#isHeld) this.#emptyBuffers();
    this.#isHeld = held;
    this.#connection?.hold(held);
    for (const source of SOURCES) this.#applyWanted(source);
  }

  /** The server answers who asks for its own address at the port of its media. */
  get stunUrls(): readonly string[] {
    const lines = this.#connection?.remoteSdp.matchAll(
      /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/gim,
    );
    const urls = [...(lines ?? [])].map(([, host = "", port = ""]) =>
      host.includes(":") ? `stun:[${host}]:${port}` : `stun:${host}:${port}`,
    );
    // One of each family is enough; each costs a socket for every interface.
    return [...new Set(urls)].slice(0, 2);
  }

  /** What the slots carry of the other person. */
  note(media: readonly RemoteMedia[]): void {
    for (const { source, mediaTrack } of media) {
      const mid = this.#midOf(mediaTrack);
      if (mid === undefined) continue;
      if (this.#mids.get(source) !== mid) this.#setEnabled(source, true);
      this.#mids.set(source, mid);
    }
    for (const [source, isHeard] of this.#heard) this.#setEnabled(source, isHeard);
  }

  setHeard(source: SourceKind, isHeard: boolean): void {
    this.#heard.set(source, isHeard);
    this.#setEnabled(source, isHeard);
  }

  /** Of which of the other person's sources something new was presented since the last call. */
  flows(): ReadonlySet<SourceKind> {
    const flowing = new Set<SourceKind>();
    for (const [source, mid] of this.#mids) {
      const newest = this.#connection?.presented(mid)?.rtpTimestamp;
      const before = this.#newest.get(mid);
      if (newest !== undefined) this.#newest.set(mid, newest);
      if (before !== undefined && newest !== undefined && newest !== before) flowing.add(source);
    }
    return flowing;
  }

  /** What the room sees in place of `connection`: what is sent and counted goes by both. */
  routed(connection: MediaConnection, routing: Routing): Media {
    const isDirect = (mid: string) => {
      const source = this.#sourceOf(mid);
      return source !== undefined && routing.presents(source) ? source : undefined;
    };
    return {
      get videoSlots() {
        return connection.videoSlots;
      },
      offer: (options) => connection.offer(options),
      accept: (answer) => connection.accept(answer),
      rollback: () => connection.rollback(),
      replaceTrack: async (source, track) => {
        const tracks = new Map(this.tracks);
        if (track === undefined) tracks.delete(source);
        else tracks.set(source, track);
        this.tracks = tracks;
        await Promise.all([
          connection.replaceTrack(source, track),
          routing.direct()?.replaceTrack(source, track),
        ]);
      },
      setWanted: (source, wanted) => {
        this.wanted.set(source, wanted);
        this.#applyWanted(source);
        routing.direct()?.setWanted(source, wanted);
      },
      // The direct way has a codec of its own, which both ends decode.
      setPlan: (source, plan) => connection.setPlan(source, plan),
      slotTrack: (mid) => connection.slotTrack(mid),
      audioTracks: () => [
        ...connection.audioTracks(),
        ...SOURCES.flatMap((source) => routing.direct()?.audioTrack(source) ?? []),
      ],
      sourceOfMid: (mid) => connection.sourceOfMid(mid),
      // One sender's sound and picture are one stream on the direct way: the browser keeps them in step.
      presented: (mid) => (isDirect(mid) === undefined ? connection.presented(mid) : undefined),
      setBufferTarget: (mid, targetMs) => connection.setBufferTarget(mid, targetMs),
      stats: async () => this.#merge(connection, await connection.stats(), routing, isDirect),
      close: () => connection.close(),
    };
  }

  async #merge(
    connection: MediaConnection,
    report: StatsReport,
    { direct }: Routing,
    isDirect: (mid: string) => SourceKind | undefined,
  ): Promise<StatsReport> {
    this.roundTripMs = roundTripMs(report) ?? this.roundTripMs;
    if (!this.#isHeld) this.uplinkKbps = availableOutgoingKbps(report) ?? this.uplinkKbps;
    const other = direct();
    if (other === undefined || !this.#isHeld) return report;
    const midOf = (side: "inbound" | "outbound", mid: string) => {
      const source = other.sourceOfMid(side, mid);
      if (source === undefined) return undefined;
      return side === "inbound" ? this.#mids.get(source) : senderMid(connection, source);
    };
    const its = await other.stats().catch(() => undefined);
    return its === undefined ? report : mergedStats(report, its, midOf, isDirect);
  }

  /** Without a track Firefox would send a black picture every second. */
  #applyWanted(source: SourceKind): void {
    this.#connection?.setWanted(source, this.#isHeld ? NOTHING : this.wanted.get(source));
  }

  /** What comes when this way takes over again is not to wait for what was right before. */
  #emptyBuffers(): void {
    for (const mid of this.#mids.values()) this.#connection?.setBufferTarget(mid, 0);
  }

  /** Of a slot's track. */
  #midOf(track: MediaStreamTrack): string | undefined {
    const slots = this.#connection?.transceivers ?? [];
    return slots.find(({ receiver }) => receiver.track === track)?.mid ?? undefined;
  }

  #sourceOf(mid: string): SourceKind | undefined {
    return [...this.#mids].find(([, known]) => known === mid)?.[0];
  }

  #setEnabled(source: SourceKind, isHeard: boolean): void {
    const track = this.#connection?.slotTrack(this.#mids.get(source) ?? "");
    if (track?.kind === "audio" && track.enabled !== isHeard) track.enabled = isHeard;
  }
}

function senderMid(connection: MediaConnection, source: SourceKind): string | undefined {
  const mids = connection.transceivers.flatMap(({ mid }) => mid ?? []);
  return mids.find((mid) => connection.sourceOfMid(mid) === source);
}
