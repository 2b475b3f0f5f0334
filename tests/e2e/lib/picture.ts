/** What a video element shows. */
import type { Locator } from "playwright-core";
import { type Mark, readMark } from "./barcode.ts";

/** The mark in a video element's picture at this moment; undefined: none can be read. */
export async function markIn(video: Locator): Promise<Mark | undefined> {
  const samples = await video.evaluate((element) => {
    const picture = element as HTMLVideoElement;
    if (picture.videoWidth === 0) return undefined;
    const canvas = document.createElement("canvas");
    canvas.width = picture.videoWidth;
    canvas.height = picture.videoHeight;
    const context = canvas.getContext("2d");
    context?.drawImage(picture, 0, 0);
    const pixels = context?.getImageData(0, 0, canvas.width, canvas.height).data;
    if (pixels === undefined) return undefined;
    // The centres of the two rows of sixteen blocks (barcode.ts).
    return [0.5, 1.5].map((row) =>
      Array.from({ length: 16 }, (_, block) => {
        const x = Math.floor(((block + 0.5) / 16) * canvas.width);
        const y = Math.floor((row / 9) * canvas.height);
        const at = (y * canvas.width + x) * 4;
        return ((pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0)) / 3;
      }),
    );
  });
  if (samples === undefined) return undefined;
  return readMark((x, y) => samples[y * 9 < 1 ? 0 : 1]?.[Math.floor(x * 16)] ?? 0);
}
