import { describe, expect, it } from "vitest";
import { MediaPath } from "./media_path.ts";

/** The actions up to a time, with when they came. */
function until(path: MediaPath, untilMs: number): [number, string][] {
  const actions: [number, string][] = [];
  for (let next = path.nextDeadlineMs(); next <= untilMs; next = path.nextDeadlineMs()) {
    const action = path.onDeadline(next);
    if (action !== undefined) actions.push([next, action]);
  }
  return actions;
}

function connected(): MediaPath {
  const path = new MediaPath(false);
  path.onAnswered(0);
  path.onState(100, "connected");
  return path;
}

describe("MediaPath", () => {
  it("leaves a short gap to ICE", () => {
    const path = connected();
    path.onState(1_000, "disconnected");
    expect(until(path, 2_999)).toEqual([]);
    path.onState(2_999, "connected");
    expect(until(path, 60_000)).toEqual([]);
  });

  it("restarts ICE after two seconds, or at once when it failed", () => {
    const path = connected();
    path.onState(1_000, "disconnected");
    expect(until(path, 3_000)).toEqual([[3_000, "restart-ice"]]);
    const failed = connected();
    failed.onState(1_000, "failed");
    expect(until(failed, 1_000)).toEqual([[1_000, "restart-ice"]]);
  });

  it("joins again after three restarts that did not help", () => {
    const path = connected();
    path.onState(1_000, "failed");
    expect(until(path, 120_000)).toEqual([
      [1_000, "restart-ice"],
      [11_000, "restart-ice"],
      [21_000, "restart-ice"],
      [31_000, "rejoin"],
    ]);
  });

  it("counts anew once it stood again", () => {
    const path = connected();
    for (let round = 1; round <= 5; round++) {
      path.onState(round * 10_000, "failed");
      expect(until(path, round * 10_000)).toHaveLength(1);
      path.onState(round * 10_000 + 500, "connected");
    }
  });

  it("gives up where no path ever stood, and joins again where one did", () => {
    const never = new MediaPath(false);
    never.onAnswered(0);
    expect(until(never, 120_000).at(-1)?.[1]).toBe("give-up");
    const again = new MediaPath(true);
    again.onAnswered(0);
    expect(until(again, 120_000).at(-1)?.[1]).toBe("rejoin");
  });

  it("waits while signaling is away, since nothing can be offered", () => {
    const path = connected();
    path.onSignaling(900, false);
    path.onState(1_000, "failed");
    expect(until(path, 60_000)).toEqual([]);
    path.onSignaling(60_000, true);
    expect(until(path, 60_000)).toEqual([[60_000, "restart-ice"]]);
  });
});
