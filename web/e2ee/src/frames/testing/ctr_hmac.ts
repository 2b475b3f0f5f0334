/**
 * The AES-CTR-HMAC suites (RFC 9605 §4.4.2 and §4.5.1), which meetings do not use: so that all of the
 * RFC's vectors run through our labels, nonces and headers.
 */
import { derivationLabel, NONCE_BYTES, nonceOf } from "../sframe_cipher.ts";
import { encodeHeader } from "../sframe_header.ts";

const KEY_BYTES = 16;
const HASH_BYTES = 32;
const TAG_BYTES: Readonly<Record<number, number>> = { 1: 10, 2: 8, 3: 4 };

async function derive(base: Uint8Array<ArrayBuffer>, info: Uint8Array<ArrayBuffer>, bytes: number) {
  const key = await crypto.subtle.importKey("raw", base, "HKDF", false, ["deriveBits"]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * bytes));
}

async function tagOf(key: Uint8Array<ArrayBuffer>, parts: readonly Uint8Array[]) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const hmac = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  return new Uint8Array(await crypto.subtle.sign("HMAC", hmac, bytes));
}

const uint64 = (value: number) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
};

export interface CtrHmacInput {
  readonly suite: number;
  readonly baseKey: Uint8Array<ArrayBuffer>;
  readonly keyId: bigint;
  readonly counter: bigint;
  readonly plaintext: Uint8Array<ArrayBuffer>;
  readonly metadata: Uint8Array;
}

export async function sealCtrHmac(input: CtrHmacInput): Promise<Uint8Array> {
  const { suite, baseKey, keyId, counter, plaintext, metadata } = input;
  const keys = await derive(baseKey, derivationLabel("key", keyId, suite), KEY_BYTES + HASH_BYTES);
  const salt = await derive(baseKey, derivationLabel("salt", keyId, suite), NONCE_BYTES);
  const nonce = nonceOf(salt, counter);
  const block = new Uint8Array(16);
  block.set(nonce);
  const key = await crypto.subtle.importKey("raw", keys.slice(0, KEY_BYTES), "AES-CTR", false, [
    "encrypt",
  ]);
  const algorithm = { name: "AES-CTR", counter: block, length: 32 };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plaintext));
  const head = encodeHeader({ keyId, counter });
  const tagBytes = TAG_BYTES[suite] ?? 0;
  const tag = await tagOf(keys.slice(KEY_BYTES), [
    ...[uint64(head.length + metadata.length), uint64(ciphertext.length), uint64(tagBytes)],
    ...[nonce, head, metadata, ciphertext],
  ]);
  return Uint8Array.from([...head, ...ciphertext, ...tag.subarray(0, tagBytes)]);
}
