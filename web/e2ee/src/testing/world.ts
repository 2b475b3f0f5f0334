import { hex } from "../keys/bytes.ts";
import { PID_BYTES } from "../keys/credential.ts";
import type { FromDelivery, ToDelivery } from "../keys/delivery_messages.ts";
import type { GroupMember } from "../keys/group_crypto.ts";
import { RoomLink } from "../keys/link_secrets.ts";
import { Membership, type MembershipOutput, type Newcomer } from "../keys/membership.ts";
import { MlsGroup } from "../keys/mls_group.ts";
import { encodedPackage, makeNewcomer } from "../keys/newcomer.ts";
import { makeSuite } from "../keys/suite.ts";
import { WireSeal } from "../keys/wire_seal.ts";
import type { EpochKeys } from "../keys.ts";
import { type Delivered, DeliveryService } from "./delivery_service.ts";
import { ANY_TIME, OPEN_POLICY, TestRoom } from "./people.ts";
import { Seeded } from "./seeded.ts";

/** What a server may do to messages; see lies.ts. */
export interface Server {
  onMessage(nowMs: number, session: number, message: ToDelivery, out: Delivered[]): void;
  onGone(nowMs: number, session: number, out: Delivered[]): void;
  nextDeadlineMs(): number | undefined;
  onDeadline(nowMs: number, out: Delivered[]): void;
}

export interface Client {
  readonly session: number;
  readonly membership: Membership;
  /** What it last told its user. */
  roster: readonly GroupMember[];
  connected: boolean;
  /** Out until it joins again, since it was removed or is not admitted. */
  removed: boolean;
  notAdmitted: boolean;
  /** The newest one that it was told of. */
  link: string | undefined;
  readonly refusals: string[];
  epochs: number;
  bytesIn: number;
  bytesOut: number;
  /** CPU of this member's cryptography. */
  cpuUs: number;
  joinedAtMs: number | undefined;
  readonly pidsEver: Set<string>;
  /** Every key that it was ever given, and under which name: a client that forgets nothing. */
  /** Joins and commits, the newest last: what a server has of it. */
  readonly sent: Extract<ToDelivery, { type: "join" | "commit" }>[];
  readonly hoard: { readonly pid: string; readonly keys: EpochKeys }[];
}

export interface WorldOptions {
  readonly seed: string | number;
  /** Of one way. */
  readonly delayMs?: readonly [min: number, max: number];
  readonly server?: (honest: DeliveryService, world: World) => Server;
  /** Real keys cannot be repeated, but need no seed; about a fifth faster. */
  readonly isDeterministic?: boolean;
  readonly cpuUs?: () => number;
  /** The room has no link, and its founder moderates. */
  readonly isNamed?: boolean;
}

/** More tasks than this without time going on are an endless loop. */
const AT_ONCE_MAX = 10_000;

type Task = () => Promise<void> | void;

/**
 * A room's people and its server on virtual time: what happens depends on the seed alone. Each link keeps
 * its order, as a WebSocket does, and has delays of its own.
 */
export class World {
  readonly random: Seeded;
  readonly room: TestRoom;
  readonly clients: Client[] = [];
  readonly honest = new DeliveryService();
  server: Server;
  nowMs = 0;
  readonly #options: WorldOptions;
  readonly #queue: { atMs: number; order: number; task: Task }[] = [];
  readonly #linkFreeMs = new Map<string, number>();
  #order = 0;

  private constructor(options: WorldOptions, room: TestRoom) {
    this.#options = options;
    this.random = new Seeded(options.seed);
    this.room = room;
    this.server = options.server?.(this.honest, this) ?? this.honest;
  }

  static async create(options: WorldOptions): Promise<World> {
    const room = await TestRoom.open(options.seed, options.isNamed);
    return new World(options, room);
  }

  /** A new participant, who joins at once, by the room's first link or by another secret. */
  async arrive(fragmentSecret?: Uint8Array): Promise<Client> {
    const session = this.clients.length;
    const random = this.random.fork(`client ${session}`);
    const deterministic = this.#options.isDeterministic ?? true;
    const suite = deterministic
      ? await makeSuite(random.bytes, { deterministic })
      : await makeSuite();
    const link = new RoomLink(fragmentSecret ?? this.room.secret);
    const setup = this.room.setupWith(link, suite);
    const wireKey = this.room.isNamed ? undefined : link.secrets.wire;
    const seal = await WireSeal.create(wireKey, this.room.roomId, this.room.random.bytes);
    const pidsEver = new Set<string>();
    const newcomer = async (): Promise<Newcomer> => {
      const leafKeys = await suite.signature.keygen();
      const pid = random.bytes(PID_BYTES);
      pidsEver.add(hex(pid));
      const identity = await this.room.prove(pid, leafKeys, setup.admission);
      const own = await makeNewcomer(identity, leafKeys, ANY_TIME, suite);
      return {
        pid,
        keyPackage: encodedPackage(own),
        found: () => {
          const moderators = this.room.isNamed ? [leafKeys.publicKey] : [];
          return MlsGroup.create(setup, random.bytes(16), own, { ...OPEN_POLICY, moderators });
        },
        join: (welcome) => MlsGroup.join(setup, welcome, own),
      };
    };
    const client: Client = {
      session,
      membership: new Membership({ newcomer }, seal),
      roster: [],
      connected: true,
      removed: false,
      notAdmitted: false,
      link: undefined,
      refusals: [],
      epochs: 0,
      bytesIn: 0,
      bytesOut: 0,
      cpuUs: 0,
      joinedAtMs: undefined,
      pidsEver,
      sent: [],
      hoard: [],
    };
    this.clients.push(client);
    await this.act(client, (out) => client.membership.join(this.nowMs, out));
    return client;
  }

