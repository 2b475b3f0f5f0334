import type { TrackWish } from "@conclave/sdk";
import type { Clock } from "./clock.ts";

/** A smaller picture can wait: sizes often come back, as when a panel opens and closes. */
const DOWNGRADE_DELAY_MS = 500;
/** A hidden page keeps its pictures this long, so that a glance at another tab costs nothing. */
const HIDDEN_PAUSE_MS = 5000;

/**
 * Tells the room what is on screen: at once where more is wanted, later where less is, and nothing
 * while nobody looks.
 */
export class Wishes {
  #shown: readonly TrackWish[] = [];
  #sent: readonly TrackWish[] | undefined;
  #paused = false;
  #cancelSend: (() => void) | undefined;
  #cancelPause: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly send: (wishes: readonly TrackWish[]) => void,
  ) {}

  /** What the layout shows now, most wanted first. */
  show(wishes: readonly TrackWish[]): void {
    this.#shown = wishes;
    if (!this.#paused) this.#plan();
  }

  setVisible(visible: boolean): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    if (!visible) {
      this.#cancelPause = this.clock.after(HIDDEN_PAUSE_MS, () => {
        this.#paused = true;
        this.#emit([]);
      });
    } else if (this.#paused) {
      this.#paused = false;
      this.#emit(this.#shown);
    }
  }

  stop(): void {
    this.#cancelSend?.();
    this.#cancelPause?.();
  }

  #plan(): void {
    this.#cancelSend?.();
    this.#cancelSend = undefined;
    if (this.#sent === undefined || asksForMore(this.#shown, this.#sent)) {
      this.#emit(this.#shown);
    } else if (!same(this.#shown, this.#sent)) {
      this.#cancelSend = this.clock.after(DOWNGRADE_DELAY_MS, () => this.#emit(this.#shown));
    }
  }

  #emit(wishes: readonly TrackWish[]): void {
    this.#cancelSend?.();
    this.#cancelSend = undefined;
    this.#sent = wishes;
    this.send(wishes);
  }
}

function asksForMore(next: readonly TrackWish[], sent: readonly TrackWish[]): boolean {
  const before = new Map(sent.map((wish) => [wish.trackId, wish]));
  return next.some((wish) => {
    const old = before.get(wish.trackId);
    return old === undefined || wish.heightPx > old.heightPx || wish.onStage !== old.onStage;
  });
}

function same(a: readonly TrackWish[], b: readonly TrackWish[]): boolean {
  return (
    a.length === b.length &&
    a.every((wish, i) => wish.trackId === b[i]?.trackId && wish.heightPx === b[i]?.heightPx)
  );
}
