/**
 * Simulated members of an encrypted room on the real server: each has its own connection, leaf and keys,
 * and neither sends nor hears media. Only who is next to commit follows the group at all, so that 200 fit
 * into one process: it catches up with what it has put aside, commits, and sleeps again.
 */
import { deflateRawSync } from "node:zlib";
import { type KeyRoom, linkRoom } from "../web/e2ee/src/keys/key_room.ts";
import { Membership, type MembershipOutput } from "../web/e2ee/src/keys/membership.ts";
import { rankOf } from "../web/e2ee/src/keys/rank.ts";
import {
  type ClientMessageInit,
  decodeServerMessage,
  encodeClientMessage,
} from "../web/sdk/src/protocol/index.ts";
import { fromGroupNews, toGroupRequest } from "../web/sdk/src/session/group_wire.ts";

export interface CrowdEntry {
  /** "ws://localhost:PORT/signal". */
  readonly signalUrl: string;
  readonly room: string;
  readonly secret: Uint8Array;
  /** Of a browser, without anything that it sends. */
  readonly offer: string;
}

const GROUP_PROTOCOL = 1;
const TICK_MS = 20;

/** With a leaf that is made already, as everybody's own machine would make it. */
async function keyRoomOf({ room, secret }: CrowdEntry): Promise<KeyRoom> {
  const { maker, seal } = await linkRoom(room, secret, () => Date.now() / 1000);
  const first = await maker.newcomer();
  let isUsed = false;
  const newcomer = async () => {
    const own = isUsed ? await maker.newcomer() : first;
    isUsed = true;
    return own;
  };
  return { maker: { newcomer }, seal };
}

class Simulated {
  readonly #socket: WebSocket;
  readonly #membership: Membership;
  readonly #onEpoch: () => Promise<void>;
  /** As it came: who sleeps does not look at it. */
  readonly #aside: Uint8Array[] = [];
  /** Calls into a membership must not overlap. */
  #work: Promise<void> = Promise.resolve();
  #isAwake: boolean;
  #request = 0;
  commits = 0;
  readonly refusals: string[] = [];

  private constructor(
    socket: WebSocket,
    membership: Membership,
    isAwake: boolean,
    onEpoch: () => Promise<void>,
  ) {
    this.#socket = socket;
    this.#membership = membership;
    this.#isAwake = isAwake;
    this.#onEpoch = onEpoch;
  }

