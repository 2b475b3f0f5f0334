import type { SourceKind } from "../room/types.ts";
import type { PathKind } from "./direct_wire.ts";
import { mediaKindOf, SOURCES } from "./sources.ts";

/** What has not come by the new way until then does not flow, or will not come that way. */
const PATIENCE_MS: Readonly<Record<PathKind, number>> = { direct: 10_000, server: 6000 };
/** Sound without speech has a packet every 400 ms. */
const FLOWING_MS = 1000;
/** What came by the new way so shortly before the change began comes by it now. */
const RECENT_MS = 400;
/** What is presented comes the new way, but a picture's new element has yet to start. */
const OVERLAP_MS = 400;

/**
 * By which way what is presented comes: each source goes over when its first frame has come by the new
 * one, so that nobody sees or hears the change.
 */
export class PathSwitch {
  readonly #presented = new Map<SourceKind, PathKind>();
  /** When each source last had frames, by way. */
  readonly #seen: Record<PathKind, Map<SourceKind, number>> = {
    server: new Map(),
    direct: new Map(),
  };
  #to: PathKind = "server";
  #isUnderWay = false;
  #endsAtMs = Number.POSITIVE_INFINITY;
  /** All has gone over; the old way goes on for a moment. */
  #isOverlapping = false;

  presented(source: SourceKind): PathKind {
    return this.#presented.get(source) ?? "server";
  }
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }
  /** Undefined while some come this way and some that. */
  get settled(): PathKind | undefined {
    return this.#isUnderWay ? undefined : this.#to;
  }

  begin(nowMs: number, to: PathKind): void {
    if (to === this.#to) return;
    this.#to = to;
    this.#isUnderWay = true;
    this.#isOverlapping = false;
    this.#endsAtMs = nowMs + PATIENCE_MS[to];
    for (const [source, atMs] of this.#seen[to])
      if (nowMs - atMs > RECENT_MS) this.#seen[to].delete(source);
  }

  /** True: something is presented that comes the other way now. */
  onFlows(nowMs: number, flows: Readonly<Record<PathKind, ReadonlySet<SourceKind>>>): boolean {
    for (const path of ["server", "direct"] as const) {
      for (const source of flows[path]) this.#seen[path].set(source, nowMs);
    }
    if (!this.#isUnderWay) return false;
    let isChanged = false;
    for (const source of this.#seen[this.#to].keys()) isChanged = this.#move(source) || isChanged;
    const isOver = this.#waitsFor(nowMs).length === 0 && this.#seen[this.#to].size > 0;
    if (isOver !== this.#isOverlapping) {
      this.#isOverlapping = isOver;
      this.#endsAtMs = nowMs + (isOver ? OVERLAP_MS : PATIENCE_MS[this.#to]);
    }
    return isChanged;
  }

  /** The time is over, and not all that flows comes by the new way. */
  isMissingSome(nowMs: number): boolean {
    return this.#isUnderWay && nowMs >= this.#endsAtMs && this.#waitsFor(nowMs).length > 0;
  }

  /** Goes over to the server with all sound at once. */
  abandonSound(): void {
    for (const source of SOURCES) if (mediaKindOf(source) === "audio") this.#move(source);
  }

  nextDeadlineMs(): number {
    return this.#isUnderWay ? this.#endsAtMs : Number.POSITIVE_INFINITY;
  }

  onDeadline(nowMs: number): boolean {
    return this.#isUnderWay && nowMs >= this.#endsAtMs && this.#finish();
  }

  reset(): void {
    this.#presented.clear();
    this.#to = "server";
    this.#isUnderWay = false;
    this.#seen.server.clear();
    this.#seen.direct.clear();
  }

  /** What flows by the old way only. */
  #waitsFor(nowMs: number): SourceKind[] {
    const from = this.#seen[this.#to === "direct" ? "server" : "direct"];
    return [...from].flatMap(([source, atMs]) =>
      this.presented(source) === this.#to || nowMs - atMs > FLOWING_MS ? [] : source,
    );
  }

  #finish(): boolean {
    this.#isUnderWay = false;
    // What begins later comes the new way from the start.
    for (const source of SOURCES) this.#move(source);
    return true;
  }

  #move(source: SourceKind): boolean {
    if (this.presented(source) === this.#to) return false;
    this.#presented.set(source, this.#to);
    return true;
  }
}
