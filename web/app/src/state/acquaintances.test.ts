import { expect, test } from "vitest";
import { ACQUAINTANCES_MAX, createAcquaintances } from "./acquaintances.ts";
import { FakePreferences } from "./testing/fakePorts.ts";

function keyOf(number: number): string {
  return `${String(number).padStart(43, "A")}=`;
}

test("who was met is found by the key, with the newest name", () => {
  const preferences = new FakePreferences();
  createAcquaintances(preferences).meet(keyOf(1), "Ana", 10);
  const later = createAcquaintances(preferences);
  expect(later.find(keyOf(1))).toEqual({ key: keyOf(1), name: "Ana", metAt: 10, verified: false });
  later.meet(keyOf(1), "Anna", 20);
  expect(later.find(keyOf(1))).toMatchObject({ name: "Anna", metAt: 20 });
  expect(later.find(keyOf(2))).toBeUndefined();
});

test("who was compared with keeps the name of that time, and has no namesakes unnoticed", () => {
  const known = createAcquaintances(new FakePreferences());
  known.verify(keyOf(1), "Ana Müller", 10);
  known.meet(keyOf(1), "Somebody else", 20);
  expect(known.find(keyOf(1))).toMatchObject({ name: "Ana Müller", verified: true, metAt: 20 });
  expect(known.namesake(keyOf(2), "ana  Muller")?.key).toBe(keyOf(1));
  expect(known.namesake(keyOf(2), "Ben")).toBeUndefined();
  expect(known.namesake(keyOf(1), "Ana Müller")).toBeUndefined();
});

test("of too many, those who were compared with stay", () => {
  const known = createAcquaintances(new FakePreferences());
  known.verify(keyOf(0), "Ana", 1);
  for (let number = 1; number <= ACQUAINTANCES_MAX; ++number)
    known.meet(keyOf(number), "x", number);
  expect(known.find(keyOf(0))).toBeDefined();
  expect(known.find(keyOf(1))).toBeUndefined();
  expect(known.find(keyOf(ACQUAINTANCES_MAX))).toBeDefined();
});

test("what is no acquaintance is not taken for one", () => {
  const met = [null, 7, {}, { key: "short", name: "x", metAt: 1, verified: true }] as never[];
  const known = createAcquaintances(new FakePreferences({ met }));
  expect(known.find("short")).toBeUndefined();
  known.meet(keyOf(1), "Ana", 1);
  expect(known.find(keyOf(1))).toBeDefined();
});
