/** Why an effect is more than the machine can do. */
export type TooMuch =
  /** A frame takes too long. */
  | "slow"
  /** The encoder beside it has too little of the processor left. */
  | "encoder";

/** A frame comes each 33 ms, and the call wants some of the time between two. */
export const FRAME_MS_MAX = 25;
/** Of frames, the share that may take longer. */
const LATE_SHARE_MAX = 0.05;
const WINDOW_MS = 3000;
/** Fewer say nothing of one in twenty. */
const FRAMES_MIN = 10;
/** Browsers compile while the first frames run, and a burst of other work is over by then. */
const PATIENCE_MS = 5000;
/** Before the SDK gives up the camera's top layer for the same reason (its CpuLadder: 10 s). */
const ENCODER_MS = 6000;

interface Frame {
  readonly atMs: number;
  readonly isLate: boolean;
}

/**
 * Says when an effect is to be switched off: when the 95th percentile of the time that a frame takes
 * stays above 25 ms, or the encoder says for some seconds that the processor limits it. Time is an argument.
 */
export class EffectWatch {
  #frames: Frame[] = [];
  #lateSinceMs: number | undefined;
  #limitedSinceMs: number | undefined;

  /** The last frames took so long. */
  onFrames(nowMs: number, tookMs: readonly number[]): TooMuch | undefined {
    for (const took of tookMs) this.#frames.push({ atMs: nowMs, isLate: took > FRAME_MS_MAX });
    this.#frames = this.#frames.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    this.#lateSinceMs = this.#isLate() ? (this.#lateSinceMs ?? nowMs) : undefined;
    return lasts(this.#lateSinceMs, nowMs, PATIENCE_MS) ? "slow" : undefined;
  }

  /** A look at the encoder of this camera. */
  onEncoder(nowMs: number, isLimited: boolean): TooMuch | undefined {
    this.#limitedSinceMs = isLimited ? (this.#limitedSinceMs ?? nowMs) : undefined;
    return lasts(this.#limitedSinceMs, nowMs, ENCODER_MS) ? "encoder" : undefined;
  }

  /** Another camera, or another effect. */
  reset(): void {
    this.#frames = [];
    this.#lateSinceMs = undefined;
    this.#limitedSinceMs = undefined;
  }

  #isLate(): boolean {
    if (this.#frames.length < FRAMES_MIN) return false;
    const late = this.#frames.filter(({ isLate }) => isLate).length;
    return late > this.#frames.length * LATE_SHARE_MAX;
  }
}

function lasts(sinceMs: number | undefined, nowMs: number, atLeastMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= atLeastMs;
}
