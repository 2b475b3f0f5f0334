import { COMPARISON_EMOJI } from "@conclave/sdk";
import { FakeRoom } from "@conclave/sdk/testing";
import { expect, test } from "vitest";
import { createNotices } from "./notices.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePreferences } from "./testing/fakePorts.ts";
import { createVerification } from "./verification.ts";

const [ANAS, BENS, OTHER] = ["A", "B", "C"].map((letter) => `${letter.repeat(43)}=`);
const FREE = { locked: false, moderates: true, direct: false };
const SHOWN = { type: "shown", emoji: [0, 1, 2, 3, 4, 5, 63], digits: "0001 0002 0003" } as const;

function meeting(preferences = new FakePreferences()) {
  const encryption = { state: "sealed", people: 1, epoch: 1, ...FREE } as const;
  const room = new FakeRoom({ encryption });
  const clock = new FakeClock();
  const notices = createNotices(clock);
  const verification = createVerification({ room, preferences, clock, notices });
  const standings = () => verification.people.value.map(({ name, standing }) => [name, standing]);
  return { room, clock, notices, preferences, verification, standings };
}

test("each comparison number is a picture of its own", () => {
  expect(new Set(COMPARISON_EMOJI).size).toBe(64);
  expect(COMPARISON_EMOJI.every((one) => /^\p{Emoji_Presentation}$/u.test(one))).toBe(true);
});

test("who was met before is known in the next meeting, and in the same one still new", () => {
  const first = meeting();
  first.room.addParticipant("Ana", [], ANAS);
  first.room.addParticipant("Nobody in particular");
  expect(first.standings()).toEqual([
    ["Ana", "new"],
    ["Nobody in particular", "new"],
  ]);
  const next = meeting(first.preferences);
  next.room.addParticipant("Anna", [], ANAS);
  expect(next.verification.people.value).toMatchObject([
    { name: "Anna", standing: "met", earlierName: "Ana", isNamesake: false },
  ]);
});

test("who leaves and comes again with the same key is back, as well known as before", () => {
  const { room, verification, clock } = meeting();
  const first = room.addParticipant("Ana", [], ANAS);
  room.removeParticipant(first.id);
  clock.advance(1000);
  room.addParticipant("Anna", [], ANAS);
  room.addParticipant("Ana", [], OTHER);
  expect(verification.people.value).toMatchObject([
    { name: "Anna", standing: "new", isBack: true },
    { name: "Ana", standing: "new", isBack: false },
  ]);
  // A second window of hers is nobody's return.
  room.addParticipant("Ana", [], OTHER);
  expect(verification.people.value.map(({ isBack }) => isBack)).toEqual([true, false, false]);
});

test("comparing, from asking to being verified for good", () => {
  const { room, notices, verification, standings, preferences } = meeting();
  const { id } = room.addParticipant("Ana", [], ANAS);
  verification.compare(id);
  expect(room.compared).toEqual([{ person: id, act: "begin" }]);
  expect(verification.comparison.value).toMatchObject({ name: "Ana", step: { type: "waiting" } });
  verification.conclude(true);
  expect(standings()).toEqual([["Ana", "new"]]);
  room.stepComparison(id, SHOWN);
  const shown = verification.comparison.value?.step;
  expect(shown).toMatchObject({ type: "shown", digits: "0001 0002 0003" });
  expect(shown?.type === "shown" && shown.emoji[6]).toBe(COMPARISON_EMOJI[63]);
  verification.conclude(true);
  expect(verification.comparison.value).toBeUndefined();
  expect(standings()).toEqual([["Ana", "verified"]]);
  expect(notices.toasts.value).toHaveLength(1);

  const next = meeting(preferences);
  next.room.addParticipant("Ana", [], ANAS);
  next.room.addParticipant("Ana", [], OTHER);
  next.room.addParticipant("Ben", [], BENS);
  expect(next.verification.people.value).toMatchObject([
    { name: "Ana", standing: "new", isNamesake: true },
    { name: "Ben", standing: "new", isNamesake: false },
    { name: "Ana", standing: "verified", isNamesake: false },
  ]);
  expect(next.verification.newcomers.value).toBe(2);
});

test("pictures that differ verify nobody, and say what it may mean", () => {
  const { room, verification, standings } = meeting();
  const { id } = room.addParticipant("Ana", [], ANAS);
  verification.compare(id);
  room.stepComparison(id, SHOWN);
  verification.conclude(false);
  expect(verification.comparison.value?.step).toEqual({ type: "different" });
  expect(standings()).toEqual([["Ana", "new"]]);
  verification.close();
  expect(verification.comparison.value).toBeUndefined();
});

test("whoever asks is answered; strangers' steps show nothing", () => {
  const { room, verification } = meeting();
  const { id: ana } = room.addParticipant("Ana", [], ANAS);
  const { id: ben } = room.addParticipant("Ben", [], BENS);
  room.stepComparison(ana, { type: "asked" });
  room.stepComparison(ben, { type: "asked" });
  expect(verification.asking.value).toEqual({ id: ana, name: "Ana" });
  room.stepComparison(ben, SHOWN);
  expect(verification.comparison.value).toBeUndefined();
  verification.answer(true);
  expect(room.compared).toEqual([{ person: ana, act: "accept" }]);
  expect(verification.comparison.value).toMatchObject({ person: ana, step: { type: "waiting" } });
  room.stepComparison(ben, { type: "asked" });
  verification.answer(false);
  expect(room.compared.at(-1)).toEqual({ person: ben, act: "stop" });
  room.stepComparison(ana, { type: "over", why: "stopped" });
  expect(verification.comparison.value?.step).toEqual({ type: "over", why: "stopped" });
  room.stepComparison(ana, { type: "asked" });
  room.stepComparison(ana, { type: "over", why: "gone" });
  expect(verification.asking.value).toBeUndefined();
});
