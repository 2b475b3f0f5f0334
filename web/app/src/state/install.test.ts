import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { cell } from "./cells.ts";
import { GOOD_CALL_MS, watchForGoodCall } from "./goodCall.ts";
import { createInstall } from "./install.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePreferences } from "./testing/fakePorts.ts";

function setUp(preferences = new FakePreferences()) {
  const available = cell(false);
  let asked = 0;
  const prompt = { available, ask: async () => void asked++ };
  return {
    available,
    preferences,
    install: createInstall(prompt, preferences),
    asked: () => asked,
  };
}

test("is offered after a good call where the browser can, and asked for once", async () => {
  const { available, preferences, install, asked } = setUp();
  install.onGoodCall();
  expect(install.offered.value).toBe(false);
  available.value = true;
  expect(install.offered.value).toBe(true);
  await install.accept();
  expect([install.offered.value, asked()]).toEqual([false, 1]);
  const later = setUp(preferences);
  later.available.value = true;
  later.install.onGoodCall();
  expect(later.install.offered.value).toBe(false);
});

test("is not offered before a good call, nor again to who declined", () => {
  const { available, install, asked } = setUp();
  available.value = true;
  expect(install.offered.value).toBe(false);
  install.onGoodCall();
  install.decline();
  expect([install.offered.value, asked()]).toEqual([false, 0]);
});

test("a call is good after a minute with somebody over a standing connection", () => {
  const room = new FakeRoom();
  const clock = new FakeClock();
  let good = 0;
  watchForGoodCall(room, clock, () => void good++);
  clock.advance(10 * GOOD_CALL_MS);
  const ana = room.addParticipant("Ana");
  clock.advance(GOOD_CALL_MS - 1);
  room.removeParticipant(ana.id);
  clock.advance(GOOD_CALL_MS);
  room.addParticipant("Ben");
  clock.advance(GOOD_CALL_MS / 2);
  room.setState("reconnecting");
  clock.advance(GOOD_CALL_MS);
  expect(good).toBe(0);
  room.setState("connected");
  clock.advance(GOOD_CALL_MS);
  room.addParticipant("Cleo");
  clock.advance(10 * GOOD_CALL_MS);
  expect(good).toBe(1);
});

test("a call that ended before is not", () => {
  const room = new FakeRoom();
  const clock = new FakeClock();
  let good = 0;
  room.addParticipant("Ana");
  const stop = watchForGoodCall(room, clock, () => void good++);
  stop();
  clock.advance(2 * GOOD_CALL_MS);
  expect(good).toBe(0);
});
