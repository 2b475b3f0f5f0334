import type { Hpke } from "ts-mls/crypto/hpke.js";
import { fromPlaintext, toPlaintext } from "../frames/plaintext.ts";
import { concat, owned, utf8 } from "./bytes.ts";

/** Members' sizes are no business of each other: the group's keys open the layer around this one. */
const BUCKET_BYTES = 256;
/** RFC 9180 §7.1.1: a DHKEM(X25519) encapsulation. */
const ENCAPSULATION_BYTES = 32;
/** Beside the labels of MLS (RFC 9420 §5.1.3), whose leaf keys these are. */
const INFO = utf8("Conclave private message 1");

/** Opens what was sealed to a leaf in one epoch; undefined for what was not, or was for another place. */
export type LeafOpener = (
  place: Uint8Array,
  sealed: Uint8Array,
) => Promise<Uint8Array<ArrayBuffer> | undefined>;

/** HPKE in base mode (RFC 9180 §6.1): who sealed it has to be told by a signature around it. */
export async function sealToLeaf(
  hpke: Hpke,
  publicKey: Uint8Array,
  place: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const key = await hpke.importPublicKey(publicKey);
  const { enc, ct } = await hpke.seal(key, toPlaintext(plaintext, BUCKET_BYTES), INFO, place);
  return concat(enc, ct);
}

export function leafOpener(hpke: Hpke, privateKey: Uint8Array): LeafOpener {
  return async (place, sealed) => {
    const enc = sealed.subarray(0, ENCAPSULATION_BYTES);
    const ct = sealed.subarray(ENCAPSULATION_BYTES);
    try {
      const key = await hpke.importPrivateKey(privateKey);
      return fromPlaintext(owned(await hpke.open(key, enc, ct, INFO, place)));
    } catch {
      return undefined;
    }
  };
}
