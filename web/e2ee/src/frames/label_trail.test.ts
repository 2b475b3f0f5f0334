import { describe, expect, it } from "vitest";
import { type FrameLabel, LabelTrail, STEPS_MAX } from "./label_trail.ts";

const of = (leaf: number, epoch = 1): FrameLabel => ({ leaf, epoch, source: "camera" });

describe("a label trail", () => {
  it("knows who is seen at each timestamp", () => {
    const trail = new LabelTrail();
    expect(trail.at(0)).toBeUndefined();
    expect(trail.add(1000, of(1))).toBe(true);
    expect(trail.add(4000, of(1))).toBe(false);
    expect(trail.add(7000, of(2))).toBe(true);
    expect(trail.at(999)).toBeUndefined();
    expect(trail.at(6999)).toEqual(of(1));
    expect(trail.at(7000)).toEqual(of(2));
  });

  it("takes late frames of either side of a switch", () => {
    const trail = new LabelTrail();
    trail.add(1000, of(1));
    trail.add(10_000, of(2));
    expect(trail.add(4000, of(1))).toBe(false);
    expect(trail.add(7000, of(2))).toBe(true);
    expect(trail.at(6999)).toEqual(of(1));
    expect(trail.at(7000)).toEqual(of(2));
  });

  it("goes on where timestamps wrap around", () => {
    const trail = new LabelTrail();
    trail.add(2 ** 32 - 10, of(1));
    trail.add(20, of(2));
    expect(trail.at(10)).toEqual(of(1));
    expect(trail.at(30)).toEqual(of(2));
  });

  it("takes the same leaf in another epoch for somebody else", () => {
    const trail = new LabelTrail();
    trail.add(1, of(1, 1));
    expect(trail.add(2, of(1, 2))).toBe(true);
  });

  it("remembers as many changes as a buffer can hold", () => {
    const trail = new LabelTrail();
    for (let i = 0; i < 2 * STEPS_MAX; i++) trail.add(i * 10, of(i % 2));
    expect(trail.at(5)).toBeUndefined();
    expect(trail.at(20 * STEPS_MAX)).toEqual(of(1));
  });
});
