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
});
