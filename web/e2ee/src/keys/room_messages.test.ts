import { expect, it, vi } from "vitest";
import { type Delivered, DeliveryService } from "../testing/delivery_service.ts";
import { TestGroup } from "../testing/people.ts";
import { utf8 } from "./bytes.ts";
import type { FromDelivery } from "./delivery_messages.ts";
import { KeyWorker } from "./key_worker.ts";
import type { Presence } from "./presence.ts";
import type { RelayedMessage } from "./room_messages.ts";
import type { FromKeyWorker } from "./worker_protocol.ts";

// Real cryptography, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 });

const CHAT = 2;
type Told<T extends FromKeyWorker["type"]> = Extract<FromKeyWorker, { type: T }>;

/** Pages with numbers from 1, and a server that relays what it is given. */
class Room {
  nowMs = 0;
  readonly pages: Page[] = [];
  readonly relayed: { from: number; message: RelayedMessage }[] = [];
  /** What the server makes of a message on its way to somebody; undefined: it keeps it. */
  relay: (message: RelayedMessage, to: number) => RelayedMessage | undefined = (message) => message;
  /** The server gives what is addressed to one to everybody. */
  givesToAll = false;
  /** Where the server says that newcomers are. */
  placeOf: (participant: number) => number = (participant) => participant;
  readonly #service = new DeliveryService();
  readonly #deliveries: Delivered[] = [];

  async arrive(name: string): Promise<Page> {
    const page = await this.announce(name);
    await this.run(3_000);
    return page;
  }

  /** Asks to be let in. */
  async announce(name: string): Promise<Page> {
    const page = new Page(this, this.pages.length + 1);
    this.pages.push(page);
    await page.present(name);
    const secret = new Uint8Array(32).fill(7);
    await page.worker.onMessage({ type: "start", roomId: "r/room", secret });
    return page;
  }

  onPost(from: number, message: FromKeyWorker): void {
    if (message.type === "send") {
      this.#service.onMessage(this.nowMs, from, message.message, this.#deliveries);
    } else if (message.type === "relay") this.relayed.push({ from, message });
  }

  async run(ms: number): Promise<void> {
    for (const end = this.nowMs + ms; this.nowMs < end; this.nowMs += 50) {
      for (const page of this.pages) {
        if ((page.deadlineMs ?? Number.POSITIVE_INFINITY) <= this.nowMs) {
          await page.worker.onDeadline();
        }
      }
      if ((this.#service.nextDeadlineMs() ?? Number.POSITIVE_INFINITY) <= this.nowMs) {
        this.#service.onDeadline(this.nowMs, this.#deliveries);
      }
      for (const { session, message } of this.#deliveries.splice(0)) {
        const arrives = message.type === "work" ? this.#placed(message) : message;
        await this.pages[session - 1]?.worker.onMessage({ type: "delivery", message: arrives });
      }
      await this.#deliverRelayed();
    }
  }

  #placed(work: Extract<FromDelivery, { type: "work" }>): FromDelivery {
    const joins = work.joins.map((one) => ({ ...one, participant: this.placeOf(one.participant) }));
    return { ...work, joins };
  }

  async #deliverRelayed(): Promise<void> {
    for (const { from, message } of this.relayed.splice(0)) {
      for (const page of this.pages) {
        const isFor =
          this.givesToAll || message.to.length === 0 || message.to.includes(page.number);
        if (page.number === from || !isFor) continue;
        const arrives = this.relay(message, page.number);
        if (arrives !== undefined) await page.worker.onMessage({ ...arrives, type: "relayed" });
      }
    }
  }
}

class Page {
  readonly heard: FromKeyWorker[] = [];
  readonly worker: KeyWorker;
  deadlineMs: number | undefined;

  constructor(
    room: Room,
    readonly number: number,
  ) {
    this.worker = new KeyWorker({
      nowMs: () => room.nowMs,
      timeOfDay: () => Date.now() / 1000,
      schedule: (atMs) => {
        this.deadlineMs = atMs;
      },
      post: (message) => {
        this.heard.push(message);
        room.onPost(number, message);
      },
    });
  }

  present(name: string): Promise<void> {
    return this.worker.onMessage({ type: "presence", participant: this.number, body: utf8(name) });
  }

  say(text: string): Promise<void> {
    return this.worker.onMessage({ type: "say", messageClass: CHAT, to: [], body: utf8(text) });
  }

  all<T extends FromKeyWorker["type"]>(type: T): Told<T>[] {
    return this.heard.filter((message) => message.type === type) as Told<T>[];
  }

  presences(): Presence[] {
    return this.all("presences").flatMap(({ presences }) => presences);
  }

  /** The newest name of everybody, with the number that goes with it. */
  names(): string[] {
    const newest = new Map(
      this.presences().map((one) => [String(one.pid), `${one.participant} ${text(one.body)}`]),
    );
    return [...newest.values()].sort();
  }

  /** Of the page with this number. */
  pidOf(number: number): Uint8Array {
    const pid = this.presences().find((one) => one.participant === number)?.pid;
    if (pid === undefined) throw new Error(`nobody says to be ${number}`);
    return pid;
  }

