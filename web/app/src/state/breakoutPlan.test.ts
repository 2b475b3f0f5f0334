import { FakeRoom } from "@conclave/sdk/testing";
import { describe, expect, it } from "vitest";
import { shareOut, stillHolds } from "./breakoutPlan.ts";

/** Numerical Recipes' generator. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("who goes where", () => {
  it("is shared out evenly among those who do not moderate", () => {
    const room = new FakeRoom({ role: "host" });
    const ids = ["Ben", "Cleo", "Dan", "Eve", "Finn"].map((name) => room.addParticipant(name).id);
    room.update(ids[4] ?? 0, { role: "co-host" });
    const plan = shareOut(room.participants.values(), 2, seeded(1));
    expect([...plan.values()].sort()).toEqual([1, 1, 2, 2]);
    expect(plan.has(room.localId) || plan.has(ids[4] ?? 0)).toBe(false);
  });

  it("is drawn by lot: another seed, other neighbours, and nobody is favoured", () => {
    const room = new FakeRoom({ role: "host" });
    const ids = Array.from({ length: 8 }, (_, at) => room.addParticipant(`P${at}`).id);
    const draw = (seed: number) => shareOut(room.participants.values(), 4, seeded(seed));
    expect([...draw(7)]).toEqual([...draw(7)]);
    const [first = 0, second = 0] = ids;
    let together = 0;
    for (let seed = 0; seed < 700; seed++) {
      const plan = draw(seed);
      expect([...plan.values()].sort()).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
      if (plan.get(first) === plan.get(second)) together++;
    }
    // One in seven: 100 are expected, with a deviation of nine.
    expect(together).toBeGreaterThan(60);
    expect(together).toBeLessThan(140);
  });

  it("holds for rooms and people that are still there", () => {
    const people = new Map([
      [1, {}],
      [2, {}],
      [3, {}],
    ]);
    const plan = new Map([
      [1, 1],
      [2, 3],
      [3, 0],
      [4, 1],
    ]);
    expect([...stillHolds(plan, people, 2)]).toEqual([[1, 1]]);
  });
});
