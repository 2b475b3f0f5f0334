import type { QualityLevel } from "../room/types.ts";
import { worst } from "./quality.ts";

/** Trouble that is over before anybody has read about it is not told. */
const WORSE_AFTER_MS = 4_000;
/** What comes and goes is still there: good news takes longer. */
const BETTER_AFTER_MS = 10_000;

/** One level over time: it follows what lasts, and neither blinks nor alternates. */
export class QualityMeter {
  #level: QualityLevel = "good";
  /** The mildest level since it is worse than the present one, and the worst since it is better. */
  #worse: { readonly sinceMs: number; readonly level: QualityLevel } | undefined;
  #better: { readonly sinceMs: number; readonly level: QualityLevel } | undefined;

  get level(): QualityLevel {
    return this.#level;
  }

  update(nowMs: number, seen: QualityLevel): QualityLevel {
    const isWorse = seen !== this.#level && worst(seen, this.#level) === seen;
    const isBetter = seen !== this.#level && !isWorse;
    this.#worse = isWorse
      ? after(nowMs, this.#worse, (level) => mildest(level, seen), seen)
      : undefined;
    this.#better = isBetter
      ? after(nowMs, this.#better, (level) => worst(level, seen), seen)
      : undefined;
    if (this.#worse !== undefined && nowMs - this.#worse.sinceMs >= WORSE_AFTER_MS) {
      this.#settle(this.#worse.level);
    } else if (this.#better !== undefined && nowMs - this.#better.sinceMs >= BETTER_AFTER_MS) {
      this.#settle(this.#better.level);
    }
    return this.#level;
  }

  #settle(level: QualityLevel): void {
    this.#level = level;
    this.#worse = undefined;
    this.#better = undefined;
  }
}

function after(
  nowMs: number,
  before: { readonly sinceMs: number; readonly level: QualityLevel } | undefined,
  join: (level: QualityLevel) => QualityLevel,
  seen: QualityLevel,
): { readonly sinceMs: number; readonly level: QualityLevel } {
  return {
    sinceMs: before?.sinceMs ?? nowMs,
    level: before === undefined ? seen : join(before.level),
  };
}

function mildest(a: QualityLevel, b: QualityLevel): QualityLevel {
  return worst(a, b) === a ? b : a;
}