  chat(): string[] {
    return this.all("said").map(({ body }) => text(body));
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

it("names are told to all, and newcomers hear those of all before them", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  const ben = await room.arrive("Ben");
  const cleo = await room.arrive("Cleo");
  expect(ada.names()).toEqual(["2 Ben", "3 Cleo"]);
  expect(ben.names()).toEqual(["1 Ada", "3 Cleo"]);
  expect(cleo.names()).toEqual(["1 Ada", "2 Ben"]);
  await ben.present("Benedikt");
  await room.run(100);
  expect(ada.names()).toEqual(["2 Benedikt", "3 Cleo"]);
});

it("a newcomer hears all names in one message, addressed to it", async () => {
  const room = new Room();
  for (const name of ["Ada", "Ben", "Cleo"]) await room.arrive(name);
  const addressed: number[][] = [];
  room.relay = (message) => {
    if (message.to.length > 0) addressed.push([...message.to]);
    return message;
  };
  const dan = await room.arrive("Dan");
  expect(addressed).toEqual([[4]]);
  expect(dan.names()).toEqual(["1 Ada", "2 Ben", "3 Cleo"]);
});

it("a newcomer hears all names before anybody has heard of it", async () => {
  const room = new Room();
  for (const name of ["Ada", "Ben", "Cleo"]) await room.arrive(name);
  room.relay = (message) => (message.to.length === 0 ? undefined : message);
  const dan = await room.arrive("Dan");
  expect(dan.names()).toEqual(["1 Ada", "2 Ben", "3 Cleo"]);
});

it.each([0, 1, 99])(
  "a newcomer hears all names where the server says that it is %i",
  async (place) => {
    const room = new Room();
    for (const name of ["Ada", "Ben", "Cleo"]) await room.arrive(name);
    room.placeOf = () => place;
    const dan = await room.announce("Dan");
    await room.run(1_000);
    expect(dan.names()).toEqual(["1 Ada", "2 Ben", "3 Cleo"]);
  },
);

it("newcomers who come together are told together, beyond the first", async () => {
  const room = new Room();
  await room.arrive("Ada");
  await room.arrive("Ben");
  const addressed: number[][] = [];
  room.relay = (message, to) => {
    if (message.to[0] === to) addressed.push([...message.to]);
    return message;
  };
  const crowd = ["Cleo", "Dan", "Eve", "Fay"].map((name) => room.announce(name));
  await Promise.all(crowd);
  await room.run(6_000);
  expect(addressed.length).toBeLessThan(crowd.length);
  expect(addressed.flat().sort()).toEqual([3, 4, 5, 6]);
  for (const page of room.pages) expect(page.names()).toHaveLength(5);
});

it("a newcomer asks where the one who let it in does not tell", async () => {
  const room = new Room();
  await room.arrive("Ada");
  await room.arrive("Ben");
  let kept = 0;
  room.relay = (message) => {
    const isSnapshot = message.to.includes(3) && kept++ === 0;
    return isSnapshot ? undefined : message;
  };
  const cleo = await room.arrive("Cleo");
  await room.run(5_000);
  expect(cleo.names()).toEqual(["1 Ada", "2 Ben"]);
});

it("chat says who wrote it, and the server can neither change nor repeat it", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  const ben = await room.arrive("Ben");
  room.relay = (message) => message;
  await ada.say("hello");
  expect(room.relayed.map(({ message }) => text(message.payload))).not.toContain("hello");
  const [sealed] = room.relayed;
  await room.run(100);
  expect(ben.chat()).toEqual(["hello"]);
  expect(ben.all("said")[0]?.pid).toEqual(ben.all("roster").at(-1)?.members[0]?.pid);
  const payload = sealed?.message.payload ?? new Uint8Array();
  const again = { type: "relayed", messageClass: CHAT, to: [], payload } as const;
  await ben.worker.onMessage(again);
  await ben.worker.onMessage({ ...again, messageClass: 4 });
  await ben.worker.onMessage({ ...again, to: [2] });
  expect(ben.chat()).toEqual(["hello"]);
  expect(ben.all("refused").map(({ why }) => why)).toEqual([
    "message: replayed",
    "message: replayed",
    "message: replayed",
  ]);
});

it("a message whose class or addressee was changed on the way is not heard", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  const ben = await room.arrive("Ben");
  const changes: ((message: RelayedMessage) => RelayedMessage)[] = [
    (message) => ({ ...message, messageClass: 4 }),
    (message) => ({ ...message, to: [2] }),
  ];
  for (const change of changes) {
    room.relay = change;
    await ada.say("vote: no");
    await room.run(100);
  }
  expect(ben.chat()).toEqual([]);
  expect(ben.all("refused").map(({ why }) => why)).toEqual(["message: forged", "message: forged"]);
});

it("who comes later does not read what was said before", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  await ada.say("between us");
  const [said] = room.relayed;
  const ben = await room.arrive("Ben");
  const payload = said?.message.payload ?? new Uint8Array();
  await ben.worker.onMessage({ type: "relayed", messageClass: CHAT, to: [], payload });
  expect(ben.chat()).toEqual([]);
});

