import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equalBytes, hex, u64, utf8 } from "./bytes.ts";
import type { GroupMember } from "./group_crypto.ts";
import type { RandomBytes } from "./suite.ts";

/** protocol/conclave.proto: MessageClass. */
export const COMPARISON_CLASS = 8;

/** How a comparison with one other member stands. */
export type ComparisonStep =
  /** They want to compare; nothing happens until accept(). */
  | { readonly type: "asked" }
  /** They have not answered yet. */
  | { readonly type: "waiting" }
  /** Both see the same, unless somebody is between the two. */
  | {
      readonly type: "shown";
      /** Seven numbers below EMOJI_KINDS. */
      readonly emoji: readonly number[];
      /** The same for those who would rather read digits: three groups of four. */
      readonly digits: string;
    }
  /**
   * "stopped": by them. "gone": they are no member any more. "broken": what they revealed is not what
   * they had committed to, which no honest client does.
   */
  | { readonly type: "over"; readonly why: "stopped" | "gone" | "broken" };

export type ComparisonOutput =
  /** For this member alone. */
  | { readonly type: "tell"; readonly pid: Uint8Array; readonly body: Uint8Array }
  | { readonly type: "comparison"; readonly pid: Uint8Array; readonly step: ComparisonStep };

export const EMOJI_KINDS = 64;
const EMOJI_SHOWN = 7;
const DIGIT_GROUPS = 3;
const NONCE_BYTES = 32;
const HASH_BYTES = 32;
/** As many as messages are kept readable for, see RoomMessages. */
const EPOCHS_MAX = 24;

const BEGIN = 1;
const ANSWER = 2;
const REVEAL = 3;
const STOP = 4;

interface Running {
  readonly pid: Uint8Array;
  readonly epoch: number;
  /** Of the one who began: it reveals first. */
  readonly isOurs: boolean;
  readonly nonce: Uint8Array;
  /** The other's; undefined while it has not answered. */
  commitment: Uint8Array | undefined;
  /** Begun by the other, and not accepted here yet. */
  isAsked: boolean;
  isShown: boolean;
}

interface Epoch {
  readonly authenticator: Uint8Array;
  readonly ownPid: Uint8Array;
  readonly members: ReadonlyMap<string, GroupMember>;
}

/**
 * Two people compare seven emoji, so that each knows the other's keys for theirs (reference E §2.9).
 * Both commit to a random value before either reveals its own: whoever stands between them has one
 * guess in 2^42, where a short code of the epoch alone could be searched for. The messages are sealed
 * to the other's leaf and signed by their authors' already; this adds that the leaf is that person's.
 */
