import { expect, test } from "vitest";
import { PathPings } from "./path_pings.ts";

test("the round trip is without the time that a ping lay at the other end, on other clocks", () => {
  const ana = new PathPings();
  const ben = new PathPings();
  const offsetMs = 1e6;
  ben.take(1030 + offsetMs, ana.next(1000).buffer);
  ana.take(1130, ben.next(1100 + offsetMs).buffer);
  expect(ana.look().roundTripMs).toBe(60);
  expect(ana.look().roundTripMs).toBeUndefined();
});

test("what did not come is counted by what came after it, look by look", () => {
  const ana = new PathPings();
  const ben = new PathPings();
  for (let i = 0; i < 50; i++) {
    const ping = ana.next(i * 100);
    if (i % 5 !== 0) ben.take(i * 100, ping.buffer);
  }
  expect(ben.look().lossRatio).toBeCloseTo(0.2);
  for (let i = 0; i < 50; i++) ben.take(i * 100, ana.next(i * 100).buffer);
  expect(ben.look().lossRatio).toBe(0);
  expect(ben.look().lossRatio).toBe(0);
});

test("anything else is no sign of life", () => {
  expect(new PathPings().take(0, new ArrayBuffer(3))).toBe(false);
});
