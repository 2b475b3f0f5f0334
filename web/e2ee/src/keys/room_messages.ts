import { type DataFailure, DataMessages } from "../frames/data_messages.ts";
import { DATA_PATIENCE } from "../frames/opening_keys.ts";
import type { EpochKeys } from "../keys.ts";
import { concat, hex, owned, u32, u64 } from "./bytes.ts";
import type { GroupCrypto, GroupMember } from "./group_crypto.ts";
import type { LeafOpener } from "./leaf_seal.ts";
import type { Welcomed } from "./membership.ts";
import { type Presence, PresenceBook, type PresenceOutputs } from "./presence.ts";

/** protocol/conclave.proto: MessageClass. */
export const PRESENCE_CLASS = 3;

/** A message between participants as the server carries it: it sees all but the payload. */
export interface RelayedMessage {
  readonly messageClass: number;
  /** The server's numbers of who is to get it; empty: everybody else. */
  readonly to: readonly number[];
  readonly payload: Uint8Array<ArrayBuffer>;
}

export interface SaidTo {
  readonly messageClass: number;
  readonly to: readonly number[];
  readonly body: Uint8Array;
  /** A member who alone is to be able to open it; undefined: all who are in are. */
  readonly onlyFor?: Uint8Array | undefined;
}

/** Who got a message: all, those whom the server was told, or this member, who alone can read it. */
export type Audience = "all" | "some" | "one";

export type RoomMessageOutput =
  | ({ readonly type: "relay" } & RelayedMessage)
  /** What members say of themselves, all that one message told: a newcomer's snapshot is one change. */
  | { readonly type: "presences"; readonly presences: readonly Presence[] }
  /** A member said this: nobody else could have. */
  | {
      readonly type: "said";
      readonly pid: Uint8Array;
      readonly messageClass: number;
      readonly body: Uint8Array;
      readonly audience: Audience;
    }
  | { readonly type: "refused"; readonly why: string };

/** As many epochs as their keys are kept for, see OpeningKeys. */
const EPOCHS_MAX = 24;
/** First byte of a message's body: for whoever has the group's keys, or sealed once more for one. */
const FOR_ALL = 0;
const FOR_ONE = 1;
/** Messages of an epoch whose commit is still on its way. */
const EARLY_MAX = 64;

/** What stays of an epoch for the messages of it that are still on their way. */
interface EpochPeople {
  readonly byLeaf: ReadonlyMap<number, GroupMember>;
  readonly ownPid: Uint8Array;
  readonly groupId: Uint8Array;
  readonly open: LeafOpener;
  /** When the next epoch began; undefined: it has not. */
  endedAtMs: number | undefined;
}

/**
 * All that people in a room say that is not media: sealed with the epoch's keys, signed by their
 * leaves (reference E §2.7). Needs both kinds of key, so it lives where the group does.
 */