export class Comparisons {
  readonly #random: RandomBytes;
  readonly #epochs = new Map<number, Epoch>();
  readonly #running = new Map<string, Running>();
  #epoch = 0;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  onEpoch(
    epoch: number,
    authenticator: Uint8Array,
    members: readonly GroupMember[],
    ownPid: Uint8Array,
    out: ComparisonOutput[],
  ): void {
    this.#epoch = epoch;
    const byPid = new Map(members.map((member) => [hex(member.pid), member]));
    this.#epochs.set(epoch, { authenticator: authenticator.slice(), ownPid, members: byPid });
    const [oldest] = this.#epochs.keys();
    if (this.#epochs.size > EPOCHS_MAX && oldest !== undefined) this.#epochs.delete(oldest);
    for (const [key, { pid }] of this.#running) {
      if (!byPid.has(key)) this.#end(pid, "gone", out);
    }
  }

  /** Out of the group. */
  end(out: ComparisonOutput[]): void {
    for (const { pid } of [...this.#running.values()]) this.#end(pid, "gone", out);
    this.#epochs.clear();
  }

  /** Asks them; again: from the beginning. Nothing happens without such a member. */
  begin(pid: Uint8Array, out: ComparisonOutput[]): void {
    const now = this.#epochs.get(this.#epoch);
    if (now === undefined || !now.members.has(hex(pid)) || equalBytes(pid, now.ownPid)) return;
    const nonce = this.#random(NONCE_BYTES);
    const epoch = this.#epoch;
    this.#running.set(hex(pid), {
      ...{ pid, epoch, nonce, isOurs: true },
      ...{ commitment: undefined, isAsked: false, isShown: false },
    });
    const commitment = commitmentOf(nonce, now.ownPid, epoch);
    out.push({ type: "tell", pid, body: concat(Uint8Array.of(BEGIN), u64(epoch), commitment) });
    out.push({ type: "comparison", pid, step: { type: "waiting" } });
  }

  /** What they asked for. */
  accept(pid: Uint8Array, out: ComparisonOutput[]): void {
    const running = this.#running.get(hex(pid));
    if (running?.isAsked !== true) return;
    running.isAsked = false;
    this.#answer(running, out);
    out.push({ type: "comparison", pid, step: { type: "waiting" } });
  }

  /** Whether it was compared, or is not wanted (any more). */
  stop(pid: Uint8Array, out: ComparisonOutput[]): void {
    const running = this.#running.get(hex(pid));
    if (!this.#running.delete(hex(pid)) || running?.isShown === true) return;
    out.push({ type: "tell", pid, body: Uint8Array.of(STOP) });
  }

  /** What a member said to this one alone. */
  onMessage(pid: Uint8Array, body: Uint8Array, out: ComparisonOutput[]): void {
    const [kind] = body;
    if (kind === BEGIN && body.length === 1 + 8 + HASH_BYTES) {
      const epoch = Number(new DataView(body.buffer, body.byteOffset + 1).getBigUint64(0));
      this.#onBegin(pid, epoch, body.slice(1 + 8), out);
    } else if (kind === ANSWER && body.length === 1 + 2 * HASH_BYTES) {
      this.#onAnswer(pid, body.slice(1, 1 + HASH_BYTES), body.slice(1 + HASH_BYTES), out);
    } else if (kind === REVEAL && body.length === 1 + NONCE_BYTES) {
      this.#onReveal(pid, body.slice(1), out);
    } else if (kind === STOP) {
      if (this.#running.get(hex(pid))?.isShown === false) this.#end(pid, "stopped", out);
    }
  }

  #onBegin(pid: Uint8Array, epoch: number, commitment: Uint8Array, out: ComparisonOutput[]): void {
    const of = this.#epochs.get(epoch);
    // Who asks has its keys, and those of this member, from that epoch.
    if (of === undefined || !of.members.has(hex(pid))) return;
    const known = this.#running.get(hex(pid));
    const isCrossing = known?.isOurs === true && known.commitment === undefined;
    // Both asked at once: the smaller pid's goes on, and both have agreed to it.
    if (isCrossing && hex(of.ownPid) < hex(pid)) return;
    const nonce = this.#random(NONCE_BYTES);
    const running: Running = {
      ...{ pid, epoch, nonce, isOurs: false },
      ...{ commitment, isAsked: !isCrossing, isShown: false },
    };
    this.#running.set(hex(pid), running);
    if (isCrossing) this.#answer(running, out);
    else out.push({ type: "comparison", pid, step: { type: "asked" } });
  }

  /** With the commitment that it answers: an older one's answer is not taken for a newer one's. */
  #answer({ pid, epoch, nonce, commitment }: Running, out: ComparisonOutput[]): void {
    const ownPid = this.#epochs.get(epoch)?.ownPid;
    if (ownPid === undefined || commitment === undefined) {
      this.#end(pid, "gone", out);
      return;
    }
    const own = commitmentOf(nonce, ownPid, epoch);
    out.push({ type: "tell", pid, body: concat(Uint8Array.of(ANSWER), own, commitment) });
  }

  #onAnswer(
    pid: Uint8Array,
    commitment: Uint8Array,
    answered: Uint8Array,
    out: ComparisonOutput[],
  ): void {
    const running = this.#running.get(hex(pid));
    if (running?.isOurs !== true || running.commitment !== undefined) return;
    const { nonce, epoch } = running;
    const ownPid = this.#epochs.get(epoch)?.ownPid;
    if (ownPid === undefined) {
      this.#end(pid, "gone", out);
      return;
    }
    if (!equalBytes(answered, commitmentOf(nonce, ownPid, epoch))) return;
    running.commitment = commitment;
    out.push({ type: "tell", pid, body: concat(Uint8Array.of(REVEAL), nonce) });
  }

  #onReveal(pid: Uint8Array, nonce: Uint8Array, out: ComparisonOutput[]): void {
    const running = this.#running.get(hex(pid));
    if (running?.commitment === undefined || running.isAsked || running.isShown) return;
    const { epoch, isOurs, nonce: own } = running;
    if (!equalBytes(running.commitment, commitmentOf(nonce, pid, epoch))) {
      this.#end(pid, "broken", out);
      return;
    }
    const of = this.#epochs.get(epoch);
    const theirs = of?.members.get(hex(pid));
    const ours = of?.members.get(hex(of.ownPid));
    if (of === undefined || theirs === undefined || ours === undefined) {
      this.#end(pid, "gone", out);
      return;
    }
    if (!isOurs) out.push({ type: "tell", pid, body: concat(Uint8Array.of(REVEAL), own) });
    running.isShown = true;
    const here = { nonce: own, member: ours };
    const there = { nonce, member: theirs };
    const [first, second] = isOurs ? [here, there] : [there, here];
    const shown = compared(of.authenticator, first, second);
    out.push({ type: "comparison", pid, step: { type: "shown", ...shown } });
  }

  #end(pid: Uint8Array, why: "stopped" | "gone" | "broken", out: ComparisonOutput[]): void {
    const running = this.#running.get(hex(pid));
    if (!this.#running.delete(hex(pid)) || running === undefined) return;
    // What is shown stays: it was compared with who was there.
    if (!running.isShown) out.push({ type: "comparison", pid, step: { type: "over", why } });
  }
}

interface Side {
  readonly nonce: Uint8Array;
  readonly member: GroupMember;
}

function commitmentOf(nonce: Uint8Array, pid: Uint8Array, epoch: number): Uint8Array {
  return sha256(concat(utf8("e1-compare"), nonce, pid, u64(epoch)));
}

/** Over all by which members know each other: the group's epoch, and both sides' keys. */
function compared(
  authenticator: Uint8Array,
  first: Side,
  second: Side,
): { emoji: number[]; digits: string } {
  const keys = [first, second].map(({ member }) =>
    concat(member.pid, member.signatureKey, lengthAnd(member.longTermKey)),
  );
  const prk = extract(sha256, concat(first.nonce, second.nonce), utf8("e1-sas"));
  const info = concat(utf8("e1-sas"), authenticator, ...keys);
  const bytes = expand(sha256, prk, info, EMOJI_SHOWN + 4 * DIGIT_GROUPS);
  const groups = new DataView(bytes.buffer, bytes.byteOffset + EMOJI_SHOWN);
  const digits = Array.from({ length: DIGIT_GROUPS }, (_, i) =>
    String(groups.getUint32(4 * i) % 10_000).padStart(4, "0"),
  );
  return {
    emoji: [...bytes.subarray(0, EMOJI_SHOWN)].map((byte) => byte % EMOJI_KINDS),
    digits: digits.join(" "),
  };
}

/** A missing key must not be read as something else. */
function lengthAnd(key: Uint8Array = new Uint8Array()): Uint8Array {
  return concat(Uint8Array.of(key.length), key);
}
