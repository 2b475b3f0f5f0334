import { beforeEach, describe, expect, it } from "vitest";
import { CpuLadder } from "./cpu_ladder.ts";

let ladder: CpuLadder;
let nowMs: number;
/** When which rung was reached, in seconds. */
let rungs: [number, number][];

/** Looks every half second, as the quality loop does. */
function pass(seconds: number, limited: (second: number) => boolean): void {
  for (const endMs = nowMs + seconds * 1000; nowMs < endMs; nowMs += 500) {
    if (ladder.update(nowMs, limited(nowMs / 1000))) rungs.push([nowMs / 1000, ladder.rung]);
  }
}
const always = () => true;
const never = () => false;

beforeEach(() => {
  ladder = new CpuLadder();
  nowMs = 0;
  rungs = [];
});

describe("CpuLadder", () => {
  it("goes down a rung for each ten seconds, and ends with asking the person", () => {
    pass(60, always);
    expect(rungs).toEqual([
      [10, 1],
      [20, 2],
      [30, 3],
    ]);
  });

  it("does nothing about a processor that is late now and then", () => {
    pass(300, (second) => second % 10 < 9);
    expect(rungs).toEqual([]);
  });

  it("climbs one rung for each minute of calm", () => {
    pass(20.5, always);
    pass(200, never);
    expect(rungs.slice(2)).toEqual([
      [80.5, 1],
      [140.5, 0],
    ]);
  });

  it("begins the minute anew with each time that the processor is late", () => {
    pass(10.5, always);
    pass(600, (second) => second % 50 < 1);
    expect(ladder.rung).toBe(1);
  });

  it("tries a rung again only once", () => {
    for (let round = 0; round < 5; round++) {
      pass(10.5, always);
      pass(100, never);
    }
    expect(rungs.slice(0, 3)).toEqual([
      [10, 1],
      [70.5, 0],
      [120.5, 1],
    ]);
    expect(ladder.rung).toBeGreaterThan(0);
    const changes = rungs.length;
    pass(3600, never);
    expect(rungs.length).toBe(changes);
  });
});
