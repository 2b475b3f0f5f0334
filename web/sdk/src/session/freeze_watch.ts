/** What a slot shows at one look. */
export interface ShownPicture {
  readonly mid: string;
  /** Whose it is: a slot that goes on to somebody else starts anew. */
  readonly trackId: number;
  /** Since the connection began. */
  readonly framesDecoded: number;
  /** Nothing is sent, or nothing has to change (a screen that is read). */
  readonly mayStandStill: boolean;
}

/**
 * A camera gives a frame at least every 200 ms; the looks are a second apart, so one of them may
 * fall short of a frame, two may not.
 */
const FROZEN_AFTER_MS = 1_900;

interface Held {
  readonly trackId: number;
  readonly framesDecoded: number;
  /** Of the first look with these frames. */
  readonly sinceMs: number;
  /** Before somebody's first frame there is nothing that could freeze. */
  readonly moved: boolean;
}

/**
 * Finds pictures that stand still though frames are due, while they do: the browser's own counter
 * (freezeCount) moves only when the next frame comes.
 */
export class FreezeWatch {
  #held = new Map<string, Held>();
  #frozen: ReadonlySet<string> = new Set();

  isFrozen(mid: string): boolean {
    return this.#frozen.has(mid);
  }

  look(nowMs: number, pictures: readonly ShownPicture[]): void {
    const held = new Map(
      pictures.map((one) => [one.mid, next(nowMs, one, this.#held.get(one.mid))]),
    );
    this.#held = held;
    this.#frozen = new Set([...held].filter(([, one]) => isStill(nowMs, one)).map(([mid]) => mid));
  }
}

function next(nowMs: number, picture: ShownPicture, before: Held | undefined): Held {
  const { trackId, framesDecoded, mayStandStill } = picture;
  const same = before?.trackId === trackId ? before : undefined;
  if (same?.framesDecoded === framesDecoded && !mayStandStill) return same;
  const moved = same !== undefined && framesDecoded > same.framesDecoded;
  // What was paused may take its time for the first frame again.
  return { trackId, framesDecoded, sinceMs: nowMs, moved: moved && !mayStandStill };
}

function isStill(nowMs: number, { moved, sinceMs }: Held): boolean {
  return moved && nowMs - sinceMs >= FROZEN_AFTER_MS;
}
