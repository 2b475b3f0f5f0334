/** What a look at a direct path since the one before says. */
export interface PathLook {
  /** Of the other end's pings, 0 .. 1. */
  readonly lossRatio: number;
  /** The shortest; undefined: nothing came back. */
  readonly roundTripMs: number | undefined;
}

const BYTES = 20;

/**
 * Signs of life on a direct path, which may have no media for a while: each has its number, its time,
 * and the other end's newest time, moved on by how long it lay here. Times are each end's own.
 */
export class PathPings {
  #sent = 0;
  #received = 0;
  #highest = 0;
  #highestBefore = 0;
  #shortestMs: number | undefined;
  #theirs: { readonly sentMs: number; readonly atMs: number } | undefined;

  next(nowMs: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, ++this.#sent);
    view.setFloat64(4, nowMs);
    const theirs = this.#theirs;
    view.setFloat64(12, theirs === undefined ? Number.NaN : theirs.sentMs + nowMs - theirs.atMs);
    return bytes;
  }

  /** False for what is none. */
  take(nowMs: number, bytes: ArrayBuffer): boolean {
    if (bytes.byteLength !== BYTES) return false;
    const view = new DataView(bytes);
    this.#received++;
    this.#highest = Math.max(this.#highest, view.getUint32(0));
    this.#theirs = { sentMs: view.getFloat64(4), atMs: nowMs };
    const roundTripMs = nowMs - view.getFloat64(12);
    if (roundTripMs >= 0) this.#shortestMs = Math.min(this.#shortestMs ?? roundTripMs, roundTripMs);
    return true;
  }

  look(): PathLook {
    const sent = this.#highest - this.#highestBefore;
    const lossRatio = sent > 0 ? Math.max(0, 1 - this.#received / sent) : 0;
    const look = { lossRatio, roundTripMs: this.#shortestMs };
    this.#highestBefore = this.#highest;
    this.#received = 0;
    this.#shortestMs = undefined;
    return look;
  }
}
