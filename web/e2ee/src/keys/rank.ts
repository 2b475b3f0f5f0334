import { sha256 } from "@noble/hashes/sha2.js";
import { concat, u32, utf8 } from "./bytes.ts";

/**
 * Whose turn it is to commit in an epoch: 0 is first. The order is a hash over the epoch's secret, so it
 * rotates (each committer renews its leaf's keys, and the tree stays warm), all members agree on it
 * without a word, and the server cannot choose. `leaves` are those believed alive, `own` among them.
 */
export function rankOf(own: number, leaves: readonly number[], authenticator: Uint8Array): number {
  const mine = weight(own, authenticator);
  return leaves.filter((leaf) => leaf !== own && precedes(weight(leaf, authenticator), mine))
    .length;
}

function weight(leaf: number, authenticator: Uint8Array): Uint8Array {
  return sha256(concat(utf8("rank"), authenticator, u32(leaf)));
}

function precedes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; ++i) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
