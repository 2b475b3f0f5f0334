import { ConclaveError, type ParticipantId } from "@conclave/sdk";
import {
  decodeFile,
  encodeFile,
  FILE_PART_BYTES,
  type FileWord,
  makeMessageId,
} from "@conclave/sdk/messages";
import { FakeRoom } from "@conclave/sdk/testing";
import { describe, expect, test, vi } from "vitest";
import { createNotices } from "../notices.ts";
import { FakeClock } from "../testing/fakeClock.ts";
import { digestOf } from "./fileDownload.ts";
import { createFiles, type Files, type SharedFile } from "./files.ts";

/** Reading and hashing are the machine's, which may have other things to do. */
vi.setConfig({ testTimeout: 60_000 });

/** One person's client, whose messages a test carries by hand. */
class Person {
  readonly clock = new FakeClock();
  readonly room: FakeRoom;
  readonly files: Files;
  readonly saved: { name: string; content: Blob }[] = [];
  unread = 0;
  #ids = 0;

  constructor() {
    this.room = new FakeRoom({ now: () => this.clock.now() });
    this.room.on("message", (message) => this.files.onMessage(message));
    this.files = createFiles({
      room: this.room,
      clock: this.clock,
      notices: createNotices(this.clock),
      newId: () => makeMessageId((into) => into.fill(++this.#ids)),
      saveFile: (name, content) => void this.saved.push({ name, content }),
      onNew: () => void this.unread++,
      faces: {
        urlOf: (bytes) => (bytes[0] === 0xff ? `blob:${bytes.length}` : undefined),
        forget: () => {},
      },
    });
  }

  /** What it has said since it was last asked. */
  take(): { readonly to: ParticipantId | undefined; readonly word: FileWord }[] {
    return this.room.sent.splice(0).map((sent) => {
      const word = decodeFile(sent.body);
      if (word === undefined || sent.kind !== "file") throw new Error("no word about a file");
      return { ...sent, word };
    });
  }

  hear(from: ParticipantId, word: FileWord, isPrivate = false): void {
    this.room.receive(from, "file", encodeFile(word), isPrivate);
  }

  get last(): SharedFile {
    const last = this.files.list.value.at(-1);
    if (last === undefined) throw new Error("no file here");
    return last;
  }
}

function content(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) % 256);
}

function fileOf(bytes: Uint8Array<ArrayBuffer>, name = "report.pdf"): File {
  return new File([bytes], name, { type: "text/html" });
}

/** Hashing and reading take turns of the machine, not of the clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve));
}

/** Ben is told by Ana of a file, and of the parts that Ana sends. */
function pair() {
  const ana = new Person();
  const ben = new Person();
  const benAtAnas = ana.room.addParticipant("Ben").id;
  const anaAtBens = ben.room.addParticipant("Ana").id;
  /** Everything that is on its way arrives, unless it is lost. */
  const carry = (isLost: (word: FileWord) => boolean = () => false): number => {
    let carried = 0;
    for (const { word, to } of ana.take()) {
      if (!isLost(word)) ben.hear(anaAtBens, word, to !== undefined);
      carried++;
    }
    for (const { word, to } of ben.take()) {
      if (!isLost(word)) ana.hear(benAtAnas, word, to !== undefined);
      carried++;
    }
    return carried;
  };
  const run = async (turns: number, isLost?: (word: FileWord) => boolean): Promise<void> => {
    for (let i = 0; i < turns; i++) {
      carry(isLost);
      for (const { clock } of [ana, ben]) clock.advance(50);
      await settle();
    }
    carry(isLost);
  };
  return { ana, ben, benAtAnas, anaAtBens, carry, run };
}

const THREE_QUESTIONS = 8 * FILE_PART_BYTES + 17;

