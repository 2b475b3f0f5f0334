import { describe, expect, it } from "vitest";
import { SealWatch, type SenderLook } from "./seal_watch.ts";

/** Which of the looks tell a leak. */
function alarms(looks: readonly (readonly [frames: number, packets: number, seen: number])[]) {
  const watch = new SealWatch();
  return looks.map(([frames, packets, seen]) => {
    const look: SenderLook = { frames, packets, seen };
    return watch.look(look);
  });
}

describe("the watch over what is sealed", () => {
  it("finds a sender that goes around the worker within two looks", () => {
    expect(
      alarms([
        [3, 9, 0],
        [6, 18, 0],
      ]),
    ).toEqual([false, true]);
  });

  it("finds one whose transform is taken off later", () => {
    expect(
      alarms([
        [3, 9, 3],
        [6, 18, 6],
        [9, 27, 6],
        [12, 36, 6],
      ]),
    ).toEqual([...[false, false, false, true]]);
  });

  it("finds one that makes few pictures", () => {
    expect(
      alarms([
        [1, 3, 1],
        [2, 5, 1],
        [2, 5, 1],
        [2, 5, 1],
        [3, 9, 1],
      ]).at(-1),
    ).toBe(true);
  });

  it("is not alarmed by frames on their way to the worker, nor by one that is held up", () => {
    expect(
      alarms([
        [3, 6, 2],
        [6, 12, 5],
        [9, 12, 5],
        [12, 30, 12],
      ]),
    ).not.toContain(true);
  });

  it("is not alarmed by probes while nothing is encoded", () => {
    expect(
      alarms([
        [3, 9, 3],
        [3, 50, 3],
        [3, 90, 3],
        [3, 130, 3],
      ]),
    ).not.toContain(true);
  });

  it("is not alarmed by frames that are made and do not leave", () => {
    expect(
      alarms([
        [3, 0, 0],
        [6, 0, 0],
        [9, 0, 0],
      ]),
    ).not.toContain(true);
  });
});
