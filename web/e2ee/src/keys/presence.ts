import { concat, hex, owned, u32, utf8 } from "./bytes.ts";
import type { GroupCrypto, GroupMember } from "./group_crypto.ts";
import type { Welcomed } from "./membership.ts";

/** What a member says of itself to all: opaque here, the page makes it and reads it. */
export interface Presence {
  readonly pid: Uint8Array;
  /** The server's number of this member's connection, by the member's own word: where its media is. */
  readonly participant: number;
  readonly body: Uint8Array;
}

/** A presence as its author signed it: anybody may pass it on. */
interface Statement extends Presence {
  /** Counts up: an older one never replaces a newer one. */
  readonly counter: number;
  readonly signature: Uint8Array;
}

/** One message; `to` has the server's numbers, empty: everybody. */
export interface PresencePost {
  readonly to: readonly number[];
  readonly message: Uint8Array<ArrayBuffer>;
}

export interface PresenceOutputs {
  readonly posts: PresencePost[];
  /** News of others. */
  readonly told: Presence[];
}

/** Of a presence: a name in any script and some marks. */
export const PRESENCE_BYTES_MAX = 1024;
/** With its seal and signature below what a relayed message may have (16 KiB). */
const MESSAGE_BYTES_MAX = 14 * 1024;
/** In a storm newcomers are told together; one by one they are told at once. */
const SNAPSHOT_GAP_MS = 200;
/** As many as a message may be addressed to. */
const ADDRESSEES_MAX = 100;
/** Whoever added this member may be gone before it told who is there: then all are asked. */
const ASK_AFTER_MS = 3_000;
const ASKS_MAX = 3;
const PID_BYTES = 16;
const SIGNATURE_BYTES = 64;
const HEAD_BYTES = PID_BYTES + 4 + 4 + 2;
const ASKS = 1;
const LABEL = utf8("Conclave presence 1");

/**
 * What the members say of themselves. Each tells all; who added somebody tells that one what the
 * others said, as they signed it: one snapshot for a newcomer, not a message of every member
 * (decisions 7). Bounded by the group: of everybody the newest, of nobody else anything.
 */
export class PresenceBook {
  readonly #known = new Map<string, Statement>();
  #group: GroupCrypto | undefined;
  #members = new Map<string, GroupMember>();
  #ownPid: Uint8Array = new Uint8Array();
  #own: { participant: number; body: Uint8Array } | undefined;
  #ownStatement: Statement | undefined;
  #counter = 0;
  /** Whom this member has added, and where it told them who is there; until they say where they are. */
  readonly #welcomed = new Map<string, number>();
  #snapshotTo: number[] = [];
  #snapshotAtMs: number | undefined;
  #snapshotEndsMs = 0;
  #askAtMs: number | undefined;
  #asks = 0;

  /** Says it to all, now and when this member joins anew. */
  async setOwn(participant: number, body: Uint8Array, out: PresenceOutputs): Promise<void> {
    this.#own = { participant, body: body.slice(0, PRESENCE_BYTES_MAX) };
    await this.#tellOwn([], 0, out);
  }

