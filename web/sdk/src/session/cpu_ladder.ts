/**
 * What is given up, one after the other, while the processor cannot keep up with encoding:
 * 0 nothing, 1 the camera's top layer, 2 codecs that need more than VP8; at 3 the person is asked to
 * save.
 */
export type CpuRung = 0 | 1 | 2 | 3;

/** A browser adapts by itself within some seconds; what is still too much then stays so. */
const DOWN_AFTER_MS = 10_000;
/** A page that loads or a backup that runs is over by then. */
const UP_AFTER_MS = 60_000;

/**
 * Goes down after ten seconds at a time, and up after a minute of calm; each rung is tried again
 * only once, so that a machine that is too slow does not change its picture every minute.
 */
export class CpuLadder {
  #rung: CpuRung = 0;
  /** Where it has come back to. */
  readonly #triedAgain = new Set<CpuRung>();
  #limited = false;
  #sinceMs: number | undefined;

  get rung(): CpuRung {
    return this.#rung;
  }

  /** `limited`: an encoder says now that the processor limits it. Returns whether the rung changed. */
  update(nowMs: number, limited: boolean): boolean {
    if (this.#sinceMs === undefined || limited !== this.#limited) {
      this.#limited = limited;
      this.#sinceMs = nowMs;
    }
    if (nowMs - this.#sinceMs < (limited ? DOWN_AFTER_MS : UP_AFTER_MS)) return false;
    this.#sinceMs = nowMs;
    return limited ? this.#go(BELOW[this.#rung]) : this.#climb();
  }

  #climb(): boolean {
    const above = ABOVE[this.#rung];
    if (this.#triedAgain.has(above)) return false;
    this.#triedAgain.add(above);
    return this.#go(above);
  }

  #go(rung: CpuRung): boolean {
    const isChanged = rung !== this.#rung;
    this.#rung = rung;
    return isChanged;
  }
}

const BELOW = [1, 2, 3, 3] as const;
const ABOVE = [0, 0, 1, 2] as const;