  /** Also a crash: the server learns of it after `noticeMs`. */
  depart(client: Client, noticeMs = 0): void {
    client.connected = false;
    this.at(this.nowMs + noticeMs, () =>
      this.#serve((out) => this.server.onGone(this.nowMs, client.session, out)),
    );
  }

  at(atMs: number, task: Task): void {
    this.#queue.push({ atMs, order: this.#order++, task });
  }

  /** Until that time, or until nothing is left to happen. */
  async run(untilMs: number): Promise<void> {
    let atOnce = 0;
    for (;;) {
      const next = this.#nextTask();
      const [atMs, task] = next ?? [Number.POSITIVE_INFINITY, undefined];
      if (task === undefined || atMs > untilMs) break;
      atOnce = atMs > this.nowMs ? 0 : atOnce + 1;
      if (atOnce > AT_ONCE_MAX) throw new Error(`time stands still at ${this.nowMs} ms`);
      this.nowMs = Math.max(this.nowMs, atMs);
      await task();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** A client does something; what comes of it is sent and noted. */
  async act(
    client: Client,
    work: (out: MembershipOutput[]) => Promise<void> | void,
  ): Promise<void> {
    const out: MembershipOutput[] = [];
    const before = this.#options.cpuUs?.() ?? 0;
    await work(out);
    client.cpuUs += (this.#options.cpuUs?.() ?? 0) - before;
    for (const output of out) this.#note(client, output);
  }

  deliver({ session, message }: Delivered): void {
    const client = this.clients[session];
    if (client === undefined) return;
    this.#overLink(`to ${session}`, async () => {
      if (!client.connected) return;
      client.bytesIn += bytesOf(message);
      await this.act(client, (out) => client.membership.onMessage(this.nowMs, message, out));
    });
  }

  #note(client: Client, output: MembershipOutput): void {
    switch (output.type) {
      case "send":
        client.bytesOut += bytesOf(output.message);
        keep(client, output.message);
        this.#overLink(`from ${client.session}`, () => {
          if (!client.connected) return;
          this.#serve((out) =>
            this.server.onMessage(this.nowMs, client.session, output.message, out),
          );
        });
        return;
      case "epoch":
        client.roster = output.members;
        client.epochs += 1;
        client.hoard.push({ pid: hex(client.membership.pid), keys: output.keys });
        client.joinedAtMs ??= this.nowMs;
        return;
      case "out":
        client.roster = [];
        client.notAdmitted = output.why === "not-admitted";
        client.removed = output.why === "removed" || client.notAdmitted;
        return;
      case "link":
        client.link = output.fragment;
        return;
      case "refused":
        client.refusals.push(output.why);
    }
  }

  #serve(work: (out: Delivered[]) => void): void {
    const out: Delivered[] = [];
    work(out);
    for (const delivered of out) this.deliver(delivered);
  }

  #overLink(link: string, task: Task): void {
    const [min, max] = this.#options.delayMs ?? [5, 60];
    const atMs = Math.max(
      this.nowMs + min + this.random.unit() * (max - min),
      this.#linkFreeMs.get(link) ?? 0,
    );
    this.#linkFreeMs.set(link, atMs);
    this.at(atMs, task);
  }

  #nextTask(): [number, Task] | undefined {
    const candidates: [number, Task][] = [];
    let first = 0;
    for (const [i, { atMs, order }] of this.#queue.entries()) {
      const best = this.#queue[first];
      if (best && (atMs < best.atMs || (atMs === best.atMs && order < best.order))) first = i;
    }
    const queued = this.#queue[first];
    if (queued !== undefined) {
      const take = () => {
        this.#queue.splice(this.#queue.indexOf(queued), 1);
        return queued.task();
      };
      candidates.push([queued.atMs, take]);
    }
    const serverMs = this.server.nextDeadlineMs();
    if (serverMs !== undefined) {
      candidates.push([
        serverMs,
        () => this.#serve((out) => this.server.onDeadline(this.nowMs, out)),
      ]);
    }
    for (const client of this.clients) {
      const atMs = client.connected ? client.membership.nextDeadlineMs() : undefined;
      if (atMs === undefined) continue;
      const task = () => this.act(client, (out) => client.membership.onDeadline(this.nowMs, out));
      candidates.push([atMs, task]);
    }
    return candidates.reduce<[number, Task] | undefined>(
      (best, next) => (best === undefined || next[0] < best[0] ? next : best),
      undefined,
    );
  }
}

const SENT_MAX = 8;

function keep({ sent }: Client, message: ToDelivery): void {
  if (message.type !== "join" && message.type !== "commit") return;
  sent.push(message);
  if (sent.length > SENT_MAX) sent.shift();
}

/** About what a message weighs on the wire: its bytes, and some for names and lengths. */
export function bytesOf(message: FromDelivery | ToDelivery): number {
  const weigh = (value: unknown): number => {
    if (value instanceof Uint8Array) return value.length + 3;
    if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + weigh(item), 2);
    if (typeof value === "object" && value !== null) return weigh(Object.values(value));
    return 2;
  };
  return weigh(message);
}