  /** Resolves when the server has taken it in and it has asked the group for the same. */
  static async join(
    { signalUrl, room, offer }: CrowdEntry,
    { maker, seal }: KeyRoom,
    isAwake: boolean,
    onEpoch: () => Promise<void>,
  ): Promise<Simulated> {
    const socket = new WebSocket(signalUrl, "conclave.v1");
    socket.binaryType = "arraybuffer";
    const opened = new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("the WebSocket did not open"));
    });
    await opened;
    const one = new Simulated(socket, new Membership(maker, seal), isAwake, onEpoch);
    await one.#enter(room, offer);
    return one;
  }

  get group() {
    return this.#membership.group;
  }
  get pid(): string {
    return this.#membership.pid.join();
  }

  /** Awake, it follows first what it has put aside. */
  setAwake(isAwake: boolean): void {
    this.#isAwake = isAwake;
    if (!isAwake) return;
    for (const bytes of this.#aside.splice(0)) this.#hear(bytes);
  }

  tick(): void {
    if (!this.#isAwake) return;
    this.#do(async (out) => {
      const atMs = this.#membership.nextDeadlineMs();
      if (atMs !== undefined && atMs <= performance.now())
        await this.#membership.onDeadline(performance.now(), out);
    });
  }

  close(): void {
    this.#socket.close();
  }

  async #enter(room: string, offer: string): Promise<void> {
    const joined = new Promise<void>((resolve, reject) => {
      this.#socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        const body = decodeServerMessage(new Uint8Array(data))?.body;
        if (body?.$case === "error") reject(new Error(body.value.text));
        if (body?.$case !== "joined") return;
        this.#socket.onmessage = (next: MessageEvent<ArrayBuffer>) => {
          const bytes = new Uint8Array(next.data);
          if (this.#isAwake) this.#hear(bytes);
          else this.#aside.push(bytes);
        };
        resolve();
      };
    });
    const capabilities = { engine: "other", decodes: ["vp8"] };
    const value = { room, offerDeflated: deflateRawSync(offer), capabilities };
    this.#send({ $case: "join", value: { ...value, groupProtocol: GROUP_PROTOCOL } });
    await joined;
    this.#do((out) => this.#membership.join(performance.now(), out));
    await this.#work;
  }

  #hear(bytes: Uint8Array): void {
    const body = decodeServerMessage(bytes)?.body;
    const news = body?.$case === "group" ? fromGroupNews(body.value) : undefined;
    if (news !== undefined)
      this.#do((out) => this.#membership.onMessage(performance.now(), news, out));
  }

  #do(work: (out: MembershipOutput[]) => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      const out: MembershipOutput[] = [];
      await work(out);
      for (const one of out) {
        if (one.type === "send") {
          if (one.message.type === "commit") this.commits++;
          this.#send(toGroupRequest(one.message));
        } else if (one.type === "epoch") await this.#onEpoch();
        else if (one.type !== "link") this.refusals.push(one.why);
      }
    });
  }

  #send(body: NonNullable<ClientMessageInit["body"]>): void {
    this.#socket.send(encodeClientMessage({ request: ++this.#request, body }));
  }
}

export class Crowd {
  readonly #entry: CrowdEntry;
  readonly #prepared: KeyRoom[];
  readonly #all: Simulated[] = [];
  readonly #timer: NodeJS.Timeout;
  /** Whose turn it was last. */
  #next: Simulated | undefined;

  private constructor(entry: CrowdEntry, prepared: KeyRoom[]) {
    this.#entry = entry;
    this.#prepared = prepared;
    this.#timer = setInterval(() => {
      for (const one of this.#all) one.tick();
    }, TICK_MS);
  }

  /** Of so many people, and one more who is always awake: it knows whose turn it is. */
  static async prepare(entry: CrowdEntry, count: number): Promise<Crowd> {
    const prepared: KeyRoom[] = [];
    for (let i = 0; i <= count; i++) prepared.push(await keyRoomOf(entry));
    return new Crowd(entry, prepared);
  }

  /** From now on it has half a minute: the server puts out whose media never stands. */
  async begin(): Promise<void> {
    this.#all.push(await this.#one(true, () => this.#wakeNext()));
  }

  get people(): number {
    return this.#all[0]?.group?.members().length ?? 0;
  }
  get commits(): number {
    return this.#all.reduce((sum, { commits }) => sum + commits, 0);
  }
  get refusals(): readonly string[] {
    return this.#all.flatMap(({ refusals }) => refusals);
  }

  async add(): Promise<void> {
    this.#all.push(await this.#one(false, async () => undefined));
  }

  #one(isAwake: boolean, onEpoch: () => Promise<void>): Promise<Simulated> {
    const keys = this.#prepared.pop();
    if (keys === undefined) throw new Error("more than were prepared");
    return Simulated.join(this.#entry, keys, isAwake, onEpoch);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const one of this.#all) one.close();
  }

  async #wakeNext(): Promise<void> {
    const observer = this.#all[0];
    const group = observer?.group;
    if (group === undefined) return;
    const authenticator = group.epochAuthenticator;
    const first = group
      .members()
      .reduce((best, one) =>
        rankOf(one.leaf, [best.leaf, one.leaf], authenticator) === 0 ? one : best,
      );
    if (this.#next !== observer) this.#next?.setAwake(false);
    this.#next = this.#all.find(({ pid }) => pid === first.pid.join());
    this.#next?.setAwake(true);
  }
}
