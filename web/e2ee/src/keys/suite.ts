import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Aead } from "ts-mls/crypto/aead.js";
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js";
import { makeGenericHpke } from "ts-mls/crypto/implementation/hpke.js";
import type { Signature } from "ts-mls/crypto/signature.js";
import { concat, equalBytes, owned, utf8 } from "./bytes.ts";

/** MLS cipher suite 0x0001, the only one: `#1.` in a link pins it. */
export const SUITE_NAME = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";

/** A source of random bytes: the browser's, or a seeded one in simulations. */
export type RandomBytes = (count: number) => Uint8Array;

/**
 * The suite's algorithms for ts-mls. Its own are right but slow for groups: hundreds of hashes of a
 * few hundred bytes per commit, each a trip through WebCrypto, and a secret tree for messages that we
 * never send. Here hashes are computed at once and the secret tree is not derived at all; HPKE and
 * signatures are WebCrypto's. `deterministic` is for simulations: every key comes from `random`.
 */
export async function makeSuite(
  random: RandomBytes = browserRandom,
  { deterministic = false }: { deterministic?: boolean } = {},
): Promise<CiphersuiteImpl> {
  return {
    name: SUITE_NAME,
    hash: {
      digest: async (data) => sha256(data),
      mac: async (key, data) => hmac(sha256, key, data),
      verifyMac: async (key, mac, data) => equalBytes(hmac(sha256, key, data), mac),
    },
    kdf: {
      extract: async (salt, ikm) => extract(sha256, ikm, salt),
      expand: async (prk, info, length) =>
        belongsToSecretTree(info) ? new Uint8Array(length) : expand(sha256, prk, info, length),
      size: 32,
    },
    hpke: await makeHpke(random, deterministic),
    signature: ed25519(random),
    rng: { randomBytes: (count) => random(count) },
  };
}

export function browserRandom(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

const HPKE_ALGORITHM = {
  kem: "DHKEM-X25519-HKDF-SHA256",
  kdf: "HKDF-SHA256",
  aead: "AES128GCM",
} as const;

/** ts-mls's own brings the algorithms of the other suites along. */
const AES_128_GCM: Aead = {
  async encrypt(key, nonce, aad, plaintext) {
    const params = { name: "AES-GCM", iv: owned(nonce), additionalData: owned(aad) };
    return new Uint8Array(
      await crypto.subtle.encrypt(params, await aesKey(key, "encrypt"), owned(plaintext)),
    );
  },
  async decrypt(key, nonce, aad, ciphertext) {
    const params = { name: "AES-GCM", iv: owned(nonce), additionalData: owned(aad) };
    return new Uint8Array(
      await crypto.subtle.decrypt(params, await aesKey(key, "decrypt"), owned(ciphertext)),
    );
  },
};

function aesKey(key: Uint8Array, usage: KeyUsage): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", owned(key), "AES-GCM", false, [usage]);
}

async function makeHpke(
  random: RandomBytes,
  deterministic: boolean,
): Promise<CiphersuiteImpl["hpke"]> {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  const hpke = await makeGenericHpke(HPKE_ALGORITHM, AES_128_GCM, suite);
  const generateKeyPair = () => hpke.deriveKeyPair(random(32));
  if (!deterministic) return { ...hpke, generateKeyPair };
  return {
    ...hpke,
    generateKeyPair,
    async seal(publicKey, plaintext, info, aad) {
      const { ct, enc } = await suite.seal(
        { recipientPublicKey: publicKey, info: owned(info), ekm: owned(random(32)) },
        owned(plaintext),
        owned(aad ?? new Uint8Array()),
      );
      return { ct: new Uint8Array(ct), enc: new Uint8Array(enc) };
    },
  };
}

/** RFC 8410 §7: an Ed25519 private key of 32 bytes follows this. */
const PKCS8_PREFIX = Uint8Array.of(
  ...[0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06],
  ...[0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20],
);

function ed25519(random: RandomBytes): Signature {
  const importPrivate = (seed: Uint8Array, extractable: boolean) =>
    crypto.subtle.importKey("pkcs8", concat(PKCS8_PREFIX, seed), "Ed25519", extractable, ["sign"]);
  return {
    async keygen() {
      const signKey = random(32);
      const { x } = await crypto.subtle.exportKey("jwk", await importPrivate(signKey, true));
      const binary = atob((x ?? "").replaceAll("-", "+").replaceAll("_", "/"));
      return { signKey, publicKey: Uint8Array.from(binary, (char) => char.charCodeAt(0)) };
    },
    async sign(signKey, message) {
      const key = await importPrivate(signKey, false);
      return new Uint8Array(await crypto.subtle.sign("Ed25519", key, owned(message)));
    },
    async verify(publicKey, message, signature) {
      try {
        const key = await crypto.subtle.importKey("raw", owned(publicKey), "Ed25519", false, [
          "verify",
        ]);
        return await crypto.subtle.verify("Ed25519", key, owned(signature), owned(message));
      } catch {
        // Not a point of the curve: nobody's key.
        return false;
      }
    },
  };
}

const SECRET_TREE_LABELS = ["tree", "application", "handshake"].map((label) =>
  utf8(`MLS 1.0 ${label}`),
);
const RATCHET_LABEL = utf8("MLS 1.0 secret");

/**
 * Keys of MLS PrivateMessages (RFC 9420 §9). All handshakes are PublicMessages here and media has
 * keys from the exporter, so nothing may ever be sealed with them: the first step of using one
 * throws.
 */
function belongsToSecretTree(info: Uint8Array): boolean {
  // KDFLabel: length (2 bytes), label with a length byte, context (RFC 9420 §8).
  const label = info.subarray(3, 3 + (info[2] ?? 0));
  if (equalBytes(label, RATCHET_LABEL)) throw new Error("the secret tree is not kept");
  return SECRET_TREE_LABELS.some((other) => equalBytes(label, other));
}
