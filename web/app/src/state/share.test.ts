import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, expect, test } from "vitest";
import { createNotices } from "./notices.ts";
import { createShare, type Share } from "./share.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakeDevices } from "./testing/fakePorts.ts";
import { type FakeTrack, fakeTrack } from "./testing/fakeTrack.ts";

let room: FakeRoom;
let screen: FakeTrack;
let share: Share;
let publishes: number;

beforeEach(async () => {
  room = new FakeRoom();
  const devices = new FakeDevices();
  const { fake, track } = fakeTrack("video");
  screen = fake;
  await track.applyConstraints({ width: { max: 2560 }, frameRate: { ideal: 15, max: 30 } });
  devices.screen = { video: track, audio: undefined };
  share = createShare(room, devices, createNotices(new FakeClock()), () => true);
  await share.toggle();
  publishes = 0;
  room.on("local", () => publishes++);
});

test("a shared film is captured and encoded for motion, in the size that it had", async () => {
  await share.setMotion(true);
  expect(share.motion.value).toBe(true);
  expect(screen.contentHint).toBe("motion");
  expect(screen.getConstraints()).toEqual({
    width: { max: 2560 },
    frameRate: { ideal: 30, max: 30 },
  });
  // Told to the room by publishing the same track again: nothing else can see a hint change.
  expect(publishes).toBe(1);
  await share.setMotion(true);
  expect(publishes).toBe(1);
});

test("and something to read again afterwards", async () => {
  await share.setMotion(true);
  await share.setMotion(false);
  expect(screen.contentHint).toBe("detail");
  expect(screen.getConstraints().frameRate).toEqual({ ideal: 15, max: 30 });
});

test("the next share begins as something to read; without a share nothing happens", async () => {
  await share.setMotion(true);
  share.stop();
  expect(share.motion.value).toBe(false);
  await share.setMotion(true);
  expect(share.motion.value).toBe(false);
});
