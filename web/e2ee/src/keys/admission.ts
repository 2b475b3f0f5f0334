import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Signature } from "ts-mls/crypto/signature.js";
import { concat, equalBytes, owned, utf8 } from "./bytes.ts";
import { admissionMessage, decodeIdentity, type Identity } from "./credential.ts";
import type { LinkSecrets } from "./link_secrets.ts";
import type { LeafKeys } from "./newcomer.ts";

/** A person's lasting key, if they have one: it signs what their leaf is admitted with. */
export interface LongTermKey {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Of an Ed25519 pair, whose private half need not be extractable. */
export async function longTermKeyOf(pair: CryptoKeyPair): Promise<LongTermKey> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const sign = async (message: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, owned(message)));
  return { publicKey, sign };
}

/** What may let somebody in. */
export type AdmissionRule =
  /** Who has the link's secret, the newest one where it was replaced. */
  | { readonly kind: "link"; readonly link: { readonly secrets: Pick<LinkSecrets, "admit"> } }
  /** Whom a moderator's commit adds (commit_rules.ts): the credential says only that it is its owner's. */
  | { readonly kind: "moderator" };

/** What else holds in a group, from its policy. */
export interface Admitting {
  /** Keys of links that were replaced: who came by one of them may stay. */
  readonly retired: readonly Uint8Array[];
}

/**
 * Makes and checks admission proofs of one room. The check runs inside the MLS library's
 * authentication hook, so that no commit, welcome or tree is accepted with a leaf that has none.
 */
export class Admission {
  readonly #roomId: string;
  readonly #rule: AdmissionRule;
  readonly #signature: Signature;

  constructor(roomId: string, rule: AdmissionRule, signature: Signature) {
    this.#roomId = roomId;
    this.#rule = rule;
    this.#signature = signature;
  }

  /** With the link's secret, for oneself. Throws where the room has none. */
  async proveByLink(
    pid: Uint8Array,
    signatureKey: Uint8Array,
    longTerm?: LongTermKey,
  ): Promise<Identity> {
    if (this.#rule.kind !== "link") throw new Error("this room has no link secret");
    const message = this.#message(pid, signatureKey, longTerm?.publicKey);
    const tag = hmac(sha256, this.#rule.link.secrets.admit, message);
    return { pid, proof: { kind: "link", tag }, ...(await signedBy(longTerm, message)) };
  }

  /** For rooms without a link secret: by the leaf's own key, that it is for this room and this name. */
  async proveByOwnKey(pid: Uint8Array, leaf: LeafKeys, longTerm?: LongTermKey): Promise<Identity> {
    const message = this.#message(pid, leaf.publicKey, longTerm?.publicKey);
    const signature = await this.#signature.sign(leaf.signKey, message);
    return { pid, proof: { kind: "own", signature }, ...(await signedBy(longTerm, message)) };
  }

  /**
   * The authentication hook: whether this identity may hold a leaf with this signature key.
   * Without retired keys: whether it may come now.
   */
  async verify(
    identityBytes: Uint8Array,
    signatureKey: Uint8Array,
    admitting: Admitting,
  ): Promise<boolean> {
    const identity = decodeIdentity(identityBytes);
    if (identity === undefined) return false;
    const { pid, proof, longTerm } = identity;
    const message = this.#message(pid, signatureKey, longTerm?.key);
    if (!(await this.#proofHolds(proof, message, signatureKey, admitting))) return false;
    return (
      longTerm === undefined ||
      this.#signature.verify(longTerm.key, longTermMessage(message), longTerm.signature)
    );
  }

  async #proofHolds(
    proof: Identity["proof"],
    message: Uint8Array,
    signatureKey: Uint8Array,
    { retired }: Admitting,
  ): Promise<boolean> {
    const rule = this.#rule;
    if (rule.kind === "link") {
      if (proof.kind !== "link") return false;
      const keys = [rule.link.secrets.admit, ...retired];
      return keys.some((key) => equalBytes(hmac(sha256, key, message), proof.tag));
    }
    return proof.kind === "own" && this.#signature.verify(signatureKey, message, proof.signature);
  }

  #message(
    pid: Uint8Array,
    signatureKey: Uint8Array,
    longTermKey: Uint8Array = new Uint8Array(),
  ): Uint8Array {
    return admissionMessage(this.#roomId, pid, signatureKey, longTermKey);
  }
}

async function signedBy(
  longTerm: LongTermKey | undefined,
  message: Uint8Array,
): Promise<Pick<Identity, "longTerm">> {
  if (longTerm === undefined) return {};
  const signature = await longTerm.sign(longTermMessage(message));
  return { longTerm: { key: longTerm.publicKey, signature } };
}

function longTermMessage(admission: Uint8Array): Uint8Array {
  return concat(utf8("e1-id"), admission);
}
