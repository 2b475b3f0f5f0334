import { describe, expect, test } from "vitest";
import { type Box, boxes, type PackingRules, pack, type Size, tilesPerPage } from "./packer.ts";

const desktop: PackingRules = {
  gap: 8,
  aspectMin: 1,
  aspectMax: 16 / 9,
  tileWidthMin: 150,
  tilesMax: 49,
};
const phone: PackingRules = { ...desktop, aspectMin: 3 / 4, tileWidthMin: 110 };

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe("coverage", () => {
  // The measured table of the best clients, for the tiles that they show.
  test.each([
    [{ width: 1600, height: 820 }, 5, desktop, 0.82],
    [{ width: 1600, height: 820 }, 10, desktop, 0.8],
    [{ width: 1600, height: 820 }, 25, desktop, 0.84],
    [{ width: 1366, height: 600 }, 10, desktop, 0.87],
    [{ width: 1366, height: 600 }, 25, desktop, 0.83],
    [{ width: 390, height: 660 }, 5, phone, 0.8],
    [{ width: 390, height: 660 }, 10, phone, 0.93],
    [{ width: 844, height: 340 }, 10, phone, 0.92],
  ])("of %o by %i tiles is what the best clients reach", (stage, count, rules, expected) => {
    expect(tilesPerPage(count, stage, rules)).toBe(count);
    // The table was made with another gap: two points are its worth.
    expect(pack(count, stage, rules).coverage).toBeGreaterThan(expected - 0.025);
  });
});

describe("for any stage and number of tiles", () => {
  const random = numbers(7);
  const next = () => random.next().value as number;
  const cases = Array.from({ length: 300 }, () => ({
    stage: { width: Math.round(200 + next() * 2400), height: Math.round(200 + next() * 1400) },
    count: 1 + Math.floor(next() * 49),
  }));

  test("tiles lie inside, apart, and in shape", () => {
    const wrong = cases.filter(({ stage, count }) => {
      const packing = pack(count, stage, desktop);
      const placed = boxes(count, packing, stage, desktop.gap);
      const aspect = packing.tile.width / packing.tile.height;
      return (
        placed.length !== count ||
        !placed.every((box) => inside(box, stage)) ||
        placed.some((box, index) => placed.slice(index + 1).some((other) => overlap(box, other))) ||
        aspect < 1 - 1e-9 ||
        aspect > 16 / 9 + 1e-9
      );
    });
    expect(wrong).toEqual([]);
  });

  test("no other grid scores better", () => {
    const wrong = cases.filter(({ stage, count }) => {
      const best = pack(count, stage, desktop);
      const score = best.coverage - 0.02 * (best.columns * best.rows - count);
      const others = Array.from({ length: count }, (_, i) => scoreOf(count, i + 1, stage));
      return Math.max(...others) > score + 1e-9;
    });
    expect(wrong).toEqual([]);
  });
});

function inside(box: Box, stage: Size): boolean {
  const within = box.x + box.width <= stage.width + 1 && box.y + box.height <= stage.height + 1;
  return box.x >= 0 && box.y >= 0 && within;
}

function overlap(a: Box, b: Box): boolean {
  const apartX = a.x + a.width <= b.x || b.x + b.width <= a.x;
  const apartY = a.y + a.height <= b.y || b.y + b.height <= a.y;
  return !apartX && !apartY;
}

/** The same rule, written a second time. */
function scoreOf(count: number, columns: number, stage: Size): number {
  const rows = Math.ceil(count / columns);
  const width = Math.max(1, (stage.width - (columns - 1) * 8) / columns);
  const height = Math.max(1, (stage.height - (rows - 1) * 8) / rows);
  const covered = (count * shaped(width, height)) / (stage.width * stage.height);
  return covered - 0.02 * (columns * rows - count);
}

function shaped(width: number, height: number): number {
  if (width / height > 16 / 9) return ((height * 16) / 9) * height;
  if (width < height) return width * width;
  return width * height;
}

test("a resize that changes little keeps the grid", () => {
  const before = pack(6, { width: 1200, height: 800 }, desktop);
  for (let width = 1200; width > 1050; width -= 10) {
    const after = pack(6, { width, height: 800 }, desktop, before);
    expect([after.columns, after.rows]).toEqual([before.columns, before.rows]);
  }
});

test("a resize that changes much takes the better grid", () => {
  const before = pack(6, { width: 1600, height: 800 }, desktop);
  const after = pack(6, { width: 500, height: 1100 }, desktop, before);
  expect(after.columns).toBeLessThan(before.columns);
});

test("the last row is centred", () => {
  const stage = { width: 1600, height: 820 };
  const placed = boxes(5, pack(5, stage, desktop), stage, 8);
  const last = placed.slice(3);
  const left = last[0]?.x ?? 0;
  const end = (last[1]?.x ?? 0) + (last[1]?.width ?? 0);
  expect(Math.abs(left - (stage.width - end))).toBeLessThanOrEqual(2);
});

test("tiles that would be too small go to another page", () => {
  const stage = { width: 390, height: 660 };
  const perPage = tilesPerPage(49, stage, phone);
  expect(perPage).toBeLessThan(49);
  expect(pack(perPage, stage, phone).tile.width).toBeGreaterThanOrEqual(110);
  expect(tilesPerPage(10, { width: 60, height: 60 }, phone)).toBe(1);
});
