import { describe, expect, it } from "vitest";
import type { TrackWish } from "../room/types.ts";
import { LayoutCoalescer, WISHES_MAX } from "./layout_coalescer.ts";

function wish(trackId: number, heightPx: number, extra: Partial<TrackWish> = {}): TrackWish {
  return { trackId, heightPx, ...extra };
}

/** Runs until `untilMs`, and gives what was sent when. */
function run(coalescer: LayoutCoalescer, fromMs: number, untilMs: number) {
  const sent: [number, readonly TrackWish[]][] = [];
  let now = fromMs;
  while (now <= untilMs) {
    const wishes = coalescer.poll(now);
    if (wishes !== undefined) sent.push([now, wishes]);
    const next = coalescer.nextDeadlineMs();
    // A deadline that does not move on would be a busy loop.
    expect(next === Number.POSITIVE_INFINITY || next > now || wishes !== undefined).toBe(true);
    now = Math.max(next, now + 1);
  }
  return sent;
}

describe("LayoutCoalescer", () => {
  it("says nothing before the first layout", () => {
    expect(run(new LayoutCoalescer(), 0, 5000)).toEqual([]);
  });

  it("says it where nothing is to be shown, so that the server does not choose", () => {
    const coalescer = new LayoutCoalescer();
    coalescer.set(0, []);
    expect(run(coalescer, 0, 5000)).toEqual([[0, []]]);
    coalescer.resend();
    expect(run(coalescer, 5001, 9000)).toEqual([[5001, []]]);
  });

  it("asks for more at once", () => {
    const coalescer = new LayoutCoalescer();
    coalescer.set(0, [wish(1, 180)]);
    expect(run(coalescer, 0, 50)).toEqual([[0, [wish(1, 180)]]]);
    coalescer.set(1000, [wish(1, 720, { onStage: true })]);
    expect(run(coalescer, 1000, 1050)).toEqual([[1000, [wish(1, 720, { onStage: true })]]]);
  });

  it("asks for less after 500 ms, and not at all if it was only a moment", () => {
    const coalescer = new LayoutCoalescer();
    coalescer.set(0, [wish(1, 720), wish(2, 180)]);
    run(coalescer, 0, 0);
    coalescer.set(1000, [wish(1, 180)]);
    expect(run(coalescer, 1000, 1499)).toEqual([]);
    expect(run(coalescer, 1500, 2000)).toEqual([[1500, [wish(1, 180)]]]);
    coalescer.set(3000, []);
    coalescer.set(3200, [wish(1, 180)]);
    expect(run(coalescer, 3200, 5000)).toEqual([]);
  });

  it("counts from the first lower wish, however often the layout is made", () => {
    const coalescer = new LayoutCoalescer();
    coalescer.set(0, [wish(1, 720)]);
    run(coalescer, 0, 0);
    for (let now = 1000; now <= 1480; now += 16) coalescer.set(now, [wish(1, 720 - now / 10)]);
    expect(run(coalescer, 1480, 1600)).toHaveLength(1);
  });

  it("sends at most ten a second, and the last one always", () => {
    const coalescer = new LayoutCoalescer();
    const sent: number[] = [];
    for (let now = 0; now < 1000; now += 10) {
      coalescer.set(now, [wish(1, 100 + now)]);
      const wishes = coalescer.poll(now);
      if (wishes !== undefined) sent.push(now);
    }
    expect(sent.length).toBeLessThanOrEqual(10);
    const rest = run(coalescer, 1000, 1200);
    expect(rest.at(-1)?.[1]).toEqual([wish(1, 1090)]);
  });

  it("keeps the order, and puts what is on its way out last", () => {
    const coalescer = new LayoutCoalescer();
    coalescer.set(0, [wish(1, 180), wish(2, 180)]);
    run(coalescer, 0, 0);
    coalescer.set(1000, [wish(3, 180), wish(2, 180)]);
    expect(run(coalescer, 1000, 1000)).toEqual([
      [1000, [wish(3, 180), wish(2, 180), wish(1, 180)]],
    ]);
    expect(run(coalescer, 1001, 2000)).toEqual([[1500, [wish(3, 180), wish(2, 180)]]]);
    expect(coalescer.visibleCount).toBe(2);
  });

  it("tells the whole again when asked to", () => {
    const coalescer = new LayoutCoalescer();
    coalescer.set(0, [wish(1, 180)]);
    run(coalescer, 0, 200);
    coalescer.resend();
    expect(run(coalescer, 300, 400)).toEqual([[300, [wish(1, 180)]]]);
  });

  it("never asks for more tracks than the protocol takes", () => {
    const coalescer = new LayoutCoalescer();
    coalescer.set(
      0,
      Array.from({ length: 200 }, (_, index) => wish(index, 180)),
    );
    coalescer.set(
      1,
      Array.from({ length: 200 }, (_, index) => wish(index + 500, 180)),
    );
    expect(coalescer.poll(1)).toHaveLength(WISHES_MAX);
  });
});
