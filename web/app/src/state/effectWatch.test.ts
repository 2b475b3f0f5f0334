import { describe, expect, it } from "vitest";
import { EffectWatch, FULL_PACE, PACES } from "./effectWatch.ts";

/** Ten frames at a time, 30 a second; returns when it said what, in milliseconds from the start. */
function run(watch: EffectWatch, seconds: number, tookMs: (frame: number) => number) {
  for (let frame = 0; frame < seconds * 30; frame += 10) {
    const nowMs = Math.round((frame * 1000) / 30);
    const batch = Array.from({ length: 10 }, (_, index) => tookMs(frame + index));
    const verdict = watch.onFrames(nowMs, batch);
    if (verdict !== undefined) return { verdict, nowMs };
  }
  return undefined;
}

describe("EffectWatch", () => {
  it("is content with frames that are in time", () => {
    expect(run(new EffectWatch(), 60, () => 24)).toBeUndefined();
  });

  it("gives up after some seconds of frames that take too long", () => {
    const { verdict, nowMs } = run(new EffectWatch(), 60, () => 40) ?? {};
    expect(verdict).toBe("slow");
    expect(nowMs).toBeGreaterThanOrEqual(5000);
    expect(nowMs).toBeLessThan(7000);
  });

  it("looks at the 95th percentile", () => {
    expect(run(new EffectWatch(), 60, (frame) => (frame % 25 === 0 ? 80 : 10))).toBeUndefined();
    expect(run(new EffectWatch(), 60, (frame) => (frame % 12 === 0 ? 26 : 10))?.verdict).toBe(
      "slow",
    );
  });

  it("gives each pace the time that it has", () => {
    const watch = new EffectWatch();
    watch.reset(PACES[1]);
    expect(run(watch, 60, () => 45)).toBeUndefined();
    watch.reset(PACES[1]);
    expect(run(watch, 60, () => 60)?.verdict).toBe("slow");
  });

  it("bears a burst of other work", () => {
    const burst = (frame: number) => (frame > 300 && frame < 330 ? 90 : 10);
    expect(run(new EffectWatch(), 60, burst)).toBeUndefined();
  });

  it("says nothing of a few frames", () => {
    const watch = new EffectWatch();
    for (let second = 0; second < 60; second++) {
      expect(watch.onFrames(second * 1000, [400])).toBeUndefined();
    }
  });

  it("gives up when the encoder is limited by the processor for six seconds on end", () => {
    const watch = new EffectWatch();
    const looks = [true, true, true, false, true, true, true, true];
    const said = looks.map((isLimited, look) => watch.onEncoder(look * 2000, isLimited));
    expect(said.slice(0, 7)).toEqual(Array.from({ length: 7 }));
    expect(said[7]).toBe("encoder");
  });

  it("begins anew with another camera", () => {
    const watch = new EffectWatch();
    watch.onEncoder(0, true);
    run(watch, 3, () => 40);
    watch.reset(FULL_PACE);
    expect(watch.onEncoder(7000, true)).toBeUndefined();
    expect(
      watch.onFrames(
        7000,
        Array.from({ length: 30 }, () => 40),
      ),
    ).toBeUndefined();
  });

  it("tells of time to spare after half a minute in which the next pace would have had it", () => {
    const watch = new EffectWatch();
    watch.reset(PACES[2]);
    expect(run(watch, 60, () => 26)).toBeUndefined();
    watch.reset(PACES[2]);
    const { verdict, nowMs } = run(watch, 60, () => 24) ?? {};
    expect(verdict).toBe("spare");
    expect(nowMs).toBeGreaterThanOrEqual(30_000);
    expect(nowMs).toBeLessThan(32_000);
  });

  it("has none while the encoder is limited by the processor, and none above the highest pace", () => {
    const watch = new EffectWatch();
    watch.reset(PACES[1]);
    watch.onEncoder(0, true);
    expect(run(watch, 60, () => 5)).toBeUndefined();
    watch.onEncoder(0, false);
    watch.reset(FULL_PACE);
    expect(run(watch, 60, () => 5)).toBeUndefined();
  });

  it("waits twice as long each time that it was too soon, and forgets that when it was not", () => {
    const watch = new EffectWatch();
    let nowMs = 0;
    /** Milliseconds until it says something of frames that take so long; 30 a second. */
    const until = (verdict: string, tookMs: number): number => {
      for (const from = nowMs; nowMs - from < 3_600_000; ) {
        nowMs += 1000;
        const said = watch.onFrames(
          nowMs,
          Array.from({ length: 30 }, () => tookMs),
        );
        if (said !== undefined) expect(said).toBe(verdict);
        if (said !== undefined) return nowMs - from;
      }
      return Number.POSITIVE_INFINITY;
    };
    const rise = (): number => {
      watch.reset(PACES[1]);
      const afterMs = until("spare", 10);
      watch.reset(PACES[0]);
      return afterMs;
    };
    const waits = Array.from({ length: 7 }, () => {
      const afterMs = rise();
      until("slow", 40);
      return Math.round(afterMs / 30_000) * 30;
    });
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 960]);
    rise();
    for (const from = nowMs; nowMs - from < 60_000; ) {
      nowMs += 1000;
      expect(watch.onFrames(nowMs, Array(30).fill(10))).toBeUndefined();
    }
    until("slow", 40);
    expect(Math.round(rise() / 30_000)).toBe(1);
  });
});
