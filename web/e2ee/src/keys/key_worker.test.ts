import { expect, it, vi } from "vitest";
import type { FrameKeyMessage } from "../keys.ts";
import { type Delivered, DeliveryService } from "../testing/delivery_service.ts";
import { KeyWorker } from "./key_worker.ts";
import type { FromKeyWorker } from "./worker_protocol.ts";

// Real cryptography, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** A page for each person and a service between them; time is the test's. */
class Room {
  nowMs = 0;
  readonly service = new DeliveryService();
  readonly pages: Page[] = [];
  #deliveries: Delivered[] = [];

  async arrive(
    secret = new Uint8Array(32).fill(7),
    lasting: CryptoKeyPair | undefined = undefined,
  ): Promise<Page> {
    const page = new Page(this, this.pages.length);
    this.pages.push(page);
    const room = { roomId: "r/room", secret: secret.slice() };
    await page.worker.onMessage({ type: "start", ...room, lasting });
    return page;
  }

  send(session: number, message: Extract<FromKeyWorker, { type: "send" }>["message"]): void {
    this.service.onMessage(this.nowMs, session, message, this.#deliveries);
  }

  async run(ms: number): Promise<void> {
    for (const end = this.nowMs + ms; this.nowMs < end; this.nowMs += 50) {
      for (const page of this.pages) {
        if ((page.deadlineMs ?? Number.POSITIVE_INFINITY) <= this.nowMs) {
          await page.worker.onDeadline();
        }
      }
      if ((this.service.nextDeadlineMs() ?? Number.POSITIVE_INFINITY) <= this.nowMs) {
        this.service.onDeadline(this.nowMs, this.#deliveries);
      }
      for (const { session, message } of this.#deliveries.splice(0)) {
        await this.pages[session]?.worker.onMessage({ type: "delivery", message });
      }
    }
  }
}

class Page {
  readonly heard: FromKeyWorker[] = [];
  readonly worker: KeyWorker;
  deadlineMs: number | undefined;

  constructor(room: Room, session: number) {
    this.worker = new KeyWorker({
      nowMs: () => room.nowMs,
      timeOfDay: () => Date.now() / 1000,
      schedule: (atMs) => {
        this.deadlineMs = atMs;
      },
      post: (message) => {
        this.heard.push(message);
        if (message.type === "send") room.send(session, message.message);
      },
    });
  }

  /** A frame worker's end: what it has heard so far. */
  async attachFrames(): Promise<FrameKeyMessage[]> {
    const heard: FrameKeyMessage[] = [];
    const port = { postMessage: (message: FrameKeyMessage) => heard.push(message) };
    await this.worker.onMessage({ type: "frames", port: port as unknown as MessagePort });
    return heard;
  }

  roster(): Extract<FromKeyWorker, { type: "roster" }> {
    const last = this.heard.filter((message) => message.type === "roster").at(-1);
    if (last === undefined) throw new Error("no roster");
    return last;
  }
}

function epochs(heard: readonly FrameKeyMessage[]): (number | "end")[] {
  return heard.map((message) => (message.type === "epoch" ? message.keys.epoch : "end"));
}

it("two people with the same link share an epoch, a list and a code", async () => {
  const room = new Room();
  const ada = await room.arrive();
  await room.run(500);
  const ben = await room.arrive();
  await room.run(3_000);
  expect(ada.roster().epoch).toBe(1);
  expect(ben.roster().members).toHaveLength(2);
  expect(ada.roster().change?.added).toHaveLength(1);
  expect(ben.roster().members[0]?.isModerator).toBe(true);
  for (const page of [ada, ben]) await page.worker.onMessage({ type: "get-code", request: 1 });
  const codes = () =>
    [ada, ben].flatMap(({ heard }) => heard.flatMap((m) => (m.type === "code" ? [m.code] : [])));
  await vi.waitFor(() => expect(codes()).toHaveLength(2));
  expect(codes()[0]).toBe(codes()[1]);
});

it("somebody with another secret stays outside", async () => {
  const room = new Room();
  const ada = await room.arrive();
  await room.run(500);
  const eve = await room.arrive(new Uint8Array(32));
  await room.run(5_000);
  expect(ada.roster().members).toHaveLength(1);
  expect(eve.heard.some(({ type }) => type === "roster")).toBe(false);
  expect(eve.heard.at(-1)).toEqual({ type: "out", why: "not-admitted" });
});

it("frames hear every epoch once, and that it is over", async () => {
  const room = new Room();
  const ada = await room.arrive();
  const heard = await ada.attachFrames();
  await room.run(500);
  const ben = await room.arrive();
  const bens = await ben.attachFrames();
  await room.run(3_000);
  expect(epochs(heard)).toEqual([0, 1]);
  expect(epochs(bens)).toEqual([1]);
  const [, second] = ada.roster().members;
  await ada.worker.onMessage({ type: "remove", pids: [second?.pid ?? new Uint8Array()] });
  await room.run(3_000);
  // The room is locked, Ben is removed, and the room gets another link and is open again.
  expect(epochs(heard)).toEqual([0, 1, 2, 3, 4]);
  expect(epochs(bens)).toEqual([1, 2, "end"]);
  expect(ben.heard.at(-1)).toEqual({ type: "out", why: "removed" });
});

it("a frame worker that comes after another one gets a new epoch, never the same", async () => {
  const room = new Room();
  const ada = await room.arrive();
  const first = await ada.attachFrames();
  await room.run(500);
  expect(epochs(first)).toEqual([0]);
  const second = await ada.attachFrames();
  expect(epochs(second)).toEqual([]);
  await room.run(3_000);
  expect(epochs(second)).toEqual([1]);
  expect(epochs(first)).toEqual([0]);
});

it("a moderator removes somebody and locks the room, and the others follow", async () => {
  const room = new Room();
  const ada = await room.arrive();
  await room.run(500);
  const ben = await room.arrive();
  const cleo = await room.arrive();
  await room.run(5_000);
  const { members, policy } = ada.roster();
  expect(members).toHaveLength(3);
  const gone = ben.roster().members.find(({ leaf }) => leaf === cleo.roster().ownLeaf);
  await ada.worker.onMessage({ type: "remove", pids: [gone?.pid ?? new Uint8Array()] });
  await ada.worker.onMessage({ type: "set-policy", policy: { ...policy, locked: true } });
  await room.run(5_000);
  expect(ben.heard.filter(({ type }) => type === "refused")).toEqual([]);
  for (const page of [ada, ben]) {
    expect(page.roster().members).toHaveLength(2);
    expect(page.roster().policy.locked).toBe(true);
  }
  expect(cleo.heard.at(-1)).toEqual({ type: "out", why: "removed" });
});

it("whoever has a lasting key is known by it to the others, and nobody else is", async () => {
  const pair = (await crypto.subtle.generateKey("Ed25519", false, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const room = new Room();
  const ada = await room.arrive();
  await room.run(1000);
  await room.arrive(undefined, pair);
  await room.run(1000);
  const [roster] = ada.heard.filter((one) => one.type === "roster").slice(-1);
  const key = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  expect(roster?.members.map(({ longTermKey }) => longTermKey)).toEqual([undefined, key]);
});
