/** A group without MLS: everybody who knows the number knows the keys. */
import type { EpochKeys } from "../../keys.ts";

export async function baseKeyOf(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey", "deriveBits"]);
}

export interface TestEpoch {
  readonly epoch: number;
  readonly ownLeaf: number;
  readonly leaves?: readonly number[];
  /** Groups of another number have other keys. */
  readonly group?: number;
  readonly join?: number;
}

export async function epochKeys(test: TestEpoch): Promise<EpochKeys> {
  const { epoch, ownLeaf, leaves = [0, 1, 2, 3], group = 1, join = 1 } = test;
  const secret = new Uint8Array(16);
  new DataView(secret.buffer).setUint32(0, group);
  new DataView(secret.buffer).setUint32(4, epoch);
  return { join, epoch, baseKey: await baseKeyOf(secret), ownLeaf, leaves };
}