  /** Those whom this member's own commit added are told at once, where the service has them. */
  async onEpoch(
    nowMs: number,
    group: GroupCrypto,
    ownPid: Uint8Array,
    welcomed: readonly Welcomed[],
    out: PresenceOutputs,
  ): Promise<void> {
    this.#group = group;
    this.#members = new Map(group.members().map((member) => [hex(member.pid), member]));
    for (const pid of this.#known.keys()) if (!this.#members.has(pid)) this.#known.delete(pid);
    for (const { pid, participant } of welcomed) this.#welcome(nowMs, hex(pid), participant);
    for (const pid of this.#welcomed.keys())
      if (!this.#members.has(pid)) this.#welcomed.delete(pid);
    if (hex(ownPid) === hex(this.#ownPid)) return;
    this.#ownPid = ownPid;
    this.#asks = 0;
    this.#askAtMs = nowMs + ASK_AFTER_MS;
    await this.#tellOwn([], 0, out);
  }

  /** Out of the group. */
  end(): void {
    this.#group = undefined;
    this.#members.clear();
    this.#known.clear();
    this.#welcomed.clear();
    this.#ownPid = new Uint8Array();
    this.#snapshotTo = [];
    this.#snapshotAtMs = undefined;
    this.#askAtMs = undefined;
  }

  /** `from` has been authenticated. */
  async onMessage(
    nowMs: number,
    from: Uint8Array,
    message: Uint8Array,
    out: PresenceOutputs,
  ): Promise<void> {
    const read = decode(message);
    if (read === undefined) return;
    for (const statement of read.statements) await this.#take(nowMs, statement, out);
    const asker = this.#known.get(hex(from));
    if (read.asks && asker !== undefined) await this.#tellOwn([asker.participant], 0, out);
  }

  nextDeadlineMs(): number | undefined {
    const times = [this.#snapshotAtMs, this.#askAtMs].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async onDeadline(nowMs: number, out: PresenceOutputs): Promise<void> {
    if (this.#snapshotAtMs !== undefined && this.#snapshotAtMs <= nowMs) {
      this.#snapshotEndsMs = nowMs + SNAPSHOT_GAP_MS;
      this.#tellNewcomers(out);
    }
    if (this.#askAtMs === undefined || this.#askAtMs > nowMs) return;
    const isComplete = this.#known.size >= this.#members.size - 1;
    this.#askAtMs = isComplete || ++this.#asks >= ASKS_MAX ? undefined : nowMs + ASK_AFTER_MS;
    if (!isComplete) await this.#tellOwn([], ASKS, out);
  }

  async #take(nowMs: number, statement: Statement, out: PresenceOutputs): Promise<void> {
    const pid = hex(statement.pid);
    const author = this.#members.get(pid);
    const before = this.#known.get(pid);
    if (author === undefined || pid === hex(this.#ownPid)) return;
    if (before !== undefined && before.counter >= statement.counter) return;
    const bytes = toBeSigned(this.#group?.groupId ?? new Uint8Array(), statement);
    if (!(await this.#group?.verify(author.signatureKey, bytes, statement.signature))) return;
    this.#known.set(pid, statement);
    out.told.push(statement);
    const toldAt = this.#welcomed.get(pid);
    this.#welcomed.delete(pid);
    // The service named another place than the newcomer itself, or none.
    if (toldAt !== undefined && toldAt !== statement.participant) {
      this.#tellSoon(nowMs, statement.participant);
    }
  }

  #welcome(nowMs: number, pid: string, participant: number): void {
    this.#welcomed.set(pid, participant);
    if (participant !== 0) this.#tellSoon(nowMs, participant);
  }

  #tellSoon(nowMs: number, participant: number): void {
    this.#snapshotTo.push(participant);
    this.#snapshotAtMs ??= Math.max(nowMs, this.#snapshotEndsMs);
  }

  #tellNewcomers(out: PresenceOutputs): void {
    this.#snapshotAtMs = undefined;
    const statements = [...this.#known.values()];
    if (this.#ownStatement !== undefined) statements.push(this.#ownStatement);
    const to = this.#snapshotTo.splice(0);
    for (let from = 0; from < to.length; from += ADDRESSEES_MAX) {
      for (const message of encode(0, statements)) {
        out.posts.push({ to: to.slice(from, from + ADDRESSEES_MAX), message });
      }
    }
  }

  async #tellOwn(to: readonly number[], flags: number, out: PresenceOutputs): Promise<void> {
    const group = this.#group;
    if (group === undefined || this.#own === undefined || this.#ownPid.length === 0) return;
    const unsigned = { ...this.#own, pid: this.#ownPid, counter: ++this.#counter };
    const signature = await group.sign(toBeSigned(group.groupId, unsigned));
    this.#ownStatement = { ...unsigned, signature };
    for (const message of encode(flags, [this.#ownStatement])) out.posts.push({ to, message });
  }
}

function toBeSigned(groupId: Uint8Array, statement: Omit<Statement, "signature">): Uint8Array {
  return concat(LABEL, u32(groupId.length), groupId, headOf(statement), statement.body);
}

function headOf({ pid, counter, participant, body }: Omit<Statement, "signature">): Uint8Array {
  const length = Uint8Array.of(body.length >> 8, body.length & 255);
  return concat(pid, u32(counter), u32(participant), length);
}

/** A byte of flags and the statements, in as many messages as they need. */
function encode(flags: number, statements: readonly Statement[]): Uint8Array<ArrayBuffer>[] {
  const messages: Uint8Array[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const statement of statements) {
    const bytes = concat(headOf(statement), statement.body, statement.signature);
    if (size + bytes.length > MESSAGE_BYTES_MAX) {
      messages.push([Uint8Array.of(flags)]);
      size = 1;
    }
    messages.at(-1)?.push(bytes);
    size += bytes.length;
  }
  return messages.map((parts) => concat(...parts));
}

/** Undefined for what is not of this form. */
function decode(message: Uint8Array): { asks: boolean; statements: Statement[] } | undefined {
  const [flags] = message;
  if (flags === undefined) return undefined;
  const statements: Statement[] = [];
  let at = 1;
  while (at < message.length) {
    if (message.length - at < HEAD_BYTES) return undefined;
    const view = new DataView(message.buffer, message.byteOffset + at, HEAD_BYTES);
    const bodyAt = at + HEAD_BYTES;
    const bodyEnd = bodyAt + view.getUint16(PID_BYTES + 8);
    const end = bodyEnd + SIGNATURE_BYTES;
    if (bodyEnd - bodyAt > PRESENCE_BYTES_MAX || end > message.length) return undefined;
    statements.push({
      pid: message.slice(at, at + PID_BYTES),
      counter: view.getUint32(PID_BYTES),
      participant: view.getUint32(PID_BYTES + 4),
      body: message.slice(bodyAt, bodyEnd),
      signature: owned(message.subarray(bodyEnd, end)),
    });
    at = end;
  }
  return { asks: (flags & ASKS) !== 0, statements };
}