describe("a file", () => {
  test("comes whole to who wants it, and only then, under its name and as no type", async () => {
    const { ana, ben, carry, run } = pair();
    const bytes = content(THREE_QUESTIONS);
    await ana.files.give([fileOf(bytes, "../\u202epdf.exe")], undefined);
    expect(ana.last.state.type).toBe("given");
    carry();
    expect([ben.last.offer.name, ben.last.state.type, ben.unread]).toEqual([
      "pdf.exe",
      "offered",
      1,
    ]);
    await run(5);
    expect(ben.saved).toHaveLength(0);
    ben.files.fetch(ben.last.key);
    await run(16);
    expect(ben.last.state.type).toBe("here");
    const [saved] = ben.saved;
    expect(saved?.name).toBe("pdf.exe");
    expect(saved?.content.type).toBe("application/octet-stream");
    expect(new Uint8Array((await saved?.content.arrayBuffer()) ?? [])).toEqual(bytes);
  });

  test("comes whole though every third message is lost", async () => {
    const { ana, ben, carry, run } = pair();
    const bytes = content(THREE_QUESTIONS);
    await ana.files.give([fileOf(bytes)], undefined);
    carry();
    ben.files.fetch(ben.last.key);
    let count = 0;
    for (let i = 0; i < 12 && ben.last.state.type !== "here"; i++) {
      await run(14, () => ++count % 3 === 0);
      for (const { clock } of [ana, ben]) clock.advance(6000);
    }
    expect(ben.last.state.type).toBe("here");
    expect(new Uint8Array((await ben.saved[0]?.content.arrayBuffer()) ?? [])).toEqual(bytes);
  });

  test("is sent no faster than the pace, and slower where sound needs the way up", async () => {
    for (const [upload, partsMax] of [
      ["good", 21],
      ["fair", 6],
      ["poor", 2],
    ] as const) {
      const { ana, ben, carry } = pair();
      ana.room.setQuality({ upload });
      await ana.files.give([fileOf(content(40 * FILE_PART_BYTES))], undefined);
      carry();
      ben.files.fetch(ben.last.key);
      let parts = 0;
      for (let ms = 0; ms < 1000; ms += 25) {
        carry(({ type }) => {
          parts += Number(type === "part");
          return false;
        });
        ana.clock.advance(25);
        await settle();
      }
      expect(parts, upload).toBeLessThanOrEqual(partsMax);
      expect(parts, upload).toBeGreaterThanOrEqual(partsMax / 2);
    }
  });

  test("is had by its recipient alone, and asked for by nobody else", async () => {
    const { ana, ben, benAtAnas, run } = pair();
    const cleo = ana.room.addParticipant("Cleo").id;
    await ana.files.give([fileOf(content(100))], benAtAnas);
    const [offer] = ana.take();
    expect(offer?.to).toBe(benAtAnas);
    const { id } = ana.last.offer;
    ana.hear(cleo, { type: "ask", id, from: 0, count: 1 }, true);
    await settle();
    ana.clock.advance(1000);
    await settle();
    expect(ana.take().map(({ word, to }) => [word.type, to])).toEqual([["withdraw", cleo]]);
    if (offer?.word) ben.hear(2, offer.word, true);
    expect(ben.last.privateWith?.name).toBe("Ana");
    ben.files.fetch(ben.last.key);
    await run(4);
    expect(ben.last.state.type).toBe("here");
  });

  test("of somebody who leaves, or takes it back, is not to be had any more", async () => {
    const { ana, ben, anaAtBens, carry, run } = pair();
    await ana.files.give([fileOf(content(THREE_QUESTIONS)), fileOf(content(10))], undefined);
    carry();
    const [first, second] = ben.files.list.value;
    if (first === undefined || second === undefined) throw new Error("no files");
    ben.files.fetch(first.key);
    await run(3);
    expect(ben.files.list.value[0]?.state.type).toBe("coming");
    ana.files.withdraw(ana.files.list.value[0]?.key ?? 0);
    await run(1);
    expect(ben.files.list.value.map(({ state }) => state.type)).toEqual(["gone", "offered"]);
    ben.room.removeParticipant(anaAtBens);
    expect(ben.last.state.type).toBe("gone");
    ben.clock.advance(100_000);
    expect(ben.take()).toEqual([]);
  });

  test("that stops coming is said to; trying again goes on where it stopped", async () => {
    const { ana, ben, carry, run } = pair();
    await ana.files.give([fileOf(content(THREE_QUESTIONS))], undefined);
    carry();
    ben.files.fetch(ben.last.key);
    await run(6);
    for (let i = 0; i < 30; i++) ben.clock.advance(10_000);
    expect(ben.last.state).toEqual({ type: "failed", why: "stalled" });
    ben.take();
    ben.files.fetch(ben.last.key);
    const [asked] = ben.take();
    expect(asked?.word).toMatchObject({ type: "ask" });
  });

  test("is asked for at once when the connection is back", async () => {
    const { ana, ben, carry } = pair();
    await ana.files.give([fileOf(content(THREE_QUESTIONS))], undefined);
    carry();
    ben.files.fetch(ben.last.key);
    expect(ben.take()).toHaveLength(1);
    ben.room.setState("reconnecting");
    ben.room.setState("connected");
    expect(ben.take().map(({ word }) => word.type)).toEqual(["ask"]);
  });

  test("is cancelled for good", async () => {
    const { ana, ben, carry } = pair();
    await ana.files.give([fileOf(content(THREE_QUESTIONS))], undefined);
    carry();
    ben.files.fetch(ben.last.key);
    ben.files.cancel(ben.last.key);
    ben.take();
    ben.clock.advance(100_000);
    expect([ben.last.state.type, ben.take().length]).toEqual(["offered", 0]);
  });

  test("that is too large, empty or not allowed is not given", async () => {
    const { ana, benAtAnas } = pair();
    ana.room.fileBytesMax = 1000;
    await ana.files.give([fileOf(content(1001)), fileOf(content(0))], undefined);
    ana.room.update(ana.room.localId, { role: "participant" });
    ana.room.setRules({ reservedMessages: ["file"] });
    expect([ana.files.mayGive(undefined), ana.files.mayGive(benAtAnas)]).toEqual([false, false]);
    await ana.files.give([fileOf(content(10))], undefined);
    ana.room.update(benAtAnas, { role: "host" });
    expect(ana.files.mayGive(benAtAnas)).toBe(true);
    ana.room.fileBytesMax = 0;
    expect(ana.files.mayGive(benAtAnas)).toBe(false);
    expect([ana.take().length, ana.files.list.value.length]).toEqual([0, 0]);
  });

  test("that could not be announced is not in the list", async () => {
    const { ana } = pair();
    ana.room.send = () => {
      throw new ConclaveError("person-gone", "left");
    };
    await ana.files.give([fileOf(content(10))], 2);
    expect(ana.files.list.value).toEqual([]);
  });
});

