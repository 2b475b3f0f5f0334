/** Why an effect is more than the machine can do. */
export type TooMuch =
  /** A frame takes too long. */
  | "slow"
  /** The encoder beside it has too little of the processor left. */
  | "encoder";

/** How much an effect does of what it could. */
export interface Pace {
  /** Frames that come sooner after the last one are left out; a little less than so many whole frames. */
  readonly everyMs: number;
  /** Larger pictures become this high. */
  readonly heightMax: number;
  /** What a frame may take: the call wants some of the time between two. */
  readonly frameMsMax: number;
}

/**
 * From all to the least. People are found in each frame that is drawn, at any pace: a mask that is older
 * than its frame would show the room at the edges of whoever moves.
 */
export const PACES = [
  // A frame comes each 33 ms.
  { everyMs: 0, heightMax: Number.POSITIVE_INFINITY, frameMsMax: 25 },
  { everyMs: 60, heightMax: 720, frameMsMax: 50 },
  { everyMs: 120, heightMax: 360, frameMsMax: 100 },
] as const satisfies readonly Pace[];
export const FULL_PACE: Pace = PACES[0];

/** The next cheaper one; undefined: there is none. */
export function slower(pace: Pace): Pace | undefined {
  return PACES[PACES.findIndex((each) => each === pace) + 1];
}

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
 * Says when an effect is too much: when the 95th percentile of the time that a frame takes stays above
 * what its pace allows, or the encoder says for some seconds that the processor limits it. Time is an
 * argument.
 */
export class EffectWatch {
  #frames: Frame[] = [];
  #frameMsMax = FULL_PACE.frameMsMax;
  #lateSinceMs: number | undefined;
  #limitedSinceMs: number | undefined;

  /** The last frames took so long. */
  onFrames(nowMs: number, tookMs: readonly number[]): TooMuch | undefined {
    for (const took of tookMs) this.#frames.push({ atMs: nowMs, isLate: took > this.#frameMsMax });
    this.#frames = this.#frames.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    this.#lateSinceMs = this.#isLate() ? (this.#lateSinceMs ?? nowMs) : undefined;
    return lasts(this.#lateSinceMs, nowMs, PATIENCE_MS) ? "slow" : undefined;
  }

  /** A look at the encoder of this camera. */
  onEncoder(nowMs: number, isLimited: boolean): TooMuch | undefined {
    this.#limitedSinceMs = isLimited ? (this.#limitedSinceMs ?? nowMs) : undefined;
    return lasts(this.#limitedSinceMs, nowMs, ENCODER_MS) ? "encoder" : undefined;
  }

  /** Another camera, another effect, or another pace. */
  reset(pace: Pace): void {
    this.#frames = [];
    this.#frameMsMax = pace.frameMsMax;
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
