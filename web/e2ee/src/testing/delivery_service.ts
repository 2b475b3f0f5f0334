import { hex } from "../keys/bytes.ts";
import type { CommitPost, FromDelivery, ToDelivery, Work } from "../keys/delivery_messages.ts";

/** A message for a session. */
export interface Delivered {
  readonly session: number;
  readonly message: FromDelivery;
}

type PidKey = string;
interface Pending {
  readonly session: number;
  readonly pid: Uint8Array;
  readonly keyPackage: Uint8Array;
}
interface Entry {
  readonly epoch: number;
  readonly commit: Uint8Array;
  readonly by: number;
  /** Members before it, by pid. */
  readonly before: ReadonlyMap<PidKey, number>;
}

const GAP_MS = 500;
const GAP_PER_MEMBER_MS = 10;
const LOG_MAX = 64;
const LOG_BYTES_MAX = 1 << 20;
const MEMBERS_MAX = 500;
const JOINS_PER_WORK = 250;
const FALLBACK_MS = 3_000;
const INVITATION_MS = 5_000;

/**
 * The delivery service of the simulation: what server/conference/group_service does, in TypeScript. It
 * orders commits and knows no secret. Times are arguments (ms); messages are appended to `out`.
 *
 * Both do the same in every case of server/conference/testdata/group_scenarios.txt.
 */
export class DeliveryService {
  #epoch: number | undefined;
  #members = new Map<PidKey, number>();
  readonly #pids = new Map<number, Uint8Array>();
  readonly #joins = new Map<PidKey, Pending>();
  readonly #gone = new Map<PidKey, Uint8Array>();
  readonly #log: Entry[] = [];
  #rejecters = new Set<number>();
  #volunteers = new Set<number>();
  #invited: { session: number; untilMs: number } | undefined;
  #epochAtMs = Number.NEGATIVE_INFINITY;
  #workAtMs: number | undefined;
  #fallbackAtMs: number | undefined;

  onMessage(nowMs: number, session: number, message: ToDelivery, out: Delivered[]): void {
    const { type } = message;
    if (type === "join") this.#join(nowMs, session, message.pid, message.keyPackage, out);
    else if (type === "found") this.#found(nowMs, session, out);
    else if (type === "volunteer") this.#volunteer(session, message.epoch, out);
    else if (type === "commit") this.#commit(nowMs, session, message, out);
    else if (type === "refuse") this.#refuse(session, message.pids, out);
    else if (type === "reject") this.#reject(nowMs, session, message.epoch, out);
    else this.#fetch(session, message.epoch, out);
  }

