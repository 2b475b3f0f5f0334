import { describe, expect, it } from "vitest";
import { FreezeWatch } from "./freeze_watch.ts";

/** One look a second; `frames` counts up by frame, or stays. Returns when it was frozen. */
function frozenAt(
  looks: readonly { frames: number; trackId?: number; mayStandStill?: boolean }[],
): number[] {
  const watch = new FreezeWatch();
  return looks.flatMap(({ frames, trackId = 1, mayStandStill = false }, second) => {
    watch.look(second * 1000, [{ mid: "8", trackId, framesDecoded: frames, mayStandStill }]);
    return watch.isFrozen("8") ? second : [];
  });
}

const at = (...frames: number[]) => frames.map((one) => ({ frames: one }));

describe("FreezeWatch", () => {
  it("sees a picture that stands still after two seconds, and that it moves again", () => {
    expect(frozenAt(at(10, 20, 20, 20, 20, 30, 40))).toEqual([3, 4]);
  });

  it("takes one slow second for no freeze", () => {
    expect(frozenAt(at(10, 20, 20, 21, 21, 22, 30))).toEqual([]);
  });

  it("waits for the first frame of somebody else", () => {
    const other = [5, 5, 5, 6, 6, 6].map((frames) => ({ frames, trackId: 2 }));
    expect(frozenAt([...at(1, 5), ...other])).toEqual([7]);
  });

  it("lets stand still what may, and what was allowed to until its next frame", () => {
    const paused = [20, 20, 20].map((frames) => ({ frames, mayStandStill: true }));
    expect(frozenAt([...at(10, 20), ...paused, ...at(20, 20, 20, 25, 25, 25)])).toEqual([10]);
  });

  it("forgets slots that carry nothing", () => {
    const watch = new FreezeWatch();
    const one = { mid: "8", trackId: 1, framesDecoded: 5, mayStandStill: false };
    watch.look(0, [{ ...one, framesDecoded: 1 }]);
    watch.look(1000, [one]);
    watch.look(4000, [one]);
    expect(watch.isFrozen("8")).toBe(true);
    watch.look(5000, []);
    expect(watch.isFrozen("8")).toBe(false);
  });
});
