/** One line of text that outlives the connection; see browser/tab_store.ts. */
export interface TextStore {
  /** Empty: nothing is held. */
  read(): string;
  write(text: string): void;
}

/** A browser's estimate starts low and jumps: before this it says little of the network. */
const WARM_UP_MS = 10_000;
/** Somebody who comes back later may be anywhere. */
const AGE_MS_MAX = 10 * 60_000;
/** The network may have got worse: half of what it carried is safe, and probes find the rest. */
const SAFE_SHARE = 0.5;
/** All layers of a camera; more helps nobody. */
const KBPS_MAX = 3_000;
/** Browsers begin with 300 and double that at once. */
const KBPS_MIN = 600;

/**
 * What the uplink carried at the end of the last connection, so that the next one begins with it.
 * Without this a camera's top layer takes longer to come (measured in Chromium, docs/loss-repair.md).
 */
export class UplinkMemory {
  readonly #store: TextStore;

  constructor(store: TextStore) {
    this.#store = store;
  }

  /** `nowMs` since the epoch: the page may be another one when it is read. */
  note(nowMs: number, connectedForMs: number, availableKbps: number | undefined): void {
    if (availableKbps === undefined || connectedForMs < WARM_UP_MS) return;
    this.#store.write(`${Math.round(availableKbps)} ${Math.round(nowMs)}`);
  }

  /** The connection failed: the next one has another network, perhaps. */
  forget(): void {
    this.#store.write("");
  }

  /** What to begin with; undefined: as the browser does by itself. */
  startKbps(nowMs: number): number | undefined {
    const [kbps = Number.NaN, atMs = Number.NaN] = this.#store.read().split(" ").map(Number);
    if (!(nowMs - atMs <= AGE_MS_MAX)) return undefined;
    const start = Math.min(Math.round(kbps * SAFE_SHARE), KBPS_MAX);
    return start >= KBPS_MIN ? start : undefined;
  }
}
