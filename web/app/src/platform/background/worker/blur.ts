/**
 * A blurred background of which the person is no part: each pixel counts by how surely it is
 * background, so that nobody has a glow of their own colors around them.
 */
import { MASK_HEIGHT, MASK_WIDTH } from "./mask.ts";

/** Half of the mask's: what is blurred needs no detail, and a quarter of the pixels is a quarter of the work. */
export const BLUR_WIDTH = MASK_WIDTH / 2;
export const BLUR_HEIGHT = MASK_HEIGHT / 2;
const PIXELS = BLUR_WIDTH * BLUR_HEIGHT;
/** Red, green, blue and weight. */
const CHANNELS = 4;
/** Keeps a color where all around is person; nobody sees it there. */
const LEAST_WEIGHT = 0.002;
/** Of box filters one after the other; three come close to a bell curve. */
const PASSES = 3;

/** Works in its own memory; one for each picture at a time. */
export class BackgroundBlur {
  readonly #a = new Float32Array(PIXELS * CHANNELS);
  readonly #b = new Float32Array(PIXELS * CHANNELS);

  /**
   * `pixels` (RGBA) and `mask` are of the mask's size; `into` (RGBA) is of the blur's size and becomes
   * opaque. `radius` is in pixels of the blur's size.
   */
  run(
    pixels: Uint8ClampedArray,
    mask: Float32Array,
    radius: number,
    into: Uint8ClampedArray,
  ): void {
    this.#shrink(pixels, mask);
    for (let pass = 0; pass < PASSES; pass++) {
      box(
        this.#a,
        this.#b,
        { lines: BLUR_HEIGHT, length: BLUR_WIDTH, step: 1, line: BLUR_WIDTH },
        radius,
      );
      box(
        this.#b,
        this.#a,
        { lines: BLUR_WIDTH, length: BLUR_HEIGHT, step: BLUR_WIDTH, line: 1 },
        radius,
      );
    }
    const blurred = this.#a;
    for (let at = 0; at < blurred.length; at += CHANNELS) {
      const weight = blurred[at + 3] || 1;
      into[at] = (blurred[at] ?? 0) / weight;
      into[at + 1] = (blurred[at + 1] ?? 0) / weight;
      into[at + 2] = (blurred[at + 2] ?? 0) / weight;
      into[at + 3] = 255;
    }
  }

  /** Two by two pixels become one, of weighted colors. */
  #shrink(pixels: Uint8ClampedArray, mask: Float32Array): void {
    const small = this.#a.fill(0);
    for (let at = 0; at < mask.length; at++) {
      const x = at % MASK_WIDTH;
      const y = (at - x) / MASK_WIDTH;
      const to = ((y >> 1) * BLUR_WIDTH + (x >> 1)) * CHANNELS;
      const weight = Math.max(LEAST_WEIGHT, 1 - (mask[at] ?? 0));
      small[to] = (small[to] ?? 0) + (pixels[at * 4] ?? 0) * weight;
      small[to + 1] = (small[to + 1] ?? 0) + (pixels[at * 4 + 1] ?? 0) * weight;
      small[to + 2] = (small[to + 2] ?? 0) + (pixels[at * 4 + 2] ?? 0) * weight;
      small[to + 3] = (small[to + 3] ?? 0) + weight;
    }
  }
}

/** A picture as lines, horizontal or vertical: distances are in pixels. */
interface Lines {
  readonly lines: number;
  readonly length: number;
  /** From one pixel of a line to the next, and from one line to the next. */
  readonly step: number;
  readonly line: number;
}

/** Sums over a sliding window; at a line's ends its last pixel counts again. */
function box(from: Float32Array, to: Float32Array, lines: Lines, radius: number): void {
  const last = lines.length - 1;
  for (let line = 0; line < lines.lines; line++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      const start = line * lines.line * CHANNELS + channel;
      const step = lines.step * CHANNELS;
      let sum = 0;
      for (let x = -radius; x <= radius; x++) {
        sum += from[start + Math.min(last, Math.max(0, x)) * step] ?? 0;
      }
      for (let x = 0; x <= last; x++) {
        to[start + x * step] = sum;
        sum += from[start + Math.min(last, x + radius + 1) * step] ?? 0;
        sum -= from[start + Math.max(0, x - radius) * step] ?? 0;
      }
    }
  }
}
