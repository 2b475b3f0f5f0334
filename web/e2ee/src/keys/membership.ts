import { sha256 } from "@noble/hashes/sha2.js";
import type { EpochKeys } from "../keys.ts";
import { equalBytes, hex } from "./bytes.ts";
import type { FromDelivery, ToDelivery, Work } from "./delivery_messages.ts";
import {
  type EpochChange,
  type GroupChange,
  type GroupCrypto,
  type GroupMember,
  type PendingCommit,
  Refused,
} from "./group_crypto.ts";
import type { RoomPolicy } from "./policy.ts";
import { rankOf } from "./rank.ts";
import type { WireSeal } from "./wire_seal.ts";
import { Wishes } from "./wishes.ts";

/** How a membership comes by its cryptography; one attempt to join is one newcomer. */
export interface GroupMaker {
  /** Makes a new leaf, under a new pid. */
  newcomer(): Promise<Newcomer>;
}

export interface Newcomer {
  readonly pid: Uint8Array;
  readonly keyPackage: Uint8Array;
  found(): Promise<GroupCrypto>;
  /** Throws Refused. */
  join(welcome: Uint8Array): Promise<GroupCrypto>;
}

/**
 * Why a member is out: "stuck" joins again by itself, the others wait for join(). "not-admitted": those
 * who are in do not accept this one's proof, so its link has another secret than theirs.
 */
export type OutReason = "removed" | "stuck" | "not-admitted";

/** Somebody whom this member has added, and the service's number of it, by the service's word. */
export interface Welcomed {
  readonly pid: Uint8Array;
  readonly participant: number;
}

/** What a membership wants done, or has to say. */
export type MembershipOutput =
  | { readonly type: "send"; readonly message: ToDelivery }
  /** A new epoch: keys for frames, and who is there now. `change` is undefined on arrival. */
  | {
      readonly type: "epoch";
      readonly keys: EpochKeys;
      readonly members: readonly GroupMember[];
      readonly policy: RoomPolicy;
      readonly change: EpochChange | undefined;
      /** Whom this member's own commit added. */
      readonly welcomed: readonly Welcomed[];
    }
  /** The room's link was replaced: what lets people in from now on, without its `#`. */
  | { readonly type: "link"; readonly fragment: string }
  /** Out of the group: no keys. */
  | { readonly type: "out"; readonly why: OutReason }
  /** Something was not accepted; for counters and logs, it has no secrets in it. */
  | { readonly type: "refused"; readonly why: string };

/** The first `rank`s get the work; each next one waits this long, the time that a commit takes. */
const RANK_STEP_MS = 700;
/** Whoever is later than this in the order waits no longer than it: the first are not there. */
const RANK_MAX = 20;
/** Enough that all of them crash once in many meetings; see also the service's fallback. */
const VOLUNTEERS = 3;
const REFRESH_MS = 10 * 60_000;
/** Longer than the slowest round trip with a batch window and pacing at the largest size. */
const ANSWER_MS = 20_000;
/** Rejecting takes everybody else a round trip. */
const DISPUTE_MS = 3_000;
/** Commits kept while an earlier one is missing: as many as the service keeps. */
const HELD_MAX = 64;

/**
 * One participant's membership in the room's group: joins it, follows its epochs, commits when it is its
 * turn, and joins anew when it cannot follow. No clock, no socket: times are arguments (ms), and what is
 * to be done is appended to `out`. Calls must not overlap.
 *
 * Nothing that the service says can add anybody: it can only stop or split the group, and then each
 * part knows whom it has.
 */
export class Membership {
  readonly #maker: GroupMaker;
  readonly #seal: WireSeal;
  #newcomer: Newcomer | undefined;
  #group: GroupCrypto | undefined;
  #ownPid: Uint8Array = new Uint8Array();
  #joins = 0;
  #work: Work | undefined;
  /** Own commits for this epoch, newest last: any of them may turn out to have been the first. */
  #posted: Posted[] = [];
  /** The newest of them has no answer yet. */
  #isWaiting = false;
  /** What this participant wants itself; kept until it has happened. */
  #wishes = new Wishes();
  readonly #held = new Map<number, Uint8Array>();
  /** Digests of the commits that ended the last epochs: another one for such an epoch is a fork. */
  readonly #taken = new Map<number, Uint8Array>();
  #commitAtMs: number | undefined;
  #refreshAtMs: number | undefined;
  #answerByMs: number | undefined;
  #disputeEndsMs: number | undefined;

