import { expect, test } from "vitest";
import { Seating } from "./seating.ts";

const nobody = () => false;

test("newcomers sit down last; who leaves frees a seat without mixing up the others", () => {
  const seating = new Seating();
  seating.update(["me", "ana", "ben"]);
  seating.update(["ben", "cleo", "me", "ana", "dan"]);
  expect(seating.seats).toEqual(["me", "ana", "ben", "cleo", "dan"]);
  seating.update(["me", "ben", "cleo", "dan"]);
  expect(seating.seats).toEqual(["me", "ben", "cleo", "dan"]);
});

test("nobody who is seen moves because somebody spoke", () => {
  const seating = new Seating();
  const everybody = ["me", "ana", "ben", "cleo"];
  seating.update(everybody);
  for (const speaker of everybody) expect(seating.speak(speaker, 1, 4, nobody)).toBe(false);
  expect(seating.seats).toEqual(everybody);
});

test("a speaker on a later page takes the seat of the one who was quiet for longest", () => {
  const seating = new Seating();
  seating.update(["me", "ana", "ben", "cleo", "dan"]);
  seating.speak("ben", 1000, 3, nobody);
  seating.speak("me", 2000, 3, nobody);
  expect(seating.speak("dan", 3000, 3, nobody)).toBe(true);
  // Ana never spoke.
  expect(seating.seats).toEqual(["me", "dan", "ben", "cleo", "ana"]);
  seating.speak("cleo", 4000, 3, nobody);
  expect(seating.seats).toEqual(["me", "dan", "cleo", "ben", "ana"]);
});

test("of those who never spoke, the one who came last gives up the seat", () => {
  const seating = new Seating();
  seating.update(["me", "ana", "ben", "cleo"]);
  seating.speak("cleo", 1, 3, nobody);
  expect(seating.seats).toEqual(["me", "ana", "cleo", "ben"]);
});

test("who keeps the seat is never moved", () => {
  const seating = new Seating();
  seating.update(["me", "ana"]);
  expect(seating.speak("ana", 1, 1, (key) => key === "me")).toBe(false);
  expect(seating.seats).toEqual(["me", "ana"]);
});
