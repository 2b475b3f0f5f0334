import { describe, expect, it } from "vitest";
import {
  AES_128_GCM_SHA256_128,
  derivationLabel,
  deriveSframeKey,
  nonceOf,
  openSframe,
  sealSframe,
} from "./sframe_cipher.ts";
import { hex, unhex } from "./testing/bytes.ts";
import { sealCtrHmac } from "./testing/ctr_hmac.ts";
import { baseKeyOf } from "./testing/group.ts";
import vectors from "./testing/rfc9605.json" with { type: "json" };

const AES_256_GCM = { id: 5, hash: "SHA-512", keyBits: 256 } as const;

describe("the ciphers of RFC 9605", () => {
  it.each(vectors.sframe)(
    "label and seal as in appendix C.3, suite $cipher_suite",
    async (vector) => {
      const header = { keyId: BigInt(vector.kid), counter: BigInt(vector.ctr) };
      const suiteId = vector.cipher_suite;
      expect(hex(derivationLabel("key", header.keyId, suiteId))).toBe(vector.sframe_key_label);
      expect(hex(derivationLabel("salt", header.keyId, suiteId))).toBe(vector.sframe_salt_label);
      expect(hex(nonceOf(unhex(vector.sframe_salt), header.counter))).toBe(vector.nonce);
      const plaintext = unhex(vector.pt);
      const metadata = unhex(vector.metadata);
      if (suiteId <= 3) {
        const input = { suite: suiteId, baseKey: unhex(vector.base_key), plaintext, metadata };
        expect(hex(await sealCtrHmac({ ...input, ...header }))).toBe(vector.ct);
        return;
      }
      const suite = suiteId === 4 ? AES_128_GCM_SHA256_128 : AES_256_GCM;
      const base = await baseKeyOf(unhex(vector.base_key));
      const sealing = await deriveSframeKey(base, header.keyId, "encrypt", suite);
      const opening = await deriveSframeKey(base, header.keyId, "decrypt", suite);
      expect(hex(sealing.salt)).toBe(vector.sframe_salt);
      expect(hex(await sealSframe(sealing, header, plaintext, metadata))).toBe(vector.ct);
      expect(await openSframe(opening, unhex(vector.ct), metadata)).toEqual(plaintext);
    },
  );

  it("open nothing that is cut, changed or of other metadata", async () => {
    const base = await baseKeyOf(new Uint8Array(16));
    const sealing = await deriveSframeKey(base, 300n, "encrypt");
    const opening = await deriveSframeKey(base, 300n, "decrypt");
    const metadata = Uint8Array.of(1, 2);
    const sealed = await sealSframe(
      sealing,
      { keyId: 300n, counter: 9n },
      Uint8Array.of(7, 7, 7),
      metadata,
    );
    expect(await openSframe(opening, sealed, Uint8Array.of(1, 3))).toBeUndefined();
    for (let at = 0; at < sealed.length; at++) {
      expect(await openSframe(opening, sealed.slice(0, at), metadata)).toBeUndefined();
      const flipped = sealed.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      expect(await openSframe(opening, flipped, metadata)).toBeUndefined();
    }
  });

  it("give keys that no script can take out", async () => {
    const { key } = await deriveSframeKey(await baseKeyOf(new Uint8Array(16)), 1n, "encrypt");
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", key)).rejects.toThrow();
  });
});
