import type { FromDelivery, ToDelivery } from "../keys/delivery_messages.ts";
import { RoomLink } from "../keys/link_secrets.ts";
import { encodedPackage } from "../keys/newcomer.ts";
import { WireSeal } from "../keys/wire_seal.ts";
import type { Delivered, DeliveryService } from "./delivery_service.ts";
import type { TestRoom } from "./people.ts";
import type { Seeded } from "./seeded.ts";
import type { Server } from "./world.ts";

/** A key package that the server made itself: it has all but the link's secret. */
export interface Ghost {
  readonly pid: Uint8Array;
  /** Sealed with a key of the server's own, and bare. */
  readonly packages: readonly Uint8Array[];
}

export async function makeGhost(room: TestRoom): Promise<Ghost> {
  const link = new RoomLink(room.random.bytes(32));
  const ghost = await room.newcomer(room.admissionBy(link));
  const seal = await WireSeal.create(link.secrets.wire, room.roomId, room.random.bytes);
  const bare = encodedPackage(ghost);
  return {
    pid: room.random.bytes(16),
    packages: [bare, await seal.seal("key-package", 0, bare)],
  };
}

const HISTORY_MAX = 200;

/** How often each lie is told, per message. */
const DROP = 0.03;
const REPEAT = 0.05;
const REPLAY = 0.05;
const TAMPER = 0.04;
const FALSE_RESULT = 0.03;
const FALSE_GONE = 0.15;
const INVENT = 0.4;

/**
 * A server with all the lies of an untrusted delivery service: it drops, repeats, replays, tampers,
 * swaps, misreports results, claims that people are gone, and brings people of its own.
 */
export class LyingServer implements Server {
  readonly #honest: DeliveryService;
  readonly #random: Seeded;
  readonly #ghosts: readonly Ghost[];
  readonly #history: FromDelivery[] = [];
  readonly #pids: Uint8Array[] = [];
  isLying = true;
  told = 0;

  constructor(honest: DeliveryService, random: Seeded, ghosts: readonly Ghost[]) {
    this.#honest = honest;
    this.#random = random;
    this.#ghosts = ghosts;
  }

  onMessage(nowMs: number, session: number, message: ToDelivery, out: Delivered[]): void {
    if (message.type === "join") this.#pids.push(message.pid);
    this.#lie(out, (honestOut) => this.#honest.onMessage(nowMs, session, message, honestOut));
  }

  onGone(nowMs: number, session: number, out: Delivered[]): void {
    this.#lie(out, (honestOut) => this.#honest.onGone(nowMs, session, honestOut));
  }

  nextDeadlineMs(): number | undefined {
    return this.#honest.nextDeadlineMs();
  }

  onDeadline(nowMs: number, out: Delivered[]): void {
    this.#lie(out, (honestOut) => this.#honest.onDeadline(nowMs, honestOut));
  }

  #lie(out: Delivered[], work: (honestOut: Delivered[]) => void): void {
    const honestOut: Delivered[] = [];
    work(honestOut);
    if (!this.isLying) {
      out.push(...honestOut);
      return;
    }
    const random = this.#random;
    for (const { session, message } of honestOut) {
      this.#history.push(message);
      if (this.#history.length > HISTORY_MAX) this.#history.shift();
      if (random.chance(DROP)) continue;
      const twisted = this.#twisted(message);
      if (twisted !== message) ++this.told;
      out.push({ session, message: twisted });
      if (random.chance(REPEAT)) out.push({ session, message });
      const old = random.pick(this.#history);
      if (old !== undefined && random.chance(REPLAY)) out.push({ session, message: old });
    }
    if (out.length > 1 && random.chance(0.1)) out.reverse();
  }

  #twisted(message: FromDelivery): FromDelivery {
    const random = this.#random;
    if (message.type === "result" && random.chance(FALSE_RESULT)) {
      return { ...message, accepted: !message.accepted };
    }
    if (message.type === "epoch" && random.chance(TAMPER)) {
      return { ...message, commit: flipped(message.commit, random) };
    }
    if (message.type === "welcome" && random.chance(TAMPER)) {
      return { ...message, welcome: flipped(message.welcome, random) };
    }
    if (message.type !== "work") return message;
    const ghost = random.chance(INVENT) ? random.pick(this.#ghosts) : undefined;
    const keyPackage = random.pick(ghost?.packages ?? []);
    const victim = random.chance(FALSE_GONE) ? random.pick(this.#pids) : undefined;
    if (ghost === undefined && victim === undefined) return message;
    return {
      ...message,
      joins:
        ghost === undefined || keyPackage === undefined
          ? message.joins
          : [...message.joins, { pid: ghost.pid, keyPackage, participant: random.below(9) }],
      gone: victim === undefined ? message.gone : [...message.gone, victim],
    };
  }
}

function flipped(bytes: Uint8Array, random: Seeded): Uint8Array {
  const copy = new Uint8Array(bytes);
  const at = random.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}
