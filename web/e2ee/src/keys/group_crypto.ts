import type { LeafOpener } from "./leaf_seal.ts";
import type { RoomPolicy } from "./policy.ts";

/** Somebody in the group, as the ratchet tree says; nobody else is. */
export interface GroupMember {
  readonly leaf: number;
  readonly pid: Uint8Array;
  readonly signatureKey: Uint8Array;
  /** The lasting key of a person who has one. */
  readonly longTermKey: Uint8Array | undefined;
  readonly isModerator: boolean;
}

/** What changes with the next epoch. Nothing in it: a refresh, which heals leaked leaf keys. */
export interface GroupChange {
  /** Encoded MLS KeyPackages of those to be added. */
  readonly adds?: readonly Uint8Array[];
  /** Leaves to be removed. */
  readonly removes?: readonly number[];
  /**
   * The new policy; by a moderator. Not together with removes: ts-mls 1.6.4 seals a commit's path under
   * the old context and opens it under the new one, so that nobody could follow.
   */
  readonly policy?: RoomPolicy;
}

/** The link that lets people in from now on. */
export interface NewLink {
  /** Without its `#`. */
  readonly fragment: string;
  /** Of WireSeal, 32 bytes. */
  readonly wireKey: Uint8Array;
}

/** A commit that was made but not applied: the delivery service may have taken another one. */
export interface PendingCommit {
  readonly epoch: number;
  /** An encoded MLS PublicMessage, for every member. */
  readonly message: Uint8Array;
  /** An encoded MLS Welcome with the tree, for those who are added. */
  readonly welcome: Uint8Array | undefined;
  /** Of GroupChange.adds, by index: not added, since their key package is not acceptable. */
  readonly refusedAdds: readonly number[];
}

/** What a commit did. */
export interface EpochChange {
  /** The epoch that begins. */
  readonly epoch: number;
  readonly committer: GroupMember;
  readonly added: readonly GroupMember[];
  readonly removed: readonly GroupMember[];
  /** This member is out; there are no keys any more. */
  readonly selfRemoved: boolean;
  /** The room's link is replaced: followLink() is to be called before anything else. */
  readonly linkRetired: boolean;
}

/** Why a commit or welcome is not accepted. The state is as it was before. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/**
 * One member's side of the group's key agreement. Calls must not overlap: each is awaited before the
 * next. A call that throws leaves the state unchanged.
 */
export interface GroupCrypto {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  readonly ownLeaf: number;
  readonly policy: RoomPolicy;
  /** In the order of their leaves. */
  members(): readonly GroupMember[];
  /** Equal for two members exactly if they are in the same epoch of the same group. */
  readonly epochAuthenticator: Uint8Array;
  /** The base key of this epoch's frames; see keys.ts. */
  exportBaseKey(): Promise<CryptoKey>;
  /** With this member's leaf key (Ed25519). The message must begin with a label of its own. */
  sign(message: Uint8Array): Promise<Uint8Array>;
  /** Whether the owner of a leaf's signature key signed it. */
  verify(signatureKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /**
   * For the owner of a leaf of this epoch and nobody else, other members included. `place` has to say
   * from whom to whom: only with the same one it opens. Throws Refused without such a leaf.
   */
  sealTo(leaf: number, place: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>;
  /** For what is sealed to this member in this epoch; of use beyond it. */
  leafOpener(): LeafOpener;
  /** Does not advance: apply() does, once the delivery service has taken the commit. */
  prepare(change: GroupChange): Promise<PendingCommit>;
  apply(commit: PendingCommit): EpochChange;
  /** Whether this member's commits may do that. */
  readonly mayChangePolicy: boolean;
  /** Whose commits may add somebody, by leaf, ascending. */
  readonly admitters: readonly number[];
  /**
   * The policy with which the room's link is replaced by another one. Undefined where there is none, it
   * was replaced too often, or this member may not.
   */
  policyWithoutLink(): RoomPolicy | undefined;
  /** After a change that retired the link, once: the new one's fragment and wire key. */
  followLink(): Promise<NewLink>;
  /** Somebody's commit for the present epoch. Throws Refused. */
  process(message: Uint8Array): Promise<EpochChange>;
}
