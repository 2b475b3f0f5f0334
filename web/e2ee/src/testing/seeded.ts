import { sha256 } from "@noble/hashes/sha2.js";
import { concat, u64, utf8 } from "../keys/bytes.ts";
import type { RandomBytes } from "../keys/suite.ts";

/** Random numbers and bytes that a seed decides: the same run again. For tests only. */
export class Seeded {
  readonly #key: Uint8Array;
  #count = 0;

  constructor(seed: string | number) {
    this.#key = sha256(utf8(`conclave ${seed}`));
  }

  /** A source of its own, so that one more draw here does not change those elsewhere. */
  fork(name: string): Seeded {
    return new Seeded(`${Array.from(this.#key).join(",")} ${name}`);
  }

  readonly bytes: RandomBytes = (count) => {
    const out = new Uint8Array(count);
    for (let at = 0; at < count; at += 32) {
      out.set(this.#block().subarray(0, Math.min(32, count - at)), at);
    }
    return out;
  };

  /** From 0 (included) to 1 (not). */
  unit(): number {
    return new DataView(this.#block().slice().buffer).getUint32(0) / 2 ** 32;
  }

  /** An integer below `end`. */
  below(end: number): number {
    return Math.floor(this.unit() * end);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  #block(): Uint8Array {
    return sha256(concat(this.#key, u64(this.#count++)));
  }
}