  /** The session is gone for good. */
  onGone(nowMs: number, session: number, out: Delivered[]): void {
    this.#retire(session);
    if (this.#invited?.session === session) this.#invite(nowMs, undefined, out);
    if (this.#liveMembers() === 0) this.#forgetGroup(nowMs, out);
    else this.#schedule(nowMs);
  }

  nextDeadlineMs(): number | undefined {
    const times = [this.#workAtMs, this.#fallbackAtMs, this.#invited?.untilMs];
    const set = times.filter((time) => time !== undefined);
    return set.length === 0 ? undefined : Math.min(...set);
  }

  onDeadline(nowMs: number, out: Delivered[]): void {
    if (this.#workAtMs !== undefined && this.#workAtMs <= nowMs) {
      this.#workAtMs = undefined;
      this.#fallbackAtMs = nowMs + FALLBACK_MS;
      for (const session of this.#volunteers) this.#sendWork(session, out);
    }
    if (this.#fallbackAtMs !== undefined && this.#fallbackAtMs <= nowMs) {
      this.#fallbackAtMs = nowMs + FALLBACK_MS;
      for (const session of this.#present()) this.#sendWork(session, out);
    }
    if (this.#invited !== undefined && this.#invited.untilMs <= nowMs) {
      this.#invite(nowMs, this.#invited.session, out);
    }
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  #join(
    nowMs: number,
    session: number,
    pid: Uint8Array,
    keyPackage: Uint8Array,
    out: Delivered[],
  ): void {
    const key = hex(pid);
    if (this.#members.has(key) || this.#joins.has(key)) return;
    this.#retire(session);
    this.#pids.set(session, pid);
    this.#joins.set(key, { session, pid, keyPackage });
    if (this.#liveMembers() === 0 && this.#epoch !== undefined) this.#forgetGroup(nowMs, out);
    else if (this.#epoch === undefined && this.#invited === undefined) {
      this.#invite(nowMs, undefined, out);
    }
    this.#schedule(nowMs);
  }

  /** Somebody who waits founds the group; `but` had its chance. */
  #invite(nowMs: number, but: number | undefined, out: Delivered[]): void {
    const waiting = this.#sortedJoins().map(({ session }) => session);
    const session = waiting.find((other) => other !== but) ?? waiting[0];
    this.#invited = session === undefined ? undefined : { session, untilMs: nowMs + INVITATION_MS };
    if (session !== undefined) out.push({ session, message: { type: "invite" } });
  }

  #found(nowMs: number, session: number, out: Delivered[]): void {
    const pid = this.#pids.get(session);
    if (this.#epoch !== undefined || pid === undefined || this.#invited?.session !== session) {
      out.push({ session, message: { type: "lost" } });
      return;
    }
    this.#invited = undefined;
    this.#joins.delete(hex(pid));
    this.#epoch = 0;
    this.#members = new Map([[hex(pid), session]]);
    this.#epochAtMs = nowMs - GAP_MS;
    this.#schedule(nowMs);
  }

  #volunteer(session: number, epoch: number, out: Delivered[]): void {
    if (epoch !== this.#epoch || !this.#present().includes(session)) return;
    this.#volunteers.add(session);
    if (this.#fallbackAtMs !== undefined) this.#sendWork(session, out);
  }

  #commit(nowMs: number, session: number, post: CommitPost, out: Delivered[]): void {
    const accepted = post.epoch === this.#epoch && this.#present().includes(session);
    out.push({ session, message: { type: "result", epoch: post.epoch, accepted } });
    if (!accepted) return;
    const { epoch, commit } = post;
    const before = this.#members;
    this.#keep({ epoch, commit, by: session, before });
    for (const other of this.#present()) {
      if (other !== session)
        out.push({ session: other, message: { type: "epoch", epoch, commit } });
    }
    this.#members = new Map(before);
    for (const pid of post.removed) {
      this.#members.delete(hex(pid));
      this.#gone.delete(hex(pid));
    }
    this.#dropNewcomers(post.refused, out);
    this.#admit(post, before, out);
    this.#epoch = epoch + 1;
    this.#newEpoch(nowMs);
  }

  #keep(entry: Entry): void {
    this.#log.push(entry);
    const bytes = () => this.#log.reduce((sum, { commit }) => sum + commit.length, 0);
    while (this.#log.length > LOG_MAX || (bytes() > LOG_BYTES_MAX && this.#log.length > 1)) {
      this.#log.shift();
    }
  }

  #admit(post: CommitPost, before: Entry["before"], out: Delivered[]): void {
    for (const pid of post.joined) {
      const key = hex(pid);
      const pending = this.#joins.get(key);
      if (pending === undefined || this.#members.size >= MEMBERS_MAX) {
        // Who left while being added has a leaf that nobody holds.
        if (!before.has(key) && !this.#members.has(key)) this.#addGone(pid);
        continue;
      }
      this.#joins.delete(key);
      this.#members.set(key, pending.session);
      if (post.welcome === undefined) continue;
      const { welcome } = post;
      const message = { type: "welcome" as const, epoch: post.epoch + 1, welcome };
      out.push({ session: pending.session, message });
    }
  }

  #newEpoch(nowMs: number): void {
    this.#epochAtMs = nowMs;
    this.#volunteers.clear();
    this.#rejecters.clear();
    this.#workAtMs = undefined;
    this.#fallbackAtMs = undefined;
    this.#schedule(nowMs);
  }

  #dropNewcomers(pids: readonly Uint8Array[], out: Delivered[]): void {
    for (const pid of pids) {
      const pending = this.#joins.get(hex(pid));
      if (pending === undefined) continue;
      this.#joins.delete(hex(pid));
      out.push({ session: pending.session, message: { type: "refused" } });
    }
  }

  #refuse(session: number, pids: readonly Uint8Array[], out: Delivered[]): void {
    if (!this.#present().includes(session)) return;
    this.#dropNewcomers(pids, out);
    for (const pid of pids) {
      // A leaf that a commit of this group has made is removed by a commit only.
      if (!this.#members.has(hex(pid))) this.#gone.delete(hex(pid));
    }
    if (this.#joins.size + this.#gone.size > 0) return;
    this.#workAtMs = undefined;
    this.#fallbackAtMs = undefined;
  }

  #reject(nowMs: number, session: number, epoch: number, out: Delivered[]): void {
    const last = this.#log.at(-1);
    const isMember = last !== undefined && [...last.before.values()].includes(session);
    if (last?.epoch !== epoch || epoch + 1 !== this.#epoch || !isMember) return;
    this.#rejecters.add(session);
    // Honest members agree on what is acceptable, so a bad commit has all but its sender against it.
    if (this.#rejecters.size * 2 <= last.before.size - 1) return;
    this.#log.pop();
    const after = this.#members;
    this.#members = new Map(last.before);
    this.#epoch = epoch;
    this.#retire(last.by);
    out.push({ session: last.by, message: { type: "lost" } });
    for (const [pid, other] of after) {
      // Their welcome led nowhere.
      if (!last.before.has(pid)) out.push({ session: other, message: { type: "lost" } });
    }
    const present = this.#present();
    for (const [pid, other] of this.#members) {
      if (!present.includes(other)) this.#addGone(fromHex(pid));
    }
    for (const other of present) out.push({ session: other, message: { type: "reopened", epoch } });
    this.#newEpoch(nowMs);
  }

  #fetch(session: number, epoch: number, out: Delivered[]): void {
    if (!this.#present().includes(session)) {
      out.push({ session, message: { type: "lost" } });
      return;
    }
    const entries = this.#log.filter((entry) => entry.epoch >= epoch);
    const isWhole = epoch === this.#epoch || entries[0]?.epoch === epoch;
    if (!isWhole) out.push({ session, message: { type: "lost" } });
    else {
      for (const { epoch: ended, commit } of entries) {
        out.push({ session, message: { type: "epoch", epoch: ended, commit } });
      }
    }
  }

  /** What the session was or asked for is over; its leaf, if it has one, is to be removed. */
  #retire(session: number): void {
    const pid = this.#pids.get(session);
    this.#pids.delete(session);
    this.#volunteers.delete(session);
    if (pid === undefined || this.#joins.delete(hex(pid))) return;
    // Also where a commit claims that it is out already: the next committer knows.
    if (this.#epoch !== undefined) this.#addGone(pid);
  }

  #addGone(pid: Uint8Array): void {
    if (this.#gone.size < MEMBERS_MAX) this.#gone.set(hex(pid), pid);
  }

  #sortedJoins(): Pending[] {
    const pairs = [...this.#joins].sort(([a], [b]) => (a < b ? -1 : 1));
    return pairs.map(([, pending]) => pending);
  }

  #present(): number[] {
    return [...this.#members].flatMap(([key, session]) => {
      const pid = this.#pids.get(session);
      return pid !== undefined && hex(pid) === key ? [session] : [];
    });
  }

  #liveMembers(): number {
    return this.#present().length;
  }

  #forgetGroup(nowMs: number, out: Delivered[]): void {
    this.#epoch = undefined;
    this.#members.clear();
    this.#gone.clear();
    this.#log.length = 0;
    this.#newEpoch(nowMs);
    if (this.#invited === undefined) this.#invite(nowMs, undefined, out);
  }

  #schedule(nowMs: number): void {
    const waits = this.#epoch !== undefined && this.#joins.size + this.#gone.size > 0;
    if (!waits || this.#workAtMs !== undefined || this.#fallbackAtMs !== undefined) return;
    const gap = Math.max(GAP_MS, GAP_PER_MEMBER_MS * this.#members.size);
    // The first change after some quiet is served at once; what follows it closely waits.
    this.#workAtMs = nowMs - this.#epochAtMs >= GAP_MS ? nowMs : this.#epochAtMs + gap;
  }

  #sendWork(session: number, out: Delivered[]): void {
    if (this.#epoch === undefined) return;
    const first = this.#sortedJoins().slice(0, JOINS_PER_WORK);
    const joins = first.map(({ session, pid, keyPackage }) => ({
      pid,
      keyPackage,
      participant: session,
    }));
    const work: Work = { epoch: this.#epoch, joins, gone: [...this.#gone.values()] };
    out.push({ session, message: { type: "work", ...work } });
  }
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
