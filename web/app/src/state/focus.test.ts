import { expect, test } from "vitest";
import { type FocusInput, focusOf } from "./focus.ts";
import type { Tile } from "./tiles.ts";

function person(key: string, isLocal = false): Tile {
  return {
    ...{ key, isLocal, participantId: 1, source: "camera", name: key, microphoneOn: true },
    ...{ trackId: 1, hasPicture: true, away: false },
  };
}

const ME = person("me", true);
const ANA = person("ana");
const BEN = person("ben");
const SCREEN: Tile = { ...person("screen"), source: "screen-video" };
const OLDER: Tile = { ...person("older"), source: "screen-video" };

function focus(tiles: readonly Tile[], more: Partial<FocusInput> = {}): string | undefined {
  return focusOf({ tiles, pinned: undefined, arrangement: "grid", speaker: undefined, ...more })
    ?.key;
}

test("in a grid nobody is large", () => {
  expect(focus([ME, ANA, BEN], { speaker: "ana" })).toBeUndefined();
});

test("the newest screen is", () => {
  expect(focus([ME, ANA, SCREEN, OLDER])).toBe("screen");
  expect(focus([ME, ANA, BEN, SCREEN], { arrangement: "speaker", speaker: "ben" })).toBe("screen");
});

test("who spoke last is, where that is wanted", () => {
  const arrangement = "speaker";
  expect(focus([ME, ANA, BEN], { arrangement, speaker: "ben" })).toBe("ben");
  expect(focus([ME, ANA, BEN], { arrangement })).toBe("ana");
  expect(focus([ME, ANA, BEN], { arrangement, speaker: "gone" })).toBe("ana");
  expect(focus([ME, ANA], { arrangement, speaker: "ana" })).toBeUndefined();
});

test("what is pinned goes before all, for as long as it is there", () => {
  const tiles = [ME, ANA, BEN, SCREEN, OLDER];
  for (const { key } of tiles) expect(focus(tiles, { pinned: key })).toBe(key);
  expect(focus(tiles, { pinned: "gone" })).toBe("screen");
  expect(focus([ME, ANA], { pinned: "ana" })).toBeUndefined();
  expect(focus([ME, ANA, SCREEN], { pinned: "ana" })).toBe("ana");
});
