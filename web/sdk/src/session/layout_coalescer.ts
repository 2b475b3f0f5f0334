import type { TrackId, TrackWish } from "../room/types.ts";

/** A layout that shrinks for a moment (an animation, a resize) must not cost a key frame. */
const DOWNGRADE_AFTER_MS = 500;
/** At most ten messages a second. */
const SEND_INTERVAL_MS = 100;
/** protocol/conclave.proto: more are refused. */
export const WISHES_MAX = 128;

interface Held {
  readonly wish: TrackWish;
  /** Since when the layout wants less than `wish`; undefined while it wants exactly that. */
  readonly lowerSince: number | undefined;
}

/**
 * Turns layout passes into few messages: what is wanted more is asked for at once, what is wanted
 * less after it has been so for 500 ms, and never more often than every 100 ms.
 */
export class LayoutCoalescer {
  #wanted: readonly TrackWish[] = [];
  #held = new Map<TrackId, Held>();
  /** Until the first layout the server chooses; after it, an empty wish is one too. */
  #asked = false;
  #sent: string | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;

  /** Tracks that the layout wants to see now. */
  get visibleCount(): number {
    return this.#wanted.filter((wish) => wish.heightPx > 0).length;
  }

  set(nowMs: number, wishes: readonly TrackWish[]): void {
    this.#asked = true;
    this.#wanted = wishes.slice(0, WISHES_MAX);
    const wanted = new Map(this.#wanted.map((wish) => [wish.trackId, wish]));
    const held = new Map<TrackId, Held>();
    for (const wish of this.#wanted)
      held.set(wish.trackId, hold(nowMs, wish, this.#held.get(wish.trackId)));
    for (const [trackId, old] of this.#held) {
      if (wanted.has(trackId)) continue;
      held.set(trackId, { wish: old.wish, lowerSince: old.lowerSince ?? nowMs });
    }
    this.#held = held;
  }

  /** The whole wish if one is to be sent now; else undefined. */
  poll(nowMs: number): readonly TrackWish[] | undefined {
    if (nowMs < this.#sentAt + SEND_INTERVAL_MS) return undefined;
    this.#settle(nowMs);
    const wishes = this.#effective();
    const text = JSON.stringify(wishes);
    if (text === this.#sent || !this.#asked) return undefined;
    this.#sent = text;
    this.#sentAt = nowMs;
    return wishes;
  }

  /** The server forgot, or may have missed, what was sent: the next poll gives the whole again. */
  resend(): void {
    this.#sent = undefined;
  }

  nextDeadlineMs(): number {
    const changes = [...this.#held.values()].map(({ lowerSince }) =>
      lowerSince === undefined ? Number.POSITIVE_INFINITY : lowerSince + DOWNGRADE_AFTER_MS,
    );
    const due = this.#isDue()
      ? Number.NEGATIVE_INFINITY
      : Math.min(Number.POSITIVE_INFINITY, ...changes);
    return due === Number.POSITIVE_INFINITY ? due : Math.max(due, this.#sentAt + SEND_INTERVAL_MS);
  }

  #isDue(): boolean {
    return this.#asked && JSON.stringify(this.#effective()) !== this.#sent;
  }

  /** Lets go of what has been wanted less for long enough. */
  #settle(nowMs: number): void {
    const wanted = new Map(this.#wanted.map((wish) => [wish.trackId, wish]));
    for (const [trackId, { lowerSince }] of this.#held) {
      if (lowerSince === undefined || nowMs < lowerSince + DOWNGRADE_AFTER_MS) continue;
      const wish = wanted.get(trackId);
      if (wish === undefined) this.#held.delete(trackId);
      else this.#held.set(trackId, { wish, lowerSince: undefined });
    }
  }

  /** In the layout's order; what only waits to be let go comes last. */
  #effective(): readonly TrackWish[] {
    return [...this.#held.values()].map(({ wish }) => wish).slice(0, WISHES_MAX);
  }
}

function hold(nowMs: number, wish: TrackWish, old: Held | undefined): Held {
  const height = old?.wish.heightPx ?? 0;
  if (wish.heightPx >= height) return { wish, lowerSince: undefined };
  return { wish: { ...wish, heightPx: height }, lowerSince: old?.lowerSince ?? nowMs };
}
