import { expect, test } from "vitest";
import type { Preferences } from "./ports.ts";
import { createRecents, isSealed, RECENTS_MAX } from "./recents.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { fakeMedia } from "./testing/fakePorts.ts";

const SEALED = `/r/bimofa-kelu#1.${"A".repeat(43)}`;

test("the latest is first, once, and no more are kept than fit", () => {
  const { preferences } = fakeMedia();
  const clock = new FakeClock();
  const recents = createRecents(preferences, clock);
  for (let i = 0; i < RECENTS_MAX + 2; i++) {
    clock.advance(1000);
    recents.remember(`/open/room-${i}`, `room-${i}`);
  }
  recents.remember("/open/room-5", "room-5");
  const names = recents.list.value.map(({ name }) => name);
  expect(names).toHaveLength(RECENTS_MAX);
  expect(names.slice(0, 2)).toEqual(["room-5", "room-7"]);
  expect(new Set(names).size).toBe(RECENTS_MAX);
});

test("they are there again later, until they are forgotten", () => {
  const { preferences } = fakeMedia();
  const clock = new FakeClock();
  const recents = createRecents(preferences, clock);
  recents.remember(SEALED, "bimofa-kelu");
  recents.remember("/open/weekly", "weekly");
  const again = createRecents(preferences, clock);
  expect(again.list.value.map(isSealed)).toEqual([false, true]);
  again.forget("/open/weekly");
  expect(createRecents(preferences, clock).list.value.map(({ path }) => path)).toEqual([SEALED]);
  again.forgetAll();
  expect(preferences.read().recent).toEqual([]);
  expect(preferences.forgotten).toEqual(["open/weekly", "all"]);
});

test("a meeting whose link is replaced stays one, and this person known in it", () => {
  const { preferences } = fakeMedia();
  const recents = createRecents(preferences, new FakeClock());
  recents.remember(SEALED, "bimofa-kelu");
  const next = `/r/bimofa-kelu#1.${"B".repeat(43)}`;
  recents.move(SEALED, next, "bimofa-kelu");
  expect(recents.list.value.map(({ path }) => path)).toEqual([next]);
  expect(preferences.forgotten).toEqual([]);
});

test("what is no meeting of this server is not offered, whoever wrote it", () => {
  const kept = [
    null,
    7,
    { path: "javascript:alert(1)", name: "x", at: 1 },
    { path: "//evil.example/open/x", name: "x", at: 1 },
    { path: "https://evil.example/open/x", name: "x", at: 1 },
    { path: "/r/bimofa#1.short", name: "x", at: 1 },
    { path: "/open/fine", name: 7, at: 1 },
    { path: "/open/good", name: "good", at: 1 },
  ];
  const { preferences } = fakeMedia({ recent: kept } as unknown as Preferences);
  const recents = createRecents(preferences, new FakeClock());
  expect(recents.list.value.map(({ name }) => name)).toEqual(["good"]);
  const broken = fakeMedia({ recent: "x" } as unknown as Preferences);
  expect(createRecents(broken.preferences, new FakeClock()).list.value).toEqual([]);
});
