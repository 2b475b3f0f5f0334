import { concat, owned, u64, utf8 } from "./bytes.ts";
import type { RandomBytes } from "./suite.ts";

/** What a handshake message is; the server knows it too. */
export type WireKind = "key-package" | "commit" | "welcome";

/**
 * Keeps handshake messages from the server: it sees their kind, epoch and length, but neither
 * credentials nor who is added and removed. Without a link's secret they go bare.
 */
export class WireSeal {
  #key: CryptoKey | undefined;
  /** What was sealed before the key changed may still be on its way. */
  #former: CryptoKey | undefined;
  readonly #roomId: string;
  readonly #random: RandomBytes;

  private constructor(key: CryptoKey | undefined, roomId: string, random: RandomBytes) {
    this.#key = key;
    this.#roomId = roomId;
    this.#random = random;
  }

  static async create(
    wireKey: Uint8Array | undefined,
    roomId: string,
    random: RandomBytes,
  ): Promise<WireSeal> {
    return new WireSeal(wireKey && (await imported(wireKey)), roomId, random);
  }

  /** From now on; what the last key sealed can still be opened. */
  async changeKey(wireKey: Uint8Array): Promise<void> {
    const key = await imported(wireKey);
    this.#former = this.#key;
    this.#key = key;
  }

  async seal(kind: WireKind, epoch: number, message: Uint8Array): Promise<Uint8Array> {
    if (this.#key === undefined) return message;
    const nonce = this.#random(NONCE_BYTES);
    const params = this.#params(kind, epoch, nonce);
    const sealed = await crypto.subtle.encrypt(params, this.#key, owned(message));
    return concat(nonce, new Uint8Array(sealed));
  }

  /** Undefined for what was not sealed with this room's key, as this kind, for this epoch. */
  async open(kind: WireKind, epoch: number, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    if (this.#key === undefined) return sealed;
    const params = this.#params(kind, epoch, sealed.slice(0, NONCE_BYTES));
    const bytes = owned(sealed.subarray(NONCE_BYTES));
    for (const key of [this.#key, this.#former]) {
      if (key === undefined) continue;
      try {
        return new Uint8Array(await crypto.subtle.decrypt(params, key, bytes));
      } catch {
        // By another key, or by nobody's.
      }
    }
    return undefined;
  }

  #params(kind: WireKind, epoch: number, nonce: Uint8Array): AesGcmParams {
    const additionalData = concat(utf8(`${kind} ${this.#roomId} `), u64(epoch));
    return { name: "AES-GCM", iv: owned(nonce), additionalData };
  }
}

const NONCE_BYTES = 12;

function imported(wireKey: Uint8Array): Promise<CryptoKey> {
  const usages: KeyUsage[] = ["encrypt", "decrypt"];
  return crypto.subtle.importKey("raw", owned(wireKey), "AES-GCM", false, usages);
}
