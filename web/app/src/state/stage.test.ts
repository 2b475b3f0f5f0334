import { FakeRoom } from "@conclave/sdk/testing";
import { beforeEach, expect, test } from "vitest";
import { type Cell, cell } from "./cells.ts";
import { createStage, type Stage } from "./stage.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { type FakeMedia, FakePage, fakeMedia } from "./testing/fakePorts.ts";
import { createViewChoices, type ViewChoices } from "./viewChoices.ts";

let room: FakeRoom;
let clock: FakeClock;
let visible: Cell<boolean>;
let choices: ViewChoices;
let preferences: FakeMedia["preferences"];
let stage: Stage;

beforeEach(() => {
  room = new FakeRoom({ displayName: "Me" });
  clock = new FakeClock();
  visible = cell(true);
  ({ preferences } = fakeMedia());
  choices = createViewChoices(preferences, new FakePage());
  stage = createStage({ room, clock, visible, choices, board: cell(false) });
  stage.resize({ width: 1400, height: 760 }, 2);
});

const names = () => stage.view.value.tiles.map(({ tile }) => tile.name);
const large = () =>
  stage.view.value.tiles.find(({ role }) => role === "screen" || role === "focus");
const lastWish = () => room.layouts.at(-1) ?? [];

test("people appear in the order in which they came, oneself first", () => {
  room.addParticipant("Ana", ["camera"]);
  room.addParticipant("Ben");
  expect(names()).toEqual(["Me", "Ana", "Ben"]);
  expect(stage.view.value.mode).toBe("grid");
});

test("in a pair the other one is large and the own picture floats", () => {
  room.addParticipant("Ana", ["camera"]);
  const roles = stage.view.value.tiles.map(({ tile, role }) => [tile.name, role]);
  expect(roles).toEqual([
    ["Ana", "person"],
    ["Me", "floating"],
  ]);
});

test("the room is asked for pictures in device pixels, and for none of oneself", () => {
  const ana = room.addParticipant("Ana", ["microphone", "camera"]);
  const [wish] = lastWish();
  const tile = stage.view.value.tiles[0];
  expect(lastWish()).toHaveLength(1);
  expect(wish?.trackId).toBe(ana.tracks[1]?.id);
  expect(wish?.heightPx).toBe((tile?.box.height ?? 0) * 2);
});

test("a muted camera is not asked for", () => {
  const ana = room.addParticipant("Ana", ["camera"]);
  room.setTrackMuted(ana.tracks[0]?.id ?? 0, true);
  expect(lastWish()).toEqual([]);
  expect(stage.view.value.tiles[0]?.tile.hasPicture).toBe(false);
});

test("a shared screen goes on stage, is wanted first, and gives the stage back", () => {
  room.addParticipant("Ana", ["camera"]);
  const ben = room.addParticipant("Ben", ["screen-video", "camera"]);
  expect(stage.view.value.mode).toBe("screen");
  expect(large()).toMatchObject({ role: "screen", tile: { name: "Ben" } });
  expect(lastWish()[0]).toMatchObject({ trackId: ben.tracks[0]?.id, onStage: true });
  room.update(ben.id, { tracks: ben.tracks.slice(1) });
  expect(stage.view.value.mode).toBe("grid");
});

test("of two screens the newer one is on stage and the other one is in the strip", () => {
  room.addParticipant("Ana", ["screen-video"]);
  room.addParticipant("Ben", ["screen-video"]);
  const screens = stage.view.value.tiles.filter(({ tile }) => tile.source === "screen-video");
  expect(screens.map(({ tile, role }) => [tile.name, role])).toEqual([
    ["Ana", "person"],
    ["Ben", "screen"],
  ]);
});

test("a speaker who is not seen comes to the first page; who is seen stays", () => {
  stage.resize({ width: 374, height: 690 }, 2);
  for (let i = 0; i < 12; i++) room.addParticipant(`P${i}`, ["camera"]);
  const before = names();
  const hidden = [...room.participants.values()].find(
    ({ profile }) => profile.displayName === "P11",
  );
  room.setDominantSpeaker(hidden?.id);
  const after = names();
  expect(before).not.toContain("P11");
  expect(after).toContain("P11");
  expect(after.filter((name, seat) => name !== before[seat])).toEqual(["P11"]);
});

test("only the shown page is asked for, and turning it asks for the next", () => {
  stage.resize({ width: 374, height: 690 }, 1);
  for (let i = 0; i < 15; i++) room.addParticipant(`P${i}`, ["camera"]);
  const first = lastWish().map(({ trackId }) => trackId);
  stage.turnPage(1);
  const second = lastWish().map(({ trackId }) => trackId);
  expect(first.filter((id) => second.includes(id))).toEqual([]);
  stage.turnPage(99);
  expect(stage.view.value.page).toBe(stage.view.value.pages - 1);
  stage.turnPage(-99);
  expect(stage.view.value.page).toBe(0);
});

test("a page hidden for five seconds asks for nothing, a seen one for all again", () => {
  room.addParticipant("Ana", ["camera"]);
  visible.value = false;
  clock.advance(4999);
  expect(lastWish()).toHaveLength(1);
  clock.advance(1);
  expect(lastWish()).toEqual([]);
  room.addParticipant("Ben", ["camera"]);
  expect(lastWish()).toEqual([]);
  visible.value = true;
  expect(lastWish()).toHaveLength(2);
});

