import { equalBytes, hex } from "./bytes.ts";
import type { GroupCrypto } from "./group_crypto.ts";
import type { RoomPolicy } from "./policy.ts";

/** What a commit is to change of a group's policy. */
export interface WishedPolicy {
  readonly policy: RoomPolicy;
  /** The link that lets people in is replaced by it. */
  readonly replacesLink: boolean;
}

/**
 * What one member wants changed in its group, kept until it has happened: others' commits may come
 * first. A removal by whoever may change the policy is three of them: the room is locked, the people
 * are removed, and the link that they know is replaced, which unlocks the room if it was not locked
 * before.
 */
export class Wishes {
  readonly #removes = new Map<string, Uint8Array>();
  #policy: RoomPolicy | undefined;
  /** Somebody was removed: the link that they know is to be replaced. */
  #newLink = false;
  /** The room is locked only until there is another link. */
  #unlock = false;

  get isEmpty(): boolean {
    return this.#removes.size === 0 && this.#policy === undefined && !this.#newLink;
  }

  /** Who is to be removed, by pid. */
  get removes(): readonly Uint8Array[] {
    return [...this.#removes.values()];
  }

  add(
    group: GroupCrypto,
    ownPid: Uint8Array,
    removes: readonly Uint8Array[],
    policy: RoomPolicy | undefined,
  ): void {
    for (const pid of removes) {
      // Nobody can remove themselves (RFC 9420 §12.2): they leave.
      if (!equalBytes(pid, ownPid)) this.#removes.set(hex(pid), pid);
    }
    this.#forgetRemoved(group);
    if (this.#removes.size > 0 && policy === undefined) this.#lockMeanwhile(group);
    if (policy === undefined) return;
    this.#policy = policy;
    this.#unlock = false;
  }

  /** What the next commit makes of the policy; undefined: nothing. */
  nextPolicy(group: GroupCrypto): WishedPolicy | undefined {
    const policy = this.#wishedPolicy(group);
    if (policy !== undefined) return { policy, replacesLink: false };
    // Until those who were to be removed are out, they would know the next link.
    if (!this.#newLink || this.#removes.size > 0) return undefined;
    const next = group.policyWithoutLink();
    this.#newLink = next !== undefined;
    if (next === undefined) return undefined;
    return { policy: { ...next, locked: next.locked && !this.#unlock }, replacesLink: true };
  }

  /** Each time the group has changed: what has happened is not wished for any more. */
  onEpoch(group: GroupCrypto): void {
    this.#forgetRemoved(group);
    const policy = this.#wishedPolicy(group);
    if (policy !== undefined && JSON.stringify(policy) === JSON.stringify(group.policy)) {
      this.#policy = undefined;
    }
  }

  onLinkReplaced(): void {
    this.#newLink = this.#unlock = false;
  }

  /** The change is not allowed: it is not tried for ever. */
  onRefused(): void {
    this.#policy = undefined;
    this.#newLink = false;
  }

  /** Until there is another link, whoever is removed could come back by the one that they know. */
  #lockMeanwhile(group: GroupCrypto): void {
    if (group.policy.locked || !group.mayChangePolicy) return;
    this.#policy = { ...group.policy, locked: true };
    this.#unlock = true;
  }

  /** Former links are no matter of wishes: what was wished may be older than the newest of them. */
  #wishedPolicy(group: GroupCrypto): RoomPolicy | undefined {
    return this.#policy && { ...this.#policy, retired: group.policy.retired };
  }

  /** Whoever is out knows the link, also where somebody else was first to remove them. */
  #forgetRemoved(group: GroupCrypto): void {
    const present = new Set(group.members().map(({ pid }) => hex(pid)));
    for (const key of [...this.#removes.keys()]) {
      if (!present.has(key)) this.#newLink = this.#removes.delete(key);
    }
  }
}