describe("somebody hostile", () => {
  async function offered(bytes: Uint8Array<ArrayBuffer>, change: object = {}) {
    const ben = new Person();
    const mallory = ben.room.addParticipant("Mallory").id;
    const digest = await digestOf(bytes);
    const id = makeMessageId((into) => into.fill(9));
    const offer = { id, name: "a.bin", size: bytes.length, digest, ...change };
    ben.hear(mallory, { type: "offer", ...offer });
    const part = (index: number, of = bytes) =>
      ({
        ...({ type: "part", id, index } as const),
        bytes: of.slice(index * FILE_PART_BYTES, (index + 1) * FILE_PART_BYTES),
      }) satisfies FileWord;
    return { ben, mallory, part };
  }

  test("who sends something else than was announced is found out", async () => {
    const bytes = content(3 * FILE_PART_BYTES);
    const { ben, mallory, part } = await offered(bytes);
    ben.files.fetch(ben.last.key);
    const other = bytes.map((byte) => byte ^ 1);
    for (const index of [0, 1, 2]) ben.hear(mallory, part(index, other), true);
    await settle();
    expect(ben.last.state).toEqual({ type: "failed", why: "damaged" });
    expect(ben.saved).toEqual([]);
    // Nothing of it is kept: from the beginning, and true this time.
    ben.files.fetch(ben.last.key);
    for (const index of [2, 0, 1]) ben.hear(mallory, part(index), true);
    await settle();
    expect(ben.last.state.type).toBe("here");
  });

  test("parts that nobody asked for, again, too short, elsewhere or to all change nothing", async () => {
    const bytes = content(6 * FILE_PART_BYTES);
    const { ben, mallory, part } = await offered(bytes);
    const eve = ben.room.addParticipant("Eve").id;
    ben.hear(mallory, part(0), true);
    expect(ben.last.state.type).toBe("offered");
    ben.files.fetch(ben.last.key);
    const false0 = { ...part(0), bytes: new Uint8Array(FILE_PART_BYTES) };
    ben.hear(eve, false0, true);
    ben.hear(mallory, false0, false);
    ben.hear(mallory, { ...part(0), bytes: part(0).bytes.slice(1) }, true);
    ben.hear(mallory, part(5), true);
    ben.hear(mallory, { ...part(0), index: 4_000_000_000 }, true);
    expect(ben.last.state).toEqual({ type: "coming", share: 0 });
    ben.hear(mallory, part(0), true);
    ben.hear(mallory, false0, true);
    for (const index of [1, 2, 3, 4, 5]) ben.hear(mallory, part(index), true);
    await settle();
    expect(ben.last.state.type).toBe("here");
  });

  test("who offers more than is allowed, or the same id twice, is not listed", async () => {
    const { ben, mallory } = await offered(content(10));
    const { offer } = ben.last;
    ben.hear(mallory, { type: "offer", ...offer, name: "other.exe" });
    const id = makeMessageId((into) => into.fill(8));
    ben.hear(mallory, { type: "offer", ...offer, id, size: ben.room.fileBytesMax + 1 });
    expect(ben.files.list.value.map(({ offer }) => offer.name)).toEqual(["a.bin"]);
  });

  test("who takes back what another gave takes back nothing", async () => {
    const { ben } = await offered(content(10));
    const eve = ben.room.addParticipant("Eve").id;
    ben.hear(eve, { type: "withdraw", id: ben.last.offer.id });
    expect(ben.last.state.type).toBe("offered");
  });

  test("who offers without end fills no list", async () => {
    const { ben, mallory } = await offered(content(10));
    const { offer } = ben.last;
    for (let i = 10; i < 250; i++) {
      const id = makeMessageId((into) => into.fill(i));
      ben.hear(mallory, { type: "offer", ...offer, id });
    }
    expect(ben.files.list.value.length).toBe(200);
  });

  test("of one person one file comes at a time, and of three people at most", async () => {
    const ben = new Person();
    const digest = await digestOf(content(10));
    let ids = 0;
    for (const name of ["Eve", "Mallory", "Trudy", "Oscar"]) {
      const { id: from } = ben.room.addParticipant(name);
      for (const file of ["1", "2"]) {
        const id = makeMessageId((into) => into.fill(++ids));
        ben.hear(from, { type: "offer", id, name: file, size: 10, digest });
      }
    }
    for (const { key } of ben.files.list.value) ben.files.fetch(key);
    expect(ben.files.list.value.map(({ state }) => state.type)).toEqual([
      ...["coming", "waiting", "coming", "waiting", "coming", "waiting", "waiting", "waiting"],
    ]);
    expect(ben.take()).toHaveLength(3);
  });
});
