import { describe, expect, it } from "vitest";
import { REPLAY_WINDOW, ReplayWindow } from "./replay_window.ts";
import { seeded } from "./testing/bytes.ts";

describe("a replay window", () => {
  it("takes each counter once, in any order within the window", () => {
    const window = new ReplayWindow();
    for (const counter of [0, 5, 3, 511, 4]) expect(window.take(counter)).toBe(true);
    for (const counter of [0, 5, 3, 511, 4]) expect(window.take(counter)).toBe(false);
    expect(window.take(512)).toBe(true);
    expect(window.take(1)).toBe(true);
    expect(window.take(0)).toBe(false);
  });

  it("takes nothing from before the window, also after a jump", () => {
    const window = new ReplayWindow();
    expect(window.take(10_000_000)).toBe(true);
    expect(window.take(10_000_000 - REPLAY_WINDOW)).toBe(false);
    expect(window.take(10_000_001 - REPLAY_WINDOW)).toBe(true);
  });

  it("agrees with a list of everything", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const next = seeded(seed);
      const window = new ReplayWindow();
      const seen = new Set<number>();
      let highest = -1;
      for (let i = 0; i < 3000; i++) {
        const counter = Math.max(0, highest + next(40) - 30 - (next(20) === 0 ? next(800) : 0));
        const expected = !seen.has(counter) && counter > highest - REPLAY_WINDOW;
        const accepts = window.accepts(counter);
        if (accepts !== expected || window.take(counter) !== expected) {
          throw new Error(`seed ${seed}: ${counter} after ${highest}`);
        }
        seen.add(counter);
        highest = Math.max(highest, counter);
      }
    }
  });
});
