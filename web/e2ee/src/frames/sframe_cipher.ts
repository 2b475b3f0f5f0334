/** The keys and the cipher of SFrame, RFC 9605 §4.4, for the AES-GCM suites. */
import { decodeHeader, encodeHeader, type SframeHeader } from "./sframe_header.ts";

export interface CipherSuite {
  /** RFC 9605 §8.1. */
  readonly id: number;
  readonly hash: "SHA-256" | "SHA-512";
  readonly keyBits: 128 | 256;
}

/** The only one that meetings use; there is nothing to negotiate, so nothing to downgrade. */
export const AES_128_GCM_SHA256_128: CipherSuite = { id: 4, hash: "SHA-256", keyBits: 128 };

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

export interface SframeKey {
  /** AES-GCM, for one direction. */
  readonly key: CryptoKey;
  readonly salt: Uint8Array<ArrayBuffer>;
}

/** The derivation's label, RFC 9605 §4.4.2. */
export function derivationLabel(
  what: "key" | "salt",
  keyId: bigint,
  suiteId: number,
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(`SFrame 1.0 Secret ${what} `);
  const label = new Uint8Array(text.length + 10);
  label.set(text);
  const view = new DataView(label.buffer);
  view.setBigUint64(text.length, keyId);
  view.setUint16(text.length + 8, suiteId);
  return label;
}

/** `baseKey` is an HKDF key with the usages deriveKey and deriveBits. */
export async function deriveSframeKey(
  baseKey: CryptoKey,
  keyId: bigint,
  usage: "encrypt" | "decrypt",
  suite: CipherSuite = AES_128_GCM_SHA256_128,
): Promise<SframeKey> {
  const from = (what: "key" | "salt") => ({
    name: "HKDF",
    hash: suite.hash,
    salt: new Uint8Array(0),
    info: derivationLabel(what, keyId, suite.id),
  });
  const algorithm = { name: "AES-GCM", length: suite.keyBits };
  const [key, salt] = await Promise.all([
    crypto.subtle.deriveKey(from("key"), baseKey, algorithm, false, [usage]),
    crypto.subtle.deriveBits(from("salt"), baseKey, NONCE_BYTES * 8),
  ]);
  return { key, salt: new Uint8Array(salt) };
}

/** The salt with the counter in its last bytes, RFC 9605 §4.4.3. */
export function nonceOf(salt: Uint8Array, counter: bigint): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(salt);
  const view = new DataView(nonce.buffer);
  const at = nonce.length - 8;
  view.setBigUint64(at, view.getBigUint64(at) ^ counter);
  return nonce;
}

/** Header and ciphertext. `metadata` is authenticated and not sent (RFC 9605 §4.4.3). */
export async function sealSframe(
  { key, salt }: SframeKey,
  header: SframeHeader,
  plaintext: Uint8Array<ArrayBuffer>,
  metadata: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const head = encodeHeader(header);
  const algorithm = {
    name: "AES-GCM",
    iv: nonceOf(salt, header.counter),
    additionalData: joined(head, metadata),
  };
  return joined(head, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plaintext)));
}

/** Undefined for what does not authenticate. */
export async function openSframe(
  { key, salt }: SframeKey,
  sealed: Uint8Array<ArrayBuffer>,
  metadata: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const header = decodeHeader(sealed);
  if (header === undefined || sealed.length < header.size + TAG_BYTES) return undefined;
  const algorithm = {
    name: "AES-GCM",
    iv: nonceOf(salt, header.counter),
    additionalData: joined(sealed.subarray(0, header.size), metadata),
  };
  try {
    const ciphertext = sealed.subarray(header.size);
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, ciphertext));
  } catch {
    return undefined;
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