  constructor(maker: GroupMaker, seal: WireSeal) {
    this.#maker = maker;
    this.#seal = seal;
  }

  /** Undefined while not in a group. */
  get group(): GroupCrypto | undefined {
    return this.#group;
  }

  get pid(): Uint8Array {
    return this.#ownPid;
  }

  /** Also: again, after having been removed. */
  async join(nowMs: number, out: MembershipOutput[]): Promise<void> {
    this.#forgetGroup();
    const newcomer = await this.#maker.newcomer();
    this.#newcomer = newcomer;
    this.#ownPid = newcomer.pid;
    this.#joins++;
    this.#answerByMs = nowMs + ANSWER_MS;
    const keyPackage = await this.#seal.seal("key-package", 0, newcomer.keyPackage);
    out.push({ type: "send", message: { type: "join", pid: newcomer.pid, keyPackage } });
  }

  /**
   * Removes people, after which a moderator replaces the link that they know, or changes the policy, as
   * soon as the order of commits lets it. Outside a group there is nothing to wish for.
   */
  wish(nowMs: number, { removes = [], policy }: { removes?: Uint8Array[]; policy?: RoomPolicy }) {
    if (this.#group === undefined) return;
    this.#wishes.add(this.#group, this.#ownPid, removes, policy);
    this.#commitAtMs = nowMs;
  }

  /** Asks for a new epoch: somebody's counters or keys are not to be used any more. */
  refresh(nowMs: number): void {
    if (this.#group !== undefined) this.#refreshAtMs = nowMs;
  }

  /** The connection was lost and is back, to the same service with the same session. */
  onReconnected(out: MembershipOutput[]): void {
    if (this.#group === undefined) return;
    out.push({ type: "send", message: { type: "fetch", epoch: this.#group.epoch } });
    this.#volunteer(out);
  }

  async onMessage(nowMs: number, message: FromDelivery, out: MembershipOutput[]): Promise<void> {
    switch (message.type) {
      case "invite":
        return this.#found(nowMs, out);
      case "welcome":
        return this.#welcome(nowMs, message.epoch, message.welcome, out);
      case "work":
        return this.#takeWork(nowMs, message);
      case "result":
        return this.#result(nowMs, message.epoch, message.accepted, out);
      case "epoch":
        return this.#epochEnded(nowMs, message.epoch, message.commit, out);
      case "reopened":
        return this.#reopened(nowMs, message.epoch, out);
      case "refused":
        if (this.#group === undefined && this.#newcomer !== undefined) {
          this.#forgetGroup();
          out.push({ type: "out", why: "not-admitted" });
        }
        return;
      case "lost":
        if (this.#newcomer !== undefined || this.#group !== undefined) {
          return this.#startAgain(nowMs, out);
        }
    }
  }

  nextDeadlineMs(): number | undefined {
    const mayCommit = this.#group !== undefined && !this.#isWaiting;
    const times = [
      ...(mayCommit ? [this.#commitAtMs, this.#refreshAtMs] : []),
      this.#answerByMs,
      this.#disputeEndsMs,
    ].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async onDeadline(nowMs: number, out: MembershipOutput[]): Promise<void> {
    if (isDue(this.#disputeEndsMs, nowMs)) return this.#startAgain(nowMs, out);
    if (isDue(this.#answerByMs, nowMs)) return this.#noAnswer(nowMs, out);
    if (this.#group === undefined || this.#isWaiting) return;
    if (isDue(this.#commitAtMs, nowMs)) {
      this.#commitAtMs = undefined;
      await this.#commit(nowMs, this.#group, out);
    } else if (isDue(this.#refreshAtMs, nowMs)) {
      this.#refreshAtMs = nowMs + REFRESH_MS;
      await this.#post(nowMs, this.#group, {}, NOBODY, out);
    }
  }

  async #found(nowMs: number, out: MembershipOutput[]): Promise<void> {
    if (this.#newcomer === undefined) return;
    const group = await this.#newcomer.found();
    out.push({ type: "send", message: { type: "found", groupId: group.groupId } });
    await this.#enter(nowMs, group, undefined, out);
  }

  async #welcome(
    nowMs: number,
    epoch: number,
    sealed: Uint8Array,
    out: MembershipOutput[],
  ): Promise<void> {
    if (this.#newcomer === undefined) return;
    try {
      const welcome = await this.#seal.open("welcome", epoch, sealed);
      if (welcome === undefined) throw new Refused("welcome: not sealed for this room");
      const group = await this.#newcomer.join(welcome);
      await this.#enter(nowMs, group, undefined, out);
    } catch (error) {
      // The true one may still come; without it, the deadline starts again.
      out.push(refused(error));
    }
  }

  #takeWork(nowMs: number, work: Work): void {
    const group = this.#group;
    if (group === undefined || work.epoch !== group.epoch) return;
    this.#work = work;
    const rank = this.#turn(group, work);
    if (rank === undefined) return;
    const atMs = nowMs + Math.min(rank, RANK_MAX) * RANK_STEP_MS;
    this.#commitAtMs = Math.min(this.#commitAtMs ?? atMs, atMs);
  }

  async #commit(nowMs: number, group: GroupCrypto, out: MembershipOutput[]): Promise<void> {
    const work = this.#work ?? { joins: [], gone: [] };
    const { policy, replacesLink = false } = this.#wishes.nextPolicy(group) ?? {};
    // Who comes by the link that goes is not let in by the commit that replaces it.
    const opened =
      group.policy.locked || replacesLink || !group.admitters.includes(group.ownLeaf)
        ? []
        : await Promise.all(
            work.joins.map(async ({ pid, keyPackage }) => ({
              pid,
              bytes: await this.#seal.open("key-package", 0, keyPackage),
            })),
          );
    // One after the other (see GroupChange), the policy first: who is removed may find it locked.
    const removes =
      policy === undefined ? this.#leavesOf(group, [...work.gone, ...this.#wishes.removes]) : [];
    const adds = opened.map(({ bytes }) => bytes ?? new Uint8Array());
    const asked = { joins: opened.length === 0 ? [] : work.joins, gone: work.gone };
    if (adds.length + removes.length === 0 && policy === undefined) {
      this.#refuse(group, asked.gone, out);
      return;
    }
    const change = { adds, removes, ...(policy === undefined ? {} : { policy }) };
    await this.#post(nowMs, group, change, asked, out);
  }

  /** Work for which there is nothing to commit: said, so that it is not asked for again. */
  #refuse(group: GroupCrypto, pids: readonly Uint8Array[], out: MembershipOutput[]): void {
    const present = new Set(group.members().map(({ pid }) => hex(pid)));
    const nothing = pids.filter((pid) => !present.has(hex(pid)));
    if (nothing.length > 0) out.push({ type: "send", message: { type: "refuse", pids: nothing } });
  }

  async #post(
    nowMs: number,
    group: GroupCrypto,
    change: GroupChange,
    asked: { readonly joins: readonly Welcomed[]; readonly gone: readonly Uint8Array[] },
    out: MembershipOutput[],
  ): Promise<void> {
    try {
      const commit = await group.prepare(change);
      const { epoch, message, welcome, refusedAdds } = commit;
      const isEmpty = refusedAdds.length === asked.joins.length && !change.removes?.length;
      if (asked.joins.length > 0 && isEmpty && change.policy === undefined) {
        this.#refuse(group, [...asked.joins.map(({ pid }) => pid), ...asked.gone], out);
        return;
      }
      const removes = new Set(change.removes);
      const present = new Set(group.members().map(({ pid }) => hex(pid)));
      const sealed = await this.#seal.seal("commit", epoch, message);
      const welcomed = asked.joins.filter((_, i) => !refusedAdds.includes(i));
      this.#posted.push({ commit, sealed, welcomed });
      this.#isWaiting = true;
      this.#answerByMs = nowMs + ANSWER_MS;
      out.push({
        type: "send",
        message: {
          type: "commit",
          epoch,
          commit: sealed,
          welcome: welcome && (await this.#seal.seal("welcome", epoch + 1, welcome)),
          joined: welcomed.map(({ pid }) => pid),
          removed: [
            ...group.members().flatMap(({ leaf, pid }) => (removes.has(leaf) ? [pid] : [])),
            ...asked.gone.filter((pid) => !present.has(hex(pid))),
          ],
          refused: asked.joins.flatMap(({ pid }, i) => (refusedAdds.includes(i) ? [pid] : [])),
        },
      });
    } catch (error) {
      this.#wishes.onRefused();
      out.push(refused(error));
    }
  }

  async #result(
    nowMs: number,
    epoch: number,
    accepted: boolean,
    out: MembershipOutput[],
  ): Promise<void> {
    const group = this.#group;
    const posted = this.#posted.at(-1);
    if (group === undefined || posted?.commit.epoch !== epoch || !this.#isWaiting) return;
    this.#isWaiting = false;
    // The commit that was first comes by itself; where it does not, it is asked for.
    this.#answerByMs = nowMs + ANSWER_MS;
    if (accepted) await this.#applyOwn(nowMs, group, posted, out);
  }

  async #applyOwn(
    nowMs: number,
    group: GroupCrypto,
    { commit, sealed, welcomed }: Posted,
    out: MembershipOutput[],
  ): Promise<void> {
    this.#take(commit.epoch, sealed);
    await this.#enter(nowMs, group, group.apply(commit), out, welcomed);
    await this.#takeHeld(nowMs, out);
  }

  async #epochEnded(
    nowMs: number,
    epoch: number,
    sealed: Uint8Array,
    out: MembershipOutput[],
  ): Promise<void> {
    const group = this.#group;
    if (group === undefined) return;
    if (epoch < group.epoch) return this.#oldEpoch(nowMs, epoch, sealed, out);
    if (epoch > group.epoch) {
      // Asked for once: the answer has all that is between.
      if (this.#held.size === 0) {
        out.push({ type: "send", message: { type: "fetch", epoch: group.epoch } });
        this.#answerByMs ??= nowMs + ANSWER_MS;
      }
      if (this.#held.size < HELD_MAX) this.#held.set(epoch, sealed);
      return;
    }
    const own = this.#posted.find((posted) => equalBytes(posted.sealed, sealed));
    if (own !== undefined) return this.#applyOwn(nowMs, group, own, out);
    try {
      const message = await this.#seal.open("commit", epoch, sealed);
      if (message === undefined) throw new Refused("commit: not sealed for this room");
      const change = await group.process(message);
      this.#take(epoch, sealed);
      await this.#enter(nowMs, group, change, out);
    } catch (error) {
      out.push(refused(error), { type: "send", message: { type: "reject", epoch } });
      this.#disputeEndsMs ??= nowMs + DISPUTE_MS;
      return;
    }
    await this.#takeHeld(nowMs, out);
  }

  /** A repetition, unless the service tells others something else: then this side is the odd one. */
  async #oldEpoch(
    nowMs: number,
    epoch: number,
    sealed: Uint8Array,
    out: MembershipOutput[],
  ): Promise<void> {
    const taken = this.#taken.get(epoch);
    if (taken === undefined || equalBytes(taken, sha256(sealed))) return;
    out.push({ type: "refused", why: "another commit for an epoch that has ended" });
    await this.#startAgain(nowMs, out);
  }

  #take(epoch: number, sealed: Uint8Array): void {
    this.#taken.set(epoch, sha256(sealed));
    const [oldest] = this.#taken.keys();
    if (this.#taken.size > HELD_MAX && oldest !== undefined) this.#taken.delete(oldest);
  }

  async #takeHeld(nowMs: number, out: MembershipOutput[]): Promise<void> {
    const epoch = this.#group?.epoch ?? 0;
    for (const old of [...this.#held.keys()]) if (old < epoch) this.#held.delete(old);
    const next = this.#held.get(epoch);
    this.#held.delete(epoch);
    if (next !== undefined) await this.#epochEnded(nowMs, epoch, next, out);
  }

  async #reopened(nowMs: number, epoch: number, out: MembershipOutput[]): Promise<void> {
    const group = this.#group;
    if (group === undefined) return;
    if (group.epoch === epoch) this.#disputeEndsMs = undefined;
    // This one took what most did not: it is no longer where the others are.
    else if (group.epoch > epoch) await this.#startAgain(nowMs, out);
  }

  /** A new epoch, or the first one. */
  async #enter(
    nowMs: number,
    group: GroupCrypto,
    change: EpochChange | undefined,
    out: MembershipOutput[],
    welcomed: readonly Welcomed[] = [],
  ): Promise<void> {
    if (change?.selfRemoved) {
      this.#forgetGroup();
      out.push({ type: "out", why: "removed" });
      return;
    }
    this.#group = group;
    if (change?.linkRetired) {
      const { fragment, wireKey } = await group.followLink();
      await this.#seal.changeKey(wireKey);
      this.#wishes.onLinkReplaced();
      out.push({ type: "link", fragment });
    }
    this.#newcomer = undefined;
    this.#work = undefined;
    this.#posted = [];
    this.#isWaiting = false;
    this.#answerByMs = undefined;
    this.#disputeEndsMs = undefined;
    this.#wishes.onEpoch(group);
    this.#commitAtMs = this.#wishes.isEmpty ? undefined : nowMs;
    this.#refreshAtMs = nowMs + REFRESH_MS + this.#rank(group, []) * RANK_STEP_MS;
    const members = group.members();
    const keys: EpochKeys = {
      join: this.#joins,
      epoch: group.epoch,
      baseKey: await group.exportBaseKey(),
      ownLeaf: group.ownLeaf,
      leaves: members.map(({ leaf }) => leaf),
    };
    out.push({ type: "epoch", keys, members, policy: group.policy, change, welcomed });
    this.#volunteer(out);
  }

  #volunteer(out: MembershipOutput[]): void {
    const group = this.#group;
    if (group === undefined) return;
    const ranks = [this.#rank(group, []), this.#rank(group, [], group.admitters)];
    if (!ranks.some((rank) => rank !== undefined && rank < VOLUNTEERS)) return;
    out.push({ type: "send", message: { type: "volunteer", epoch: group.epoch } });
  }

  /** When it is this member's turn at the work, counted in others before it; undefined: it is not. */
  #turn(group: GroupCrypto, { joins, gone }: Work): number | undefined {
    if (joins.length === 0) return this.#rank(group, gone);
    const rank = this.#rank(group, gone, group.admitters);
    if (rank !== undefined || gone.length === 0) return rank;
    // Somebody who may admit does both; where they are gone, others put them out first.
    return this.#rank(group, gone) + 1;
  }

  #rank(group: GroupCrypto, gone: readonly Uint8Array[]): number;
  /** Among these; undefined: it is none of them. */
  #rank(
    group: GroupCrypto,
    gone: readonly Uint8Array[],
    among: readonly number[],
  ): number | undefined;
  #rank(
    group: GroupCrypto,
    gone: readonly Uint8Array[],
    among?: readonly number[],
  ): number | undefined {
    if (among?.includes(group.ownLeaf) === false) return undefined;
    const dead = new Set(gone.map(hex));
    const alive = group.members().filter(({ pid }) => !dead.has(hex(pid)));
    const leaves = alive.map(({ leaf }) => leaf);
    const candidates = among === undefined ? leaves : leaves.filter((leaf) => among.includes(leaf));
    return rankOf(group.ownLeaf, candidates, group.epochAuthenticator);
  }

  #leavesOf(group: GroupCrypto, pids: readonly Uint8Array[]): number[] {
    const wanted = new Set(pids.map(hex));
    const others = group.members().filter(({ leaf }) => leaf !== group.ownLeaf);
    return others.flatMap(({ leaf, pid }) => (wanted.has(hex(pid)) ? [leaf] : []));
  }

  async #noAnswer(nowMs: number, out: MembershipOutput[]): Promise<void> {
    const group = this.#group;
    const epoch = group?.epoch;
    if (epoch === undefined || this.#held.size > 0) return this.#startAgain(nowMs, out);
    // Nothing came of a commit: the epoch may have ended without this member, so it looks.
    this.#isWaiting = false;
    this.#answerByMs = undefined;
    out.push({ type: "send", message: { type: "fetch", epoch } });
    this.#volunteer(out);
  }

  async #startAgain(nowMs: number, out: MembershipOutput[]): Promise<void> {
    if (this.#group !== undefined) out.push({ type: "out", why: "stuck" });
    await this.join(nowMs, out);
  }

  #forgetGroup(): void {
    this.#group = undefined;
    this.#newcomer = undefined;
    this.#work = undefined;
    this.#posted = [];
    this.#isWaiting = false;
    this.#held.clear();
    this.#taken.clear();
    this.#wishes = new Wishes();
    this.#commitAtMs = undefined;
    this.#refreshAtMs = undefined;
    this.#answerByMs = undefined;
    this.#disputeEndsMs = undefined;
  }
}

/** A commit of one's own, on its way to the service. */
interface Posted {
  readonly commit: PendingCommit;
  readonly sealed: Uint8Array;
  readonly welcomed: readonly Welcomed[];
}

const NOBODY = { joins: [], gone: [] };

function isDue(atMs: number | undefined, nowMs: number): boolean {
  return atMs !== undefined && atMs <= nowMs;
}

function refused(error: unknown): MembershipOutput {
  // Anything but a refusal is our own bug, and fails closed just the same.
  return { type: "refused", why: error instanceof Error ? error.message : String(error) };
}
