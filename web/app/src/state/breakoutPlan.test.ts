import { FakeRoom } from "@conclave/sdk/testing";
import { describe, expect, it } from "vitest";
import { shareOut, stillHolds } from "./breakoutPlan.ts";

describe("who goes where", () => {
  it("is shared out evenly among those who do not moderate", () => {
    const room = new FakeRoom({ role: "host" });
    const ids = ["Ben", "Cleo", "Dan", "Eve", "Finn"].map((name) => room.addParticipant(name).id);
    room.update(ids[4] ?? 0, { role: "co-host" });
    const plan = shareOut(room.participants.values(), 2);
    expect([...plan.values()].sort()).toEqual([1, 1, 2, 2]);
    expect(plan.has(room.localId) || plan.has(ids[4] ?? 0)).toBe(false);
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
