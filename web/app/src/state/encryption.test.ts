import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createEncryption } from "./encryption.ts";
import { createNotices } from "./notices.ts";
import { FakeClock } from "./testing/fakeClock.ts";

const FREE = { locked: false, moderates: true, direct: false };
const WAITING = { state: "waiting", people: 0, epoch: 0, ...FREE } as const;
const SEALED = { state: "sealed", people: 2, epoch: 1, ...FREE } as const;

function setUp() {
  const room = new FakeRoom({ encryption: WAITING });
  const clock = new FakeClock();
  const notices = createNotices(clock);
  return { room, clock, notices, encryption: createEncryption(room, clock, notices, false) };
}

test("an open room has no lock", () => {
  const clock = new FakeClock();
  const encryption = createEncryption(new FakeRoom(), clock, createNotices(clock), false);
  expect(encryption.state.value).toBeUndefined();
});

test("only waiting that lasts is spoken of", () => {
  const { room, clock, encryption } = setUp();
  clock.advance(1000);
  expect(encryption.trouble.value).toBeUndefined();
  clock.advance(1000);
  expect(encryption.trouble.value).toBe("waiting");
  room.setEncryption(SEALED);
  expect(encryption.trouble.value).toBeUndefined();
  expect(encryption.people.value).toBe(2);
  room.setEncryption({ ...WAITING, state: "mending" });
  clock.advance(2000);
  expect(encryption.trouble.value).toBe("mending");
});

test("the code is worked out while it is looked at, for the people of that moment", async () => {
  const { room, encryption } = setUp();
  room.setEncryption(SEALED);
  await Promise.resolve();
  expect(encryption.code.value).toEqual([]);
  const codes: ((code: string) => void)[] = [];
  room.roomCode = () => new Promise((resolve) => codes.push(resolve));
  encryption.setOpen(true);
  room.setEncryption({ ...SEALED, people: 3, epoch: 2 });
  codes[0]?.("1 2 3");
  await Promise.resolve();
  expect(encryption.code.value).toEqual([]);
  codes[1]?.("4 5 6");
  await Promise.resolve();
  expect(encryption.code.value).toEqual(["4", "5", "6"]);
});

test("that the meeting is locked is told to all, once", () => {
  const { room, notices, encryption } = setUp();
  room.setEncryption(SEALED);
  expect(notices.toasts.value).toEqual([]);
  encryption.setLocked(true);
  room.setEncryption({ ...SEALED, locked: true, epoch: 2 });
  expect(encryption.locked.value).toBe(true);
  expect(notices.toasts.value.map(({ text }) => text)).toEqual([
    "The meeting is locked: nobody new gets in.",
  ]);
  encryption.setLocked(false);
  expect(notices.toasts.value.map(({ text }) => text)).toEqual([
    "The meeting is open to its link again.",
  ]);
});
