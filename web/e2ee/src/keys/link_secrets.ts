import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, fromBase64Url, toBase64Url, utf8 } from "./bytes.ts";
import type { RandomBytes } from "./suite.ts";

/** What a link's secret is for; each use has a key of its own. Never leaves the key worker. */
export interface LinkSecrets {
  /** HMAC key of admission proofs. */
  readonly admit: Uint8Array;
  /** Seals handshake messages from the server. */
  readonly wire: Uint8Array;
  /** Goes into the key schedule with every Add. */
  readonly psk: Uint8Array;
  /** Names the above to other members; says nothing about it. */
  readonly pskId: Uint8Array;
}

const SECRET_BYTES = 32;
const VERSION_PREFIX = "1.";

/**
 * The secret of a link's fragment (decisions 2: other settings may share it, split by `&`).
 * Undefined: there is none, or it is cut short; the link is incomplete.
 */
export function secretOfFragment(fragment: string): Uint8Array | undefined {
  const items = fragment.replace(/^#/, "").split("&");
  const item = items.find((text) => text.startsWith(VERSION_PREFIX));
  const secret = item === undefined ? undefined : fromBase64Url(item.slice(VERSION_PREFIX.length));
  return secret?.length === SECRET_BYTES ? secret : undefined;
}

/** A new link's fragment, without its `#`. */
export function newFragment(random: RandomBytes): string {
  return VERSION_PREFIX + toBase64Url(random(SECRET_BYTES));
}

/**
 * A room's link as one member knows it. Each time the group retires it (policy.ts), the next secret
 * comes of the old one and of what the new epoch alone knows: whoever is in the group has it without
 * a word, and whoever had the old link only, or was removed before, has not. Lives in the key worker.
 */
export class RoomLink {
  #secret: Uint8Array;
  #secrets: LinkSecrets;

  /** 32 bytes, of which a copy is kept. */
  constructor(secret: Uint8Array) {
    this.#secret = secret.slice();
    this.#secrets = deriveLinkSecrets(secret);
  }

  /** The newest. */
  get secrets(): LinkSecrets {
    return this.#secrets;
  }

  /** What invites now, without its `#`. */
  get fragment(): string {
    return VERSION_PREFIX + toBase64Url(this.#secret);
  }

  /** `exported`: 32 bytes from the exporter of the epoch that began when the link was retired. */
  advance(exported: Uint8Array): void {
    const prk = extract(sha256, this.#secret, exported);
    this.#secret = expand(sha256, prk, utf8("e1-next-link"), SECRET_BYTES);
    this.#secrets = deriveLinkSecrets(this.#secret);
  }
}

export function deriveLinkSecrets(secret: Uint8Array): LinkSecrets {
  const prk = extract(sha256, secret, utf8("e1"));
  const key = (label: string, bytes: number) => expand(sha256, prk, utf8(label), bytes);
  return {
    admit: key("admit", 32),
    wire: key("wire", 32),
    psk: key("psk", 32),
    pskId: concat(utf8("link/"), key("pskid", 8)),
  };
}