it("who joins anew is told of again, with its name", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  const ben = await room.arrive("Ben");
  await ben.worker.onMessage({ type: "rejoin" });
  expect(ben.heard.some((message) => message.type === "out")).toBe(true);
  await room.run(4_000);
  const pids = ada
    .all("roster")
    .at(-1)
    ?.members.map(({ pid }) => String(pid));
  expect(pids).toHaveLength(2);
  const newest = ada.presences().at(-1);
  expect(pids).toContain(String(newest?.pid));
  await ada.say("welcome back");
  await room.run(100);
  expect(ben.chat()).toEqual(["welcome back"]);
});

/** As the page does it: addressed to the server's number, sealed to the member. */
async function whisper(room: Room, from: Page, to: Page, words: string): Promise<void> {
  const onlyFor = from.presences().findLast(({ participant }) => participant === to.number)?.pid;
  const message = { messageClass: CHAT, to: [to.number], body: utf8(words), onlyFor };
  await from.worker.onMessage({ type: "say", ...message });
  await room.run(100);
}

function heard(page: Page): string[][] {
  return page.all("said").map(({ body, audience }) => [text(body), audience]);
}

it("a private message is read by the one it is for, and by no other member", async () => {
  const room = new Room();
  const [ada, ben, cleo] = [
    await room.arrive("Ada"),
    await room.arrive("Ben"),
    await room.arrive("Cleo"),
  ];
  room.givesToAll = true;
  await whisper(room, ada, ben, "for you");
  await ada.say("for all");
  await room.run(100);
  expect(heard(ben)).toEqual([
    ["for you", "one"],
    ["for all", "all"],
  ]);
  expect(heard(cleo)).toEqual([["for all", "all"]]);
  expect(cleo.all("refused").map(({ why }) => why)).toEqual(["message: not for this member"]);
});

it("private messages go on when leaf keys change", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  const ben = await room.arrive("Ben");
  // Everybody commits, and so has a new leaf key, every ten minutes at the latest.
  await room.run(1_300_000);
  await whisper(room, ada, ben, "to a new key");
  await whisper(room, ben, ada, "and back");
  expect([heard(ben), heard(ada)]).toEqual([[["to a new key", "one"]], [["and back", "one"]]]);
});

it("one that was on its way while somebody came is read all the same", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  const ben = await room.arrive("Ben");
  const kept: RelayedMessage[] = [];
  room.relay = (message, to) => {
    if (to === ben.number && message.messageClass === CHAT) kept.push(message);
    return message.messageClass === CHAT ? undefined : message;
  };
  await whisper(room, ada, ben, "slow");
  await room.arrive("Cleo");
  for (const message of kept) await ben.worker.onMessage({ ...message, type: "relayed" });
  expect(heard(ben)).toEqual([["slow", "one"]]);
});

it("a member cannot pass a private message on as its own, nor to another", async () => {
  const group = await TestGroup.of(3);
  const [ada, ben, cleo] = [group.at(0), group.at(1), group.at(2)];
  const place = utf8("ada to ben");
  const sealed = await ada.sealTo(ben.ownLeaf, place, utf8("secret"));
  expect(text((await ben.leafOpener()(place, sealed)) ?? utf8(""))).toBe("secret");
  expect(await ben.leafOpener()(utf8("cleo to ben"), sealed)).toBeUndefined();
  expect(await cleo.leafOpener()(place, sealed)).toBeUndefined();
  expect(await ben.leafOpener()(place, utf8("short"))).toBeUndefined();
});

it("without such a member nothing is said", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  const ben = await room.arrive("Ben");
  room.relayed.length = 0;
  const message = { messageClass: CHAT, to: [2], body: utf8("psst"), onlyFor: new Uint8Array(16) };
  await ada.worker.onMessage({ type: "say", ...message });
  expect(room.relayed).toEqual([]);
  await room.run(100);
  expect(ben.chat()).toEqual([]);
  expect(ada.all("refused").at(-1)?.why).toBe("message: nobody to seal it to");
});

it("two members compare, and see the same; a third hears nothing of it", async () => {
  const room = new Room();
  const ada = await room.arrive("Ada");
  const ben = await room.arrive("Ben");
  const cleo = await room.arrive("Cleo");
  room.givesToAll = true;
  const [ofBen, ofAda] = [cleo.pidOf(2), cleo.pidOf(1)];
  await ada.worker.onMessage({ type: "compare", act: "begin", pid: ofBen, to: 2 });
  await room.run(100);
  expect(ben.all("comparison").map(({ step }) => step.type)).toEqual(["asked"]);
  await ben.worker.onMessage({ type: "compare", act: "accept", pid: ofAda, to: 1 });
  await room.run(200);
  const [adas, bens] = [ada, ben].map((page) => page.all("comparison").at(-1)?.step);
  expect(adas).toMatchObject({ type: "shown" });
  expect(adas).toEqual(bens);
  expect([...cleo.all("comparison"), ...cleo.all("said")]).toEqual([]);
});
