import { describe, expect, test } from "vitest";
import type { Box } from "./packer.ts";
import { layOutStage, type StageInput, type StageLayout } from "./stageLayout.ts";

const DESKTOP = { width: 1400, height: 760 };
const PHONE = { width: 374, height: 690 };

function layOut(input: Partial<StageInput>): StageLayout {
  const rest = { size: DESKTOP, people: 1, self: true, focus: undefined, page: 0 };
  return layOutStage({ ...rest, ...input });
}

function overlap(a: Box, b: Box): boolean {
  const apartX = a.x + a.width <= b.x || b.x + b.width <= a.x;
  const apartY = a.y + a.height <= b.y || b.y + b.height <= a.y;
  return !apartX && !apartY;
}

test("the mode follows who and what is there", () => {
  expect(layOut({ people: 1 }).mode).toBe("alone");
  expect(layOut({ people: 2 }).mode).toBe("pair");
  expect(layOut({ people: 3 }).mode).toBe("grid");
  expect(layOut({ people: 1, focus: "screen" }).mode).toBe("screen");
});

test("somebody large leaves the others a strip, or takes all", () => {
  expect(layOut({ people: 2, focus: "person" })).toMatchObject({ mode: "focus", pages: 1 });
  const { focus, people } = layOut({ people: 0, self: false, focus: "screen" });
  expect(people).toEqual([]);
  expect(focus).toMatchObject(DESKTOP);
});

test("who does not want to see themself has the whole stage for others", () => {
  const one = layOut({ people: 1, self: false });
  expect([one.mode, one.floating]).toEqual(["pair", undefined]);
  expect(layOut({ people: 2, self: false }).mode).toBe("grid");
});

test("in a pair the own picture floats in a corner of the other's", () => {
  for (const size of [DESKTOP, PHONE]) {
    const { people, floating } = layOut({ size, people: 2 });
    const [other] = people;
    expect(people).toHaveLength(1);
    if (!other || !floating) throw new Error("both pictures are placed");
    expect(floating.x + floating.width).toBeLessThan(other.x + other.width);
    expect(floating.y + floating.height).toBeLessThan(other.y + other.height);
    expect(floating.width * floating.height).toBeLessThan(other.width * other.height * 0.2);
  }
});

test("a phone's stage is filled by the other one", () => {
  const [other] = layOut({ size: PHONE, people: 2 }).people;
  expect(other).toMatchObject({ width: PHONE.width, height: PHONE.height });
});

test("alone on a phone there is room for the invitation, below or beside", () => {
  const [upright] = layOut({ size: PHONE, people: 1 }).people;
  expect((upright?.y ?? 0) + (upright?.height ?? 0)).toBeLessThanOrEqual(PHONE.height - 260);
  const across = { width: 820, height: 270 };
  const [own] = layOut({ size: across, people: 1 }).people;
  expect((own?.x ?? 0) + (own?.width ?? 0)).toBeLessThanOrEqual(across.width - 376);
});

describe("with a shared screen", () => {
  test("people sit beside it on a desktop, below it on a phone", () => {
    for (const size of [DESKTOP, PHONE]) {
      const { focus: screen, people } = layOut({ size, people: 3, focus: "screen" });
      if (!screen) throw new Error("the screen is placed");
      expect(people).toHaveLength(3);
      for (const box of people) expect(overlap(box, screen)).toBe(false);
      const area = screen.width * screen.height;
      expect(area / (size.width * size.height)).toBeGreaterThan(0.75);
    }
  });

  test("the strip gets narrower before it gets pages", () => {
    const few = layOut({ people: 3, focus: "screen" });
    const more = layOut({ people: 7, focus: "screen" });
    const many = layOut({ people: 20, focus: "screen" });
    expect(more.people[0]?.width).toBeLessThan(few.people[0]?.width ?? 0);
    expect([few.pages, more.pages]).toEqual([1, 1]);
    expect(many.pages).toBeGreaterThan(1);
    expect(many.people.at(-1)?.y).toBeLessThan(DESKTOP.height);
  });
});

describe("pages", () => {
  test("are filled evenly and hold everybody once", () => {
    const first = layOut({ size: PHONE, people: 20 });
    const shown = Array.from(
      { length: first.pages },
      (_, page) => layOut({ size: PHONE, people: 20, page }).people.length,
    );
    expect(shown.reduce((a, b) => a + b)).toBe(20);
    expect(Math.max(...shown) - Math.min(...shown)).toBeLessThanOrEqual(first.pages);
    for (const count of shown) expect(count).toBeLessThanOrEqual(8);
  });

  test("a page that no longer exists shows the last one", () => {
    const { page, pages } = layOut({ size: PHONE, people: 12, page: 9 });
    expect(page).toBe(pages - 1);
  });
});
