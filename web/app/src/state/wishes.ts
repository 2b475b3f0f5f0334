import type { TrackWish } from "@conclave/sdk";
import type { Clock } from "./clock.ts";

/** A hidden page keeps its pictures this long, so that a glance at another tab costs nothing. */
const HIDDEN_PAUSE_MS = 5000;

/**
 * Tells the room what is on screen, and nothing while nobody looks. The SDK makes few messages of
 * many layouts, so this need not.
 */
export class Wishes {
  #shown: readonly TrackWish[] = [];
  #paused = false;
  #cancelPause: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly send: (wishes: readonly TrackWish[]) => void,
  ) {}

  /** What the layout shows now, most wanted first. */
  show(wishes: readonly TrackWish[]): void {
    this.#shown = wishes;
    if (!this.#paused) this.send(wishes);
  }

  setVisible(visible: boolean): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    if (!visible) {
      this.#cancelPause = this.clock.after(HIDDEN_PAUSE_MS, () => {
        this.#paused = true;
        this.send([]);
      });
    } else if (this.#paused) {
      this.#paused = false;
      this.send(this.#shown);
    }
  }

  stop(): void {
    this.#cancelPause?.();
  }
}
