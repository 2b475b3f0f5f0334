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

/** The next dearer one; undefined: there is none. */
export function faster(pace: Pace): Pace | undefined {
  return PACES[PACES.findIndex((each) => each === pace) - 1];
}

/** Of frames, the share that may take longer. */
const LATE_SHARE_MAX = 0.05;
const WINDOW_MS = 3000;
/** Fewer say nothing of one in twenty. */
const FRAMES_MIN = 10;
/** Browsers compile while the first frames run, and a burst of other work is over by then. */
const PATIENCE_MS = 5000;
/**
 * A pace is raised where frames take no more than this part of what the dearer one allows: its pictures are
 * up to four times larger, of which finding people takes no more.
 */
const SPARE_SHARE = 0.5;
/** For so long. Each time that it was too soon, twice as long as the last. */
const SPARE_MS = 30_000;
const SPARE_MS_MAX = 960_000;
/** It was too soon where that is too much within this time. */
const PROBATION_MS = 60_000;
/** Before the SDK gives up the camera's top layer for the same reason (its CpuLadder: 10 s). */
const ENCODER_MS = 6000;

interface Frame {
  readonly atMs: number;
  readonly isLate: boolean;
  /** Not even the dearer pace would find it long. */
  readonly isShort: boolean;
}

/**
 * Says when an effect is too much: when the 95th percentile of the time that a frame takes stays above
 * what its pace allows, or the encoder says for some seconds that the processor limits it. And when there
 * has been time to spare for a while ("spare"): then more may be tried. Time is an argument.
 */
export class EffectWatch {
  #frames: Frame[] = [];
  #frameMsMax = FULL_PACE.frameMsMax;
  /** Undefined: it does all that it could. */
  #shortMsMax: number | undefined;
  #lateSinceMs: number | undefined;
  #spareSinceMs: number | undefined;
  #limitedSinceMs: number | undefined;
  #raisedAtMs: number | undefined;
  #spareMs = SPARE_MS;

  /** The last frames took so long. */
  onFrames(nowMs: number, tookMs: readonly number[]): TooMuch | "spare" | undefined {
    for (const took of tookMs) {
      const isShort = this.#shortMsMax !== undefined && took <= this.#shortMsMax;
      this.#frames.push({ atMs: nowMs, isLate: took > this.#frameMsMax, isShort });
    }
    this.#frames = this.#frames.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    const isEnough = this.#frames.length >= FRAMES_MIN;
    const share = (isOne: (frame: Frame) => boolean) =>
      this.#frames.filter(isOne).length / this.#frames.length;
    const isLate = isEnough && share((frame) => frame.isLate) > LATE_SHARE_MAX;
    this.#lateSinceMs = isLate ? (this.#lateSinceMs ?? nowMs) : undefined;
    const isSpare = isEnough && share((frame) => !frame.isShort) <= LATE_SHARE_MAX;
    const isFree = isSpare && this.#limitedSinceMs === undefined;
    this.#spareSinceMs = isFree ? (this.#spareSinceMs ?? nowMs) : undefined;
    if (lasts(this.#lateSinceMs, nowMs, PATIENCE_MS)) return this.#tooMuch(nowMs, "slow");
    if (!lasts(this.#spareSinceMs, nowMs, this.#spareMs)) return undefined;
    this.#raisedAtMs = nowMs;
    return "spare";
  }

  /** A look at the encoder of this camera. */
  onEncoder(nowMs: number, isLimited: boolean): TooMuch | undefined {
    this.#limitedSinceMs = isLimited ? (this.#limitedSinceMs ?? nowMs) : undefined;
    if (!lasts(this.#limitedSinceMs, nowMs, ENCODER_MS)) return undefined;
    return this.#tooMuch(nowMs, "encoder");
  }

  /** Another camera, another effect, or another pace. */
  reset(pace: Pace): void {
    this.#frames = [];
    this.#frameMsMax = pace.frameMsMax;
    const dearer = faster(pace);
    this.#shortMsMax = dearer && dearer.frameMsMax * SPARE_SHARE;
    this.#lateSinceMs = undefined;
    this.#spareSinceMs = undefined;
    this.#limitedSinceMs = undefined;
  }

  #tooMuch(nowMs: number, why: TooMuch): TooMuch {
    const wasTooSoon = this.#raisedAtMs !== undefined && nowMs - this.#raisedAtMs < PROBATION_MS;
    this.#spareMs = wasTooSoon ? Math.min(2 * this.#spareMs, SPARE_MS_MAX) : SPARE_MS;
    this.#raisedAtMs = undefined;
    return why;
  }
}

function lasts(sinceMs: number | undefined, nowMs: number, atLeastMs: number): boolean {
  return sinceMs !== undefined && nowMs - sinceMs >= atLeastMs;
}