export class RoomMessages {
  readonly #nowMs: () => number;
  readonly #data: DataMessages;
  readonly #presence = new PresenceBook();
  readonly #epochs = new Map<number, EpochPeople>();
  readonly #early: RelayedMessage[] = [];
  #group: GroupCrypto | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#data = new DataMessages({
      sign: async (message) => {
        if (this.#group === undefined) throw new Error("not in a group");
        return this.#group.sign(message);
      },
      verify: async ({ leaf, epoch }, message, signature) => {
        const author = this.#epochs.get(epoch)?.byLeaf.get(leaf);
        if (author === undefined || this.#group === undefined) return false;
        return this.#group.verify(author.signatureKey, message, signature);
      },
    });
  }

  async onEpoch(
    keys: EpochKeys,
    group: GroupCrypto,
    ownPid: Uint8Array,
    welcomed: readonly Welcomed[],
    out: RoomMessageOutput[],
  ): Promise<void> {
    this.#group = group;
    this.#beginEpoch(keys.epoch, group, ownPid);
    this.#data.add(keys, this.#nowMs());
    const told = noOutputs();
    await this.#presence.onEpoch(this.#nowMs(), group, ownPid, welcomed, told);
    await this.#tell(told, out);
    for (const message of this.#early.splice(0)) await this.onRelayed(message, out);
  }

  end(): void {
    this.#group = undefined;
    this.#epochs.clear();
    this.#early.length = 0;
    this.#data.end();
    this.#presence.end();
  }

  async setPresence(participant: number, body: Uint8Array, out: RoomMessageOutput[]) {
    const told = noOutputs();
    await this.#presence.setOwn(participant, body, told);
    await this.#tell(told, out);
  }

  /** To nobody in particular: to everybody. Without a group it is not said. */
  async say({ messageClass, to, body, onlyFor }: SaidTo, out: RoomMessageOutput[]): Promise<void> {
    if (onlyFor === undefined) return this.#post(messageClass, to, FOR_ALL, body, out);
    const group = this.#group;
    const member = group?.members().find(({ pid }) => hex(pid) === hex(onlyFor));
    const ownPid = group && this.#epochs.get(group.epoch)?.ownPid;
    if (group === undefined || member === undefined || ownPid === undefined) {
      out.push({ type: "refused", why: "message: nobody to seal it to" });
      return;
    }
    const place = placeOf(group, ownPid, onlyFor, messageClass);
    const sealed = await group.sealTo(member.leaf, place, body);
    await this.#post(messageClass, to, FOR_ONE, sealed, out);
  }

  async onRelayed(message: RelayedMessage, out: RoomMessageOutput[]): Promise<void> {
    const { messageClass, to, payload } = message;
    const envelope = { messageClass, addressee: addresseeOf(to) };
    const opened = await this.#data.open(payload, envelope, this.#nowMs());
    if (typeof opened === "string") return this.#onUnopened(message, opened, out);
    const { epoch, leaf, body } = opened;
    const people = this.#epochs.get(epoch);
    const author = people?.byLeaf.get(leaf);
    if (people === undefined || author === undefined) return;
    const { pid } = author;
    const isPrivate = body[0] === FOR_ONE;
    const place = placeOf({ epoch, groupId: people.groupId }, pid, people.ownPid, messageClass);
    const text = isPrivate ? await people.open(place, body.subarray(1)) : owned(body.subarray(1));
    if (text === undefined || (body[0] !== FOR_ALL && !isPrivate)) {
      out.push({ type: "refused", why: "message: not for this member" });
    } else if (messageClass !== PRESENCE_CLASS) {
      const audience = isPrivate ? "one" : to.length > 0 ? "some" : "all";
      out.push({ type: "said", pid, messageClass, body: text, audience });
    } else {
      const told = noOutputs();
      await this.#presence.onMessage(this.#nowMs(), pid, text, told);
      await this.#tell(told, out);
    }
  }

  nextDeadlineMs(): number | undefined {
    return this.#presence.nextDeadlineMs();
  }

  async onDeadline(out: RoomMessageOutput[]): Promise<void> {
    const told = noOutputs();
    await this.#presence.onDeadline(this.#nowMs(), told);
    await this.#tell(told, out);
  }

  #beginEpoch(epoch: number, group: GroupCrypto, ownPid: Uint8Array): void {
    const nowMs = this.#nowMs();
    for (const [number, people] of this.#epochs) {
      people.endedAtMs ??= nowMs;
      // Its leaf key opens what was said to this member alone: no longer than the other keys.
      const isOver = nowMs - people.endedAtMs > DATA_PATIENCE.epochMsMax;
      if (isOver || number === epoch) this.#epochs.delete(number);
    }
    const byLeaf = new Map(group.members().map((one) => [one.leaf, one]));
    const { groupId } = group;
    const open = group.leafOpener();
    this.#epochs.set(epoch, { byLeaf, ownPid, groupId, open, endedAtMs: undefined });
    const [oldest] = this.#epochs.keys();
    if (this.#epochs.size > EPOCHS_MAX && oldest !== undefined) this.#epochs.delete(oldest);
  }

  #onUnopened(message: RelayedMessage, why: DataFailure, out: RoomMessageOutput[]): void {
    if (why !== "too-new") out.push({ type: "refused", why: `message: ${why}` });
    else if (this.#early.length < EARLY_MAX) this.#early.push(message);
  }

  async #tell(told: PresenceOutputs, out: RoomMessageOutput[]): Promise<void> {
    if (told.told.length > 0) out.push({ type: "presences", presences: told.told });
    for (const { to, message } of told.posts) {
      await this.#post(PRESENCE_CLASS, to, FOR_ALL, message, out);
    }
  }

  async #post(
    messageClass: number,
    to: readonly number[],
    audience: typeof FOR_ALL | typeof FOR_ONE,
    content: Uint8Array,
    out: RoomMessageOutput[],
  ): Promise<void> {
    const body = concat(Uint8Array.of(audience), content);
    const payload = await this.#data.seal(body, { messageClass, addressee: addresseeOf(to) });
    if (payload !== undefined) out.push({ type: "relay", messageClass, to, payload });
  }
}

function noOutputs(): PresenceOutputs {
  return { posts: [], told: [] };
}

/** From whom to whom a private message is: members could otherwise pass it on as their own. */
function placeOf(
  { groupId, epoch }: Pick<GroupCrypto, "groupId" | "epoch">,
  from: Uint8Array,
  to: Uint8Array,
  messageClass: number,
): Uint8Array {
  return concat(u64(epoch), from, to, Uint8Array.of(messageClass), groupId);
}

function addresseeOf(to: readonly number[]): Uint8Array {
  return concat(...to.map(u32));
}
