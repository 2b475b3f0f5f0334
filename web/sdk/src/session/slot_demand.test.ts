import { describe, expect, it } from "vitest";
import { videoSlotsFor } from "./slot_demand.ts";

describe("videoSlotsFor", () => {
  it("grows in steps and never shrinks", () => {
    expect([0, 8, 9, 16, 17, 32, 33, 49].map((wanted) => videoSlotsFor(wanted, 0))).toEqual([
      8, 8, 16, 16, 32, 32, 48, 48,
    ]);
    expect(videoSlotsFor(1, 16)).toBe(16);
  });
});
