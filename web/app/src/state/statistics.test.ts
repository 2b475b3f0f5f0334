import type { InboundStats, OutboundStats, RoomStats } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, expect, test } from "vitest";
import { carried, createStatistics, type Statistics, sent } from "./statistics.ts";
import { FakeClock } from "./testing/fakeClock.ts";

const IN: InboundStats = {
  ...{ trackId: 3, source: "camera", kbps: 812.4, framesDecoded: 90, framesPerSecond: 29.7 },
  ...{ width: 1280, height: 720, freezeCount: 1, freezesMs: 340, frozen: false, packetsLost: 4 },
  ...{ lossRatio: 0.0123, jitterBufferMs: 41.6, concealedRatio: 0 },
};
const OUT: OutboundStats = {
  ...{ source: "camera", rid: "h", kbps: 1500, framesPerSecond: 30, width: 1280, height: 720 },
  ...{ active: true, framesSent: 10, limitedBy: "cpu", lossRatio: undefined },
};
const STATS: RoomStats = {
  roundTripMs: 23.4,
  server: undefined,
  availableOutgoingKbps: undefined,
  inbound: [
    IN,
    { ...IN, source: "microphone", kbps: 32, concealedRatio: 0.02 },
    { ...IN, source: undefined },
    { ...IN, kbps: 0 },
  ],
  outbound: [OUT, { ...OUT, rid: "q", active: false }],
};

let room: FakeRoom;
let clock: FakeClock;
let statistics: Statistics;

beforeEach(() => {
  room = new FakeRoom({ displayName: "Me" });
  room.stats = STATS;
  clock = new FakeClock();
  statistics = createStatistics(room, clock);
});

/** Promises that are settled already run their callbacks. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

test("they are looked at once a second while they are shown, and not otherwise", async () => {
  let looks = 0;
  room.getStats = async () => {
    looks++;
    return STATS;
  };
  clock.advance(5000);
  expect(looks).toBe(0);
  statistics.setShown(true);
  await settled();
  expect(statistics.latest.value).toBe(STATS);
  clock.advance(3000);
  expect(looks).toBe(4);
  statistics.setShown(false);
  clock.advance(3000);
  await settled();
  expect(looks).toBe(4);
  expect(statistics.latest.value).toBeUndefined();
});

test("what carries nothing is left out", () => {
  expect(carried(STATS)).toHaveLength(2);
  expect(sent(STATS).map(({ rid }) => rid)).toEqual(["h"]);
});

test("the report says what is known, and names nobody", async () => {
  room.addParticipant("Ana", ["camera"]);
  expect(statistics.report()).toContain("no statistics");
  statistics.setShown(true);
  await settled();
  const [, ...lines] = statistics.report().trim().split("\n");
  expect(lines).toEqual([
    "round trip 23 ms",
    "available upload unknown",
    "sent camera h 1280x720 30 fps 1500 kbps loss unknown limited by cpu",
    "received camera 1280x720 30 fps freezes 1 (340 ms) 812 kbps loss 1.2 % buffer 42 ms",
    "received microphone made up 2.0 % 32 kbps loss 1.2 % buffer 42 ms",
  ]);
  expect(lines.join()).not.toContain("Ana");
});

test("a look that fails is tried again", async () => {
  room.getStats = async () => Promise.reject(new Error("closed"));
  statistics.setShown(true);
  await settled();
  expect(statistics.latest.value).toBeUndefined();
  room.getStats = async () => STATS;
  clock.advance(1000);
  await settled();
  expect(statistics.latest.value).toBe(STATS);
});
