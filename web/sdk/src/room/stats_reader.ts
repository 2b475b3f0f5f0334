import type { StatsReport } from "../session/stats.ts";

/** A report costs milliseconds of the main thread: at most one a second, shared by all readers. */
const INTERVAL_MS = 1_000;

export interface StatsLook {
  readonly now: StatsReport;
  /** The look before, for rates. */
  readonly before: StatsReport | undefined;
  /** When it was asked for. */
  readonly atMs: number;
}

/** The statistics of one connection. */
export class StatsReader {
  readonly #read: () => Promise<StatsReport>;
  readonly #nowMs: () => number;
  #look: Promise<StatsLook> | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<StatsReport>, nowMs: () => number) {
    this.#read = read;
    this.#nowMs = nowMs;
  }

  /** The last look where it is younger than `ageMs`, else a new one. */
  look(ageMs = INTERVAL_MS): Promise<StatsLook> {
    const now = this.#nowMs();
    if (this.#look === undefined || now >= this.#lookedAtMs + ageMs) {
      this.#lookedAtMs = now;
      this.#look = this.#next(now, this.#look);
    }
    return this.#look;
  }

  async #next(atMs: number, last: Promise<StatsLook> | undefined): Promise<StatsLook> {
    // A failed look has no report to compare with.
    const [now, before] = await Promise.all([this.#read(), last?.catch(() => undefined)]);
    return { now, before: before?.now, atMs };
  }
}
