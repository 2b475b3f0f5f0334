import type { TrackId } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, expect, test } from "vitest";
import { cell } from "./cells.ts";
import { createSmallWindow, type SmallWindow } from "./smallWindow.ts";
import { createStage, type Stage } from "./stage.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePage, fakeMedia } from "./testing/fakePorts.ts";
import { createViewChoices } from "./viewChoices.ts";

let room: FakeRoom;
let clock: FakeClock;
let page: FakePage;
let stage: Stage;
let small: SmallWindow;

beforeEach(() => {
  room = new FakeRoom();
  clock = new FakeClock();
  page = new FakePage();
  const choices = createViewChoices(fakeMedia().preferences, page);
  stage = createStage({ room, clock, visible: page.visible, choices, board: cell(false) });
  stage.resize({ width: 1400, height: 760 }, 1);
  small = createSmallWindow(room, page, stage.wishes);
});

const asked = () => room.layouts.at(-1)?.map(({ trackId }) => trackId);
function camera(name: string): { id: number; track: TrackId } {
  const { id, tracks } = room.addParticipant(name, ["camera"]);
  return { id, track: tracks[0]?.id ?? 0 };
}

test("shows who speaks, and a shared screen before anybody", () => {
  const ana = camera("Ana");
  const ben = camera("Ben");
  expect(small.tile.value?.participantId).toBe(ana.id);
  room.setDominantSpeaker(ben.id);
  expect(small.tile.value?.participantId).toBe(ben.id);
  room.addParticipant("Cleo", ["screen-video"]);
  expect(small.tile.value).toMatchObject({ name: "Cleo", source: "screen-video" });
});

test("its picture is the only one that a hidden page asks for", async () => {
  camera("Ana");
  const ben = camera("Ben");
  room.setDominantSpeaker(ben.id);
  await small.toggle();
  small.resize({ width: 320, height: 180 }, 2);
  page.visible.value = false;
  clock.advance(5000);
  expect(room.layouts.at(-1)).toEqual([{ trackId: ben.track, heightPx: 360, onStage: true }]);
  page.opened?.close();
  expect(small.opened.value).toBeUndefined();
  expect(asked()).toEqual([]);
});

test("a window that the browser refuses is none", async () => {
  camera("Ana");
  page.windowRefused = true;
  const layouts = room.layouts.length;
  await small.toggle();
  expect(small.opened.value).toBeUndefined();
  expect(asked()).toHaveLength(1);
  expect(room.layouts.length).toBeLessThanOrEqual(layouts + 1);
});

test("closes with the meeting, and by the button that opened it", async () => {
  await small.toggle();
  expect(small.opened.value).toBeDefined();
  await small.toggle();
  expect(small.opened.value).toBeUndefined();
  await small.toggle();
  small.stop();
  expect(page.opened).toBeUndefined();
});
