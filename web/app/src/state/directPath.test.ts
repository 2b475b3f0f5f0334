import type { Encryption } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createDirectPath } from "./directPath.ts";
import type { Preferences } from "./ports.ts";

const ENCRYPTION: Encryption = {
  ...{ state: "sealed" as const, people: 2, epoch: 1, locked: false, moderates: true },
  direct: false,
};

function preferences(start: Preferences = {}) {
  let held = start;
  return {
    read: () => held,
    write: (change: Preferences) => {
      held = { ...held, ...change };
    },
  };
}

test("the way follows the room", () => {
  const room = new FakeRoom({ encryption: ENCRYPTION });
  const path = createDirectPath(room, preferences());
  expect(path.way.value).toBe("server");
  room.setEncryption({ ...ENCRYPTION, direct: true });
  expect(path.way.value).toBe("direct");
});

test("a meeting that is not encrypted end to end has no other way", () => {
  expect(createDirectPath(new FakeRoom(), preferences()).way.value).toBeUndefined();
});

test("who keeps the address private does so in the next meeting too", () => {
  const room = new FakeRoom({ encryption: ENCRYPTION });
  const store = preferences();
  createDirectPath(room, store).setPrivate(true);
  expect(room.isAddressPrivate).toBe(true);
  expect(createDirectPath(room, store).isPrivate.value).toBe(true);
});
