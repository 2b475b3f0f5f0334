import { type DataFailure, DataMessages } from "../frames/data_messages.ts";
import type { EpochKeys } from "../keys.ts";
import { concat, u32 } from "./bytes.ts";
import type { GroupCrypto, GroupMember } from "./group_crypto.ts";
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
}

export type RoomMessageOutput =
  | ({ readonly type: "relay" } & RelayedMessage)
  | ({ readonly type: "presence" } & Presence)
  /** A member said this: nobody else could have. */
  | {
      readonly type: "said";
      readonly pid: Uint8Array;
      readonly messageClass: number;
      readonly body: Uint8Array;
    }
  | { readonly type: "refused"; readonly why: string };

/** As many epochs as their keys are kept for, see OpeningKeys. */
const EPOCHS_MAX = 24;
/** Messages of an epoch whose commit is still on its way. */
const EARLY_MAX = 64;

/**
 * All that people in a room say that is not media: sealed with the epoch's keys, signed by their
 * leaves (reference E §2.7). Needs both kinds of key, so it lives where the group does.
 */
export class RoomMessages {
  readonly #nowMs: () => number;
  readonly #data: DataMessages;
  readonly #presence = new PresenceBook();
  readonly #authors = new Map<number, ReadonlyMap<number, GroupMember>>();
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
        const author = this.#authors.get(epoch)?.get(leaf);
        if (author === undefined || this.#group === undefined) return false;
        return this.#group.verify(author.signatureKey, message, signature);
      },
    });
  }

  async onEpoch(
    keys: EpochKeys,
    group: GroupCrypto,
    ownPid: Uint8Array,
    added: readonly GroupMember[],
    out: RoomMessageOutput[],
  ): Promise<void> {
    this.#group = group;
    this.#authors.set(keys.epoch, new Map(group.members().map((one) => [one.leaf, one])));
    const [oldest] = this.#authors.keys();
    if (this.#authors.size > EPOCHS_MAX && oldest !== undefined) this.#authors.delete(oldest);
    this.#data.add(keys, this.#nowMs());
    const told = noOutputs();
    await this.#presence.onEpoch(this.#nowMs(), group, ownPid, added, told);
    await this.#tell(told, out);
    for (const message of this.#early.splice(0)) await this.onRelayed(message, out);
  }

  end(): void {
    this.#group = undefined;
    this.#authors.clear();
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
  say({ messageClass, to, body }: SaidTo, out: RoomMessageOutput[]): Promise<void> {
    return this.#post(messageClass, to, body, out);
  }

  async onRelayed(message: RelayedMessage, out: RoomMessageOutput[]): Promise<void> {
    const { messageClass, to, payload } = message;
    const envelope = { messageClass, addressee: addresseeOf(to) };
    const opened = await this.#data.open(payload, envelope, this.#nowMs());
    if (typeof opened === "string") return this.#onUnopened(message, opened, out);
    const author = this.#authors.get(opened.epoch)?.get(opened.leaf);
    if (author === undefined) return;
    const { pid } = author;
    if (messageClass !== PRESENCE_CLASS) {
      out.push({ type: "said", pid, messageClass, body: opened.body });
      return;
    }
    const told = noOutputs();
    await this.#presence.onMessage(this.#nowMs(), pid, opened.body, told);
    await this.#tell(told, out);
  }

  nextDeadlineMs(): number | undefined {
    return this.#presence.nextDeadlineMs();
  }

  async onDeadline(out: RoomMessageOutput[]): Promise<void> {
    const told = noOutputs();
    await this.#presence.onDeadline(this.#nowMs(), told);
    await this.#tell(told, out);
  }

  #onUnopened(message: RelayedMessage, why: DataFailure, out: RoomMessageOutput[]): void {
    if (why !== "too-new") out.push({ type: "refused", why: `message: ${why}` });
    else if (this.#early.length < EARLY_MAX) this.#early.push(message);
  }

  async #tell(told: PresenceOutputs, out: RoomMessageOutput[]): Promise<void> {
    for (const presence of told.told) out.push({ type: "presence", ...presence });
    for (const { to, message } of told.posts) await this.#post(PRESENCE_CLASS, to, message, out);
  }

  async #post(
    messageClass: number,
    to: readonly number[],
    body: Uint8Array,
    out: RoomMessageOutput[],
  ): Promise<void> {
    const payload = await this.#data.seal(body, { messageClass, addressee: addresseeOf(to) });
    if (payload !== undefined) out.push({ type: "relay", messageClass, to, payload });
  }
}

function noOutputs(): PresenceOutputs {
  return { posts: [], told: [] };
}

function addresseeOf(to: readonly number[]): Uint8Array {
  return concat(...to.map(u32));
}