test("a glance at another tab changes nothing", () => {
  room.addParticipant("Ana", ["camera"]);
  const asked = room.layouts.length;
  visible.value = false;
  clock.advance(3000);
  visible.value = true;
  clock.advance(10000);
  expect(room.layouts).toHaveLength(asked);
});

test("a tile that nobody can see is not asked for, until it is seen again", () => {
  const ana = room.addParticipant("Ana", ["camera"]);
  const ben = room.addParticipant("Ben", ["camera"]);
  const asked = () => lastWish().map(({ trackId }) => trackId);
  stage.setSeen(`person-${ana.id}`, false);
  expect(asked()).toEqual([ben.tracks[0]?.id]);
  const messages = room.layouts.length;
  stage.setSeen(`person-${ana.id}`, false);
  expect(room.layouts).toHaveLength(messages);
  stage.setSeen(`person-${ana.id}`, true);
  expect(asked()).toEqual([ana.tracks[0]?.id, ben.tracks[0]?.id]);
});

test("a screen of three pixels for one is served as one of two", () => {
  room.addParticipant("Ana", ["camera"]);
  const [twice] = lastWish();
  stage.resize({ width: 1400, height: 760 }, 3);
  expect(lastWish()).toEqual([twice]);
});

test("with sound only nothing is asked for, whatever happens on the stage", () => {
  room.addParticipant("Ana", ["camera"]);
  stage.wishes.setAudioOnly(true);
  expect(lastWish()).toEqual([]);
  const messages = room.layouts.length;
  room.addParticipant("Ben", ["camera"]);
  stage.resize({ width: 900, height: 600 }, 1);
  expect(room.layouts).toHaveLength(messages);
  stage.wishes.setAudioOnly(false);
  expect(lastWish()).toHaveLength(2);
});

test("a small window is asked for while the page is hidden, and as large as the larger of both", () => {
  const ana = room.addParticipant("Ana", ["camera"]);
  room.addParticipant("Ben", ["camera"]);
  const [large] = lastWish();
  const wish = { trackId: ana.tracks[0]?.id ?? 0, heightPx: 200 };
  stage.wishes.show("window", [wish]);
  expect(lastWish()).toHaveLength(2);
  expect(lastWish()[0]?.heightPx).toBe(large?.heightPx);
  visible.value = false;
  clock.advance(5000);
  expect(lastWish()).toEqual([wish]);
  stage.wishes.show("window", []);
  expect(lastWish()).toEqual([]);
});

test("who is pinned is large and wanted first, whoever speaks or shares, until they leave", () => {
  const ana = room.addParticipant("Ana", ["camera"]);
  const ben = room.addParticipant("Ben", ["camera"]);
  choices.togglePin(`person-${ben.id}`);
  expect(stage.view.value.mode).toBe("focus");
  expect(large()).toMatchObject({ role: "focus", tile: { name: "Ben" } });
  expect(names()).toEqual(["Me", "Ana", "Ben"]);
  expect(lastWish()[0]).toMatchObject({ trackId: ben.tracks[0]?.id, onStage: true });
  room.setDominantSpeaker(ana.id);
  room.addParticipant("Cem", ["screen-video"]);
  expect(large()?.tile.name).toBe("Ben");
  room.removeParticipant(ben.id);
  expect(large()).toMatchObject({ role: "screen", tile: { name: "Cem" } });
});

test("a pin is taken off by pinning again, or by choosing an arrangement", () => {
  room.addParticipant("Ana", ["camera"]);
  const ben = room.addParticipant("Ben", ["camera"]);
  const key = `person-${ben.id}`;
  choices.togglePin(key);
  choices.togglePin(key);
  expect(large()).toBeUndefined();
  choices.togglePin(key);
  choices.setArrangement("grid");
  expect(large()).toBeUndefined();
});

test("who speaks is large where that is wanted, and oneself never", () => {
  room.addParticipant("Ana", ["camera"]);
  const ben = room.addParticipant("Ben", ["camera"]);
  choices.setArrangement("speaker");
  expect(large()?.tile.name).toBe("Ana");
  room.setDominantSpeaker(ben.id);
  expect(large()?.tile.name).toBe("Ben");
  room.setDominantSpeaker(room.localId);
  expect(large()?.tile.name).toBe("Ben");
  expect(preferences.read().arrangement).toBe("speaker");
});

test("of several screens the pinned one is large", () => {
  room.addParticipant("Ana", ["screen-video"]);
  room.addParticipant("Ben", ["screen-video"]);
  expect(large()?.tile.name).toBe("Ben");
  const other = stage.view.value.tiles.find(
    ({ tile }) => tile.source === "screen-video" && tile.name === "Ana",
  );
  choices.togglePin(other?.tile.key ?? "");
  expect(large()).toMatchObject({ role: "screen", tile: { name: "Ana" } });
});

test("who hides themself sees the others larger, and themself while nobody else is there", () => {
  choices.setSelfView("hidden");
  expect(names()).toEqual(["Me"]);
  room.addParticipant("Ana", ["camera"]);
  expect(names()).toEqual(["Ana"]);
  expect(stage.view.value.mode).toBe("pair");
  room.addParticipant("Ben", ["camera"]);
  expect(names()).toEqual(["Ana", "Ben"]);
  choices.setSelfView("shown");
  expect(names()).toEqual(["Me", "Ana", "Ben"]);
});
