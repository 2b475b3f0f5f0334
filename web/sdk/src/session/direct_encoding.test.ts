import { expect, test } from "vitest";
import { directEncoding } from "./direct_encoding.ts";
import type { EncodingFacts } from "./encoding_plan.ts";

const camera: EncodingFacts = {
  ...{ source: "camera", codec: "vp8", engine: "chromium" },
  ...{ width: 1280, height: 720, motion: false },
};

test("all of a camera, unless it is shown smaller", () => {
  expect(directEncoding(camera)).toMatchObject({ active: true, scaleResolutionDownBy: 1 });
  const of = (heightPx: number) => directEncoding(camera, { encodings: 7, heightPx });
  expect(of(1080).scaleResolutionDownBy).toBe(1);
  expect(of(360).scaleResolutionDownBy).toBe(2);
  expect(of(100).scaleResolutionDownBy).toBe(4);
  expect(of(100).maxBitrate).toBeLessThan(of(360).maxBitrate);
});

test("nothing where nobody looks", () => {
  expect(directEncoding(camera, { encodings: 0, heightPx: 0 }).active).toBe(false);
});

test("one encoding of a screen, and of codecs with layers", () => {
  const screen = directEncoding({ ...camera, source: "screen-video" });
  expect(screen).toMatchObject({ active: true, scaleResolutionDownBy: 1 });
  const layered = directEncoding({ ...camera, codec: "av1" });
  for (const one of [screen, layered]) {
    expect(one.rid).toBeUndefined();
    expect(one.scalabilityMode).toBeUndefined();
  }
});
