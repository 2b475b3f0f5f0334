import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createSpeaking } from "./speaking.ts";
import { FakeClock } from "./testing/fakeClock.ts";

function setUp() {
  const room = new FakeRoom();
  const clock = new FakeClock();
  const speaking = createSpeaking(room, clock);
  const say = (level: number) => room.setLevels(new Map([[7, level]]));
  return { clock, speaking, say, speaks: () => speaking.who.value.has(7) };
}

test("somebody speaks from a clear voice on, through soft words, until a second of silence", () => {
  const { clock, say, speaks } = setUp();
  say(0.05);
  expect(speaks()).toBe(false);
  say(0.2);
  expect(speaks()).toBe(true);
  clock.advance(900);
  say(0.05);
  clock.advance(900);
  expect(speaks()).toBe(true);
  say(0.01);
  clock.advance(100);
  expect(speaks()).toBe(false);
});

test("levels that stop coming are silence", () => {
  const { clock, say, speaks } = setUp();
  say(0.5);
  clock.advance(1000);
  expect(speaks()).toBe(false);
  expect(clock.pending).toBe(0);
});

test("ten levels a second change who speaks once", () => {
  const { clock, say, speaking } = setUp();
  let changes = -1;
  speaking.who.subscribe(() => changes++);
  for (let i = 0; i < 50; i++) {
    say(0.3 + (i % 3) * 0.2);
    clock.advance(100);
  }
  expect(changes).toBe(1);
});

test("each level reaches whoever draws it", () => {
  const { speaking, say } = setUp();
  const seen: (number | undefined)[] = [];
  const stop = speaking.onLevels((levels) => seen.push(levels.get(7)));
  say(0.3);
  say(0.4);
  stop();
  say(0.5);
  expect(seen).toEqual([0.3, 0.4]);
});
