import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createEncryption } from "./encryption.ts";
import { FakeClock } from "./testing/fakeClock.ts";

const WAITING = { state: "waiting", people: 0, epoch: 0 } as const;
const SEALED = { state: "sealed", people: 2, epoch: 1 } as const;

function setUp() {
  const room = new FakeRoom({ encryption: WAITING });
  const clock = new FakeClock();
  return { room, clock, encryption: createEncryption(room, clock) };
}

test("an open room has no lock", () => {
  expect(createEncryption(new FakeRoom(), new FakeClock()).state.value).toBeUndefined();
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
