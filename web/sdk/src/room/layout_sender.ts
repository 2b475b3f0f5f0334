import type { ClientBody } from "../protocol/index.ts";
import { LayoutCoalescer } from "../session/layout_coalescer.ts";
import type { Platform, Timer } from "./platform.ts";
import type { TrackId, TrackWish } from "./types.ts";

/**
 * Longer than it takes to be let into a group and told who is there. Whoever is not let in must not have
 * the server send pictures for ever that nothing is made of.
 */
const GATHERING_MS_MAX = 5_000;

export interface LayoutSenderOptions {
  readonly canSend: () => boolean;
  readonly send: (body: ClientBody) => void;
  /** Whether the server knows this track: somebody may have left since the layout was made. */
  readonly isKnown: (trackId: TrackId) => boolean;
  /** Whether it is still to be told whose tracks there are. */
  readonly isGathering: () => boolean;
}

/** Sends the layout's wishes when the coalescer says so. */
export class LayoutSender {
  readonly #platform: Platform;
  readonly #options: LayoutSenderOptions;
  readonly #coalescer = new LayoutCoalescer();
  readonly #timer: Timer;
  #gathersUntilMs = Number.NEGATIVE_INFINITY;

  constructor(platform: Platform, options: LayoutSenderOptions) {
    this.#platform = platform;
    this.#options = options;
    this.#timer = platform.timer(() => this.#poll());
  }

  get visibleCount(): number {
    return this.#coalescer.visibleCount;
  }

  set(wishes: readonly TrackWish[]): void {
    this.#coalescer.set(this.#platform.nowMs(), wishes);
    this.#poll();
  }

  /**
   * A new session: the server sends what it thinks best until it is told. To see nobody because nobody is
   * known yet is no wish: it would take those pictures away, and have them begin again with key frames.
   */
  begin(): void {
    this.#gathersUntilMs = this.#platform.nowMs() + GATHERING_MS_MAX;
    this.resend();
  }

  /** The session stands again: the whole wish is told once more. */
  resend(): void {
    this.#coalescer.resend();
    this.#poll();
  }

  close(): void {
    this.#timer.schedule(Number.POSITIVE_INFINITY);
  }

  #poll(): void {
    // Nothing is lost while signaling is away: resend() comes with its return.
    if (!this.#options.canSend()) return;
    const nowMs = this.#platform.nowMs();
    if (nowMs < this.#gathersUntilMs && this.#options.isGathering()) {
      this.#timer.schedule(this.#gathersUntilMs);
      return;
    }
    const wishes = this.#coalescer.poll(nowMs);
    if (wishes !== undefined) this.#options.send(this.#body(wishes));
    this.#timer.schedule(this.#coalescer.nextDeadlineMs());
  }

  #body(wishes: readonly TrackWish[]): ClientBody {
    const tracks = wishes
      .filter(({ trackId }) => this.#options.isKnown(trackId))
      .map(({ trackId, heightPx, pinned, onStage }) => ({
        track: trackId,
        heightPx: Math.max(0, Math.round(heightPx)),
        pinned: pinned ?? false,
        onStage: onStage ?? false,
      }));
    return { $case: "layout", value: { tracks } };
  }
}
