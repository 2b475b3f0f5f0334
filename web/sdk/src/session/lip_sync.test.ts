import { describe, expect, it } from "vitest";
import {
  AUDIO_CLOCK_HZ,
  AUDIO_OUTPUT_MS,
  nextTargets,
  skewMs,
  VIDEO_CLOCK_HZ,
} from "./lip_sync.ts";

/** A slot whose source was captured from `startMs` on, with its first RTP timestamp there. */
function anchor(startMs: number, rtpTimestamp: number) {
  return { rtpTimestamp, captureTimeUs: BigInt(startMs * 1000) };
}

/** What is presented at `atMs` when it was captured `latencyMs` before. */
function presented(atMs: number, latencyMs: number, startMs: number, rtp: number, hz: number) {
  const ticks = Math.round(((atMs - latencyMs - startMs) / 1000) * hz);
  return { atMs, rtpTimestamp: (rtp + ticks) >>> 0 };
}

describe("skew", () => {
  it("is how much later the picture is than the sound, whatever the clocks begin with", () => {
    const audio = anchor(5_000, 123);
    const video = anchor(4_200, 0xffff_f000);
    const heard = presented(70_000, 120, 5_000, 123, AUDIO_CLOCK_HZ);
    const seen = presented(70_013, 420, 4_200, 0xffff_f000, VIDEO_CLOCK_HZ);
    expect(skewMs(heard, audio, seen, video)).toBeCloseTo(300 - AUDIO_OUTPUT_MS, 0);
  });

  it("counts back from an anchor that is ahead of what is presented", () => {
    const audio = anchor(80_000, 10);
    const video = anchor(80_000, 10);
    const heard = presented(70_000, 100, 80_000, 10, AUDIO_CLOCK_HZ);
    const seen = presented(70_000, 60, 80_000, 10, VIDEO_CLOCK_HZ);
    expect(skewMs(heard, audio, seen, video)).toBeCloseTo(-40 - AUDIO_OUTPUT_MS, 0);
  });
});

/**
 * A receiver: each buffer holds its network's jitter or its target, whichever is more, and moves
 * towards it by at most `speed` ms a second. Returns the skew after each second.
 */
function simulate(
  seconds: number,
  networkSkewMs: number | ((second: number) => number),
  speed = 150,
) {
  const natural = { audioMs: 60, videoMs: 40 };
  const buffer = { ...natural };
  let targets = { audioMs: 0, videoMs: 0 };
  const skews: number[] = [];
  for (let second = 0; second < seconds; second++) {
    const network = typeof networkSkewMs === "number" ? networkSkewMs : networkSkewMs(second);
    for (const side of ["audioMs", "videoMs"] as const) {
      const upTo = Math.max(natural[side], targets[side]);
      // The audio buffer is content with three quarters.
      const from = Math.max(natural[side], targets[side] * (side === "audioMs" ? 0.75 : 1));
      const wanted = Math.min(Math.max(buffer[side], from), upTo);
      buffer[side] += Math.max(-speed, Math.min(speed, wanted - buffer[side]));
    }
    const skew = network + buffer.videoMs - buffer.audioMs;
    skews.push(skew);
    targets = nextTargets(targets, skew, buffer);
  }
  return { skews, targets };
}

describe("the buffers", () => {
  it.each([300, -300, 80, -80, 900])("bring %i ms of skew under 80 ms within 6 s", (skew) => {
    const { skews } = simulate(20, skew, Math.abs(skew) / 2);
    expect(Math.max(...skews.slice(6).map(Math.abs))).toBeLessThanOrEqual(80);
    expect(Math.max(...skews.slice(12).map(Math.abs))).toBeLessThanOrEqual(25);
  });

  it("delay only the earlier one, and let it go when the skew turns", () => {
    expect(simulate(20, 300).targets).toMatchObject({ videoMs: 0 });
    expect(simulate(20, -300).targets).toMatchObject({ audioMs: 0 });
    const { targets, skews } = simulate(40, (second) => (second < 15 ? 300 : -200));
    expect(targets.audioMs).toBe(0);
    expect(Math.abs(skews.at(-1) ?? 1000)).toBeLessThanOrEqual(25);
  });

  it("return to the browser when the skew is gone", () => {
    const { targets } = simulate(40, (second) => (second < 15 ? 300 : 0));
    expect(targets.audioMs).toBeLessThanOrEqual(90);
    expect(targets.videoMs).toBe(0);
  });

  it("are left alone for a skew that nobody sees, or that only a wrong clock explains", () => {
    const targets = { audioMs: 0, videoMs: 0 };
    const buffers = { audioMs: 60, videoMs: 40 };
    for (const skew of [0, 15, -19, 5_000, -60_000, Number.NaN]) {
      expect(nextTargets(targets, skew, buffers)).toEqual(targets);
    }
  });
});
