import { describe, expect, it } from "vitest";
import { degradationOf, type EncodingFacts, planEncodings } from "./encoding_plan.ts";

function facts(change: Partial<EncodingFacts> = {}): EncodingFacts {
  const camera = { source: "camera", codec: "vp8", engine: "chromium" } as const;
  return { ...camera, width: 1280, height: 720, motion: false, ...change };
}

describe("planEncodings", () => {
  it("sends a camera in three sizes, lowest first, each with the rate that it needs", () => {
    const plan = planEncodings(facts());
    expect(plan.map((one) => [one.rid, one.active, one.scaleResolutionDownBy])).toEqual([
      ["q", true, 4],
      ["h", true, 2],
      ["f", true, 1],
    ]);
    expect(plan.map(({ maxBitrate }) => maxBitrate)).toEqual([150_000, 500_000, 1_700_000]);
  });

  it("takes a camera of unknown size for one of 720 lines, upright or not", () => {
    expect(planEncodings(facts({ width: 0, height: 0 }))).toEqual(planEncodings(facts()));
    expect(planEncodings(facts({ width: 720, height: 1280 }))).toEqual(planEncodings(facts()));
  });

  it.each([
    [640, 360, [2, 1, 1], [true, true, false], 500_000],
    [320, 180, [1, 1, 1], [true, false, false], 150_000],
    [1920, 1080, [4, 2, 1], [true, true, true], 3_000_000],
  ])("gives a %i x %i camera the layers that differ", (width, height, scales, active, top) => {
    const plan = planEncodings(facts({ width, height }));
    expect(plan.map((one) => one.scaleResolutionDownBy)).toEqual(scales);
    expect(plan.map((one) => one.active)).toEqual(active);
    expect(Math.max(...plan.map((one) => one.maxBitrate))).toBe(top);
  });

  it("sends the layers of VP9 and AV1 as one stream from Chromium, for less than simulcast takes", () => {
    const simulcast = planEncodings(facts()).reduce((sum, one) => sum + one.maxBitrate, 0);
    for (const codec of ["vp9", "av1"] as const) {
      const [only, ...rest] = planEncodings(facts({ codec }));
      expect(rest).toEqual([]);
      expect(only).toMatchObject({ scalabilityMode: "L3T3_KEY", scaleResolutionDownBy: 1 });
      expect(only?.rid).toBeUndefined();
      expect(only?.maxBitrate).toBeLessThan(0.8 * simulcast);
    }
    const modes = [360, 180].map(
      (height) => planEncodings(facts({ codec: "vp9", height }))[0]?.scalabilityMode,
    );
    expect(modes).toEqual(["L2T3_KEY", "L1T3"]);
  });

  it("sends layers as the lowest of three encodings where those were negotiated", () => {
    const [only] = planEncodings(facts({ codec: "vp9" }));
    const plan = planEncodings(facts({ codec: "vp9", rids: true }));
    expect(plan.map(({ rid, active }) => [rid, active])).toEqual([
      ["q", true],
      ["h", false],
      ["f", false],
    ]);
    expect(plan[0]).toEqual({ ...only, rid: "q" });
    expect(planEncodings(facts({ rids: true }))).toEqual(planEncodings(facts()));
  });

  it("leaves out the largest size where the processor cannot keep up, but never the only one", () => {
    const actives = (change: Partial<EncodingFacts>) =>
      planEncodings(facts({ ...change, withoutTop: true })).map(({ active }) => active);
    expect(actives({})).toEqual([true, true, false]);
    expect(actives({ width: 320, height: 180 })).toEqual([true, false, false]);
    const rate = (change: Partial<EncodingFacts>, heightPx: number) =>
      planEncodings(facts({ codec: "vp9", ...change }), { encodings: 1, heightPx })[0]?.maxBitrate;
    expect(rate({ withoutTop: true }, 720)).toBe(rate({}, 360));
    expect(rate({ withoutTop: true, height: 180, width: 320 }, 180)).toBe(
      rate({ height: 180, width: 320 }, 180),
    );
  });

  it("sends simulcast of any codec where the browser makes no layers, and of H.264 everywhere", () => {
    for (const change of [{ engine: "firefox", codec: "vp9" }, { codec: "h264" }] as const) {
      const plan = planEncodings(facts(change));
      expect(plan.map(({ rid }) => rid)).toEqual(["q", "h", "f"]);
      expect(plan.every(({ scalabilityMode }) => scalabilityMode === undefined)).toBe(true);
    }
  });

  it("sends a screen in its own size: few pictures to read, many to watch", () => {
    const [text, ...rest] = planEncodings(facts({ source: "screen-video" }));
    const [film] = planEncodings(facts({ source: "screen-video", motion: true }));
    expect(rest).toEqual([]);
    expect(text).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 15 });
    expect(film).toMatchObject({ scaleResolutionDownBy: 1, maxFramerate: 30 });
    expect(film?.maxBitrate).toBeGreaterThan(text?.maxBitrate ?? 0);
  });
});

describe("planEncodings of what is wanted", () => {
  const active = (encodings: number, change: Partial<EncodingFacts> = {}) =>
    planEncodings(facts(change), { encodings, heightPx: 360 }).map((one) => one.active);

  it("leaves out the sizes that nobody watches, and changes nothing else", () => {
    expect(active(0b001)).toEqual([true, false, false]);
    expect(active(0b100)).toEqual([false, false, true]);
    expect(active(0b111)).toEqual([true, true, true]);
    expect(active(0)).toEqual([false, false, false]);
    const plan = planEncodings(facts(), { encodings: 0b001, heightPx: 180 });
    expect(plan.map((one) => ({ ...one, active: true }))).toEqual(planEncodings(facts()));
  });

  it("sends no layer that the camera is too small for, wanted or not", () => {
    expect(active(0b111, { width: 640, height: 360 })).toEqual([true, true, false]);
  });

  it("stops a screen that nobody watches", () => {
    expect(active(1, { source: "screen-video" })).toEqual([true]);
    expect(active(0, { source: "screen-video" })).toEqual([false]);
  });

  it("gives one scalable stream the rate of the layers that are watched", () => {
    const rate = (heightPx: number, encodings = 1) =>
      planEncodings(facts({ codec: "vp9" }), { encodings, heightPx })[0];
    const all = planEncodings(facts({ codec: "vp9" }))[0]?.maxBitrate;
    expect(rate(720)?.maxBitrate).toBe(all);
    expect(rate(2000)?.maxBitrate).toBe(all);
    // 0.75 of what VP8 takes for 180 lines, and for 180 and 360.
    expect(rate(180)?.maxBitrate).toBe(113_000);
    expect(rate(200)?.maxBitrate).toBe(113_000);
    expect(rate(360)?.maxBitrate).toBe(488_000);
    expect(rate(180)?.scalabilityMode).toBe("L3T3_KEY");
    expect(rate(0, 0)?.active).toBe(false);
  });
});

describe("degradationOf", () => {
  it("keeps text sharp, and faces and films smooth", () => {
    expect(degradationOf(facts())).toBe("maintain-framerate");
    expect(degradationOf(facts({ source: "screen-video" }))).toBe("maintain-resolution");
    expect(degradationOf(facts({ source: "screen-video", motion: true }))).toBe(
      "maintain-framerate",
    );
  });
});
