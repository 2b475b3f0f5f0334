import type { LobbySeal } from "../room/lobby_seal.ts";
import { decodeText, encodeText } from "../session/text.ts";

const NONCE_BYTES = 12;
/** A name is no longer; what people write in the lobby shows its length in such steps only. */
const STEP_BYTES = 256;

/**
 * Seals with a key of the link's secret (HKDF-SHA-256, AES-256-GCM), so that who has the link can read it
 * and the server cannot. It proves no author: whoever has the link could have written it.
 */
export class LinkSeal implements LobbySeal {
  readonly #room: string;
  #key: Promise<CryptoKey>;

  /** `secret`: the link's 32 bytes. */
  constructor(room: string, secret: Uint8Array) {
    this.#room = room;
    this.#key = deriveKey(secret);
  }

  /** The link was replaced: whoever knocks with the old one is not understood any more. */
  setSecret(secret: Uint8Array): void {
    this.#key = deriveKey(secret);
  }

  async seal(label: string, text: string): Promise<Uint8Array> {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const sealed = await crypto.subtle.encrypt(
      this.#algorithm(label, iv),
      await this.#key,
      padded(encodeText(text)),
    );
    const out = new Uint8Array(NONCE_BYTES + sealed.byteLength);
    out.set(iv);
    out.set(new Uint8Array(sealed), NONCE_BYTES);
    return out;
  }

  async open(label: string, sealed: Uint8Array): Promise<string | undefined> {
    const bytes = new Uint8Array(sealed);
    const iv = bytes.slice(0, NONCE_BYTES);
    if (iv.length < NONCE_BYTES) return undefined;
    try {
      const plain = await crypto.subtle.decrypt(
        this.#algorithm(label, iv),
        await this.#key,
        bytes.slice(NONCE_BYTES),
      );
      return unpadded(new Uint8Array(plain));
    } catch {
      return undefined;
    }
  }

  #algorithm(label: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    return { name: "AES-GCM", iv, additionalData: encodeText(`${this.#room}\n${label}`) };
  }
}

async function deriveKey(secret: Uint8Array): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", new Uint8Array(secret), "HKDF", false, [
    "deriveKey",
  ]);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: encodeText("e1"), info: encodeText("lobby") },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** Text, a byte 0x80, and zeros. */
function padded(text: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array((Math.floor(text.length / STEP_BYTES) + 1) * STEP_BYTES);
  out.set(text);
  out[text.length] = 0x80;
  return out;
}

function unpadded(bytes: Uint8Array): string | undefined {
  const end = bytes.lastIndexOf(0x80);
  return end < 0 ? undefined : decodeText(bytes.subarray(0, end));
}
