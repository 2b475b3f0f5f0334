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
