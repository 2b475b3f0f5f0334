import type { TrackId } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, expect, test } from "vitest";
import { type AudioOnly, createAudioOnly } from "./audioOnly.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { fakeTrack } from "./testing/fakeTrack.ts";

const MINUTE_MS = 60_000;

let room: FakeRoom;
let clock: FakeClock;
let applied: boolean[];
let audioOnly: AudioOnly;
let cameras: TrackId[];

beforeEach(() => {
  room = new FakeRoom();
  clock = new FakeClock();
  applied = [];
  audioOnly = createAudioOnly(room, clock, (on) => applied.push(on));
  cameras = ["Ana", "Ben", "Cleo"].map(
    (name) => room.addParticipant(name, ["camera"]).tracks[0]?.id ?? 0,
  );
  for (const camera of cameras) flows(camera);
});

const slots = new Map<TrackId, MediaStreamTrack>();
function show(camera: TrackId | undefined, leftOut: boolean): void {
  const id = camera ?? 0;
  const slot = slots.get(id) ?? fakeTrack("video").track;
  slots.set(id, slot);
  room.showMedia(id, slot, leftOut, undefined, leftOut ? "lack-of-rate" : undefined);
}
const flows = (camera: TrackId | undefined) => show(camera, false);
const isLeftOut = (camera: TrackId | undefined) => show(camera, true);
const starve = () => {
  for (const camera of cameras) isLeftOut(camera);
};

test("ten seconds without room for video bring a quiet offer", () => {
  starve();
  clock.advance(9999);
  expect(audioOnly.offered.value).toBeUndefined();
  clock.advance(1);
  expect(audioOnly.offered.value).toBe("network");
  expect(audioOnly.on.value).toBe(false);
  expect(applied).toEqual([]);
});

test("one picture of three that is left out brings none", () => {
  isLeftOut(cameras[0]);
  clock.advance(MINUTE_MS);
  expect(audioOnly.offered.value).toBeUndefined();
});

test("a network that recovers takes its offer back", () => {
  starve();
  clock.advance(5000);
  for (const camera of cameras) flows(camera);
  clock.advance(MINUTE_MS);
  expect(audioOnly.offered.value).toBeUndefined();
});

test("who declines is not asked again for five minutes, however bad it is", () => {
  starve();
  clock.advance(10_000);
  audioOnly.dismiss();
  expect(audioOnly.offered.value).toBeUndefined();
  clock.advance(5 * MINUTE_MS - 1);
  expect(audioOnly.offered.value).toBeUndefined();
  clock.advance(1);
  expect(audioOnly.offered.value).toBe("network");
});

test("a network that comes and goes does not ask more often either", () => {
  starve();
  clock.advance(10_000);
  let offers = 0;
  const stop = audioOnly.offered.subscribe((offered) => {
    if (offered) offers++;
  });
  for (let round = 0; round < 10; round++) {
    for (const camera of cameras) flows(camera);
    clock.advance(5000);
    starve();
    clock.advance(15_000);
  }
  stop();
  expect(offers).toBe(1);
});

test("taking it up stops the pictures, and one click brings them back", () => {
  starve();
  clock.advance(10_000);
  audioOnly.set(true);
  expect(audioOnly.offered.value).toBeUndefined();
  expect(audioOnly.on.value).toBe(true);
  clock.advance(10 * MINUTE_MS);
  expect(audioOnly.offered.value).toBeUndefined();
  audioOnly.set(false);
  expect(applied).toEqual([true, false]);
});

test("a processor that cannot keep up is told at once, and its offer outlasts the network's moods", () => {
  room.overload();
  expect(audioOnly.offered.value).toBe("processor");
  starve();
  clock.advance(5000);
  for (const camera of cameras) flows(camera);
  expect(audioOnly.offered.value).toBe("processor");
  audioOnly.dismiss();
  expect(audioOnly.offered.value).toBeUndefined();
  room.overload();
  expect(audioOnly.offered.value).toBeUndefined();
  clock.advance(5 * MINUTE_MS);
  room.overload();
  expect(audioOnly.offered.value).toBe("processor");
});

test("who receives sound only is offered nothing", () => {
  audioOnly.set(true);
  room.overload();
  expect(audioOnly.offered.value).toBeUndefined();
});
