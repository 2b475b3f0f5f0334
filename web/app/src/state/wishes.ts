import type { TrackId, TrackWish } from "@conclave/sdk";
import type { Clock } from "./clock.ts";

/** A hidden page keeps its pictures this long, so that a glance at another tab costs nothing. */
const HIDDEN_PAUSE_MS = 5000;

/** What can be looked at: the page's stage, and a small window that stays when the page is hidden. */
export type Place = "stage" | "window";

/**
 * Tells the room what is on screen, and nothing while nobody looks. The SDK makes few messages of
 * many layouts, so this need not.
 */
export class Wishes {
  readonly #shown: Record<Place, readonly TrackWish[]> = { stage: [], window: [] };
  #hidden = false;
  #audioOnly = false;
  #cancelPause: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly send: (wishes: readonly TrackWish[]) => void,
  ) {}

  /** What a place shows now, most wanted first. */
  show(place: Place, wishes: readonly TrackWish[]): void {
    this.#shown[place] = wishes;
    // Nobody sees what changed.
    if (!this.#audioOnly && !(this.#hidden && place === "stage")) this.#tell();
  }

  /** Whether the page is; a small window is seen in any case. */
  setVisible(visible: boolean): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    if (!visible) this.#cancelPause = this.clock.after(HIDDEN_PAUSE_MS, () => this.#hide(true));
    else if (this.#hidden) this.#hide(false);
  }

  /** No picture at all is wanted, whatever is shown. */
  setAudioOnly(on: boolean): void {
    if (on === this.#audioOnly) return;
    this.#audioOnly = on;
    this.#tell();
  }

  stop(): void {
    this.#cancelPause?.();
  }

  #hide(hidden: boolean): void {
    this.#hidden = hidden;
    this.#tell();
  }

  #tell(): void {
    const { stage, window } = this.#shown;
    if (this.#audioOnly) this.send([]);
    else this.send(merged(this.#hidden ? [] : stage, window));
  }
}

/** What is shown in both places is wanted as large as the larger. */
function merged(stage: readonly TrackWish[], window: readonly TrackWish[]): readonly TrackWish[] {
  if (window.length === 0) return stage;
  const wishes = new Map<TrackId, TrackWish>(stage.map((wish) => [wish.trackId, wish]));
  for (const wish of window) {
    const other = wishes.get(wish.trackId);
    const heightPx = Math.max(wish.heightPx, other?.heightPx ?? 0);
    wishes.set(wish.trackId, { ...wish, ...other, heightPx });
  }
  return [...wishes.values()];
}
