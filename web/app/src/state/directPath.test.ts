import type { Encryption } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createDirectPath } from "./directPath.ts";
import { FakePreferences } from "./testing/fakePorts.ts";

const ENCRYPTION: Encryption = {
  ...{ state: "sealed" as const, people: 2, epoch: 1, locked: false, moderates: true },
  direct: false,
};

test("the way follows the room", () => {
  const room = new FakeRoom({ encryption: ENCRYPTION });
  const path = createDirectPath(room, new FakePreferences());
  expect(path.way.value).toBe("server");
  room.setEncryption({ ...ENCRYPTION, direct: true });
  expect(path.way.value).toBe("direct");
});

test("a meeting that is not encrypted end to end has no other way", () => {
  expect(createDirectPath(new FakeRoom(), new FakePreferences()).way.value).toBeUndefined();
});

test("who keeps the address private does so in the next meeting too", () => {
  const room = new FakeRoom({ encryption: ENCRYPTION });
  const store = new FakePreferences();
  createDirectPath(room, store).setPrivate(true);
  expect(room.isAddressPrivate).toBe(true);
  expect(createDirectPath(room, store).isPrivate.value).toBe(true);
});
