import { beforeEach, expect, test } from "vitest";
import { hintAtMutedTalk } from "./mutedTalk.ts";
import { createNotices, type Notices } from "./notices.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { type FakeMedia, fakeMedia } from "./testing/fakePorts.ts";

const SPEECH = 0.7;
const TYPING = 0.4;
const STEP_MS = 66;

let media: FakeMedia;
let clock: FakeClock;
let notices: Notices;

beforeEach(async () => {
  media = fakeMedia();
  clock = new FakeClock();
  notices = createNotices(clock);
  await media.local.start();
  hintAtMutedTalk(media.local, clock, notices);
});

function sound(level: number, ms: number): void {
  for (let at = 0; at < ms; at += STEP_MS) {
    clock.advance(STEP_MS);
    media.setLevel(level);
  }
}

const hints = () => notices.toasts.value.filter(({ topic }) => topic === "muted").length;

test("who talks while muted is told, until the microphone is on", async () => {
  await media.local.set("microphone", false);
  sound(SPEECH, 900);
  expect(hints()).toBe(1);
  await media.local.set("microphone", true);
  expect(hints()).toBe(0);
});

test("who is heard is not told", () => {
  sound(SPEECH, 5000);
  expect(hints()).toBe(0);
});

test("typing, a cough, and words far apart are not talk", async () => {
  await media.local.set("microphone", false);
  sound(TYPING, 5000);
  sound(SPEECH, 300);
  sound(0, 2000);
  sound(SPEECH, 300);
  expect(hints()).toBe(0);
});

test("it is not said again soon", async () => {
  await media.local.set("microphone", false);
  sound(SPEECH, 900);
  notices.dismissTopic("muted");
  sound(SPEECH, 20_000);
  expect(hints()).toBe(0);
  sound(SPEECH, 12_000);
  expect(hints()).toBe(1);
});

test("what was said before muting does not count", async () => {
  sound(SPEECH, 900);
  await media.local.set("microphone", false);
  sound(SPEECH, 300);
  expect(hints()).toBe(0);
});
