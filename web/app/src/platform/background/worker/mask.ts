/**
 * What is done to masks and small pictures, pixel by pixel. A mask says for each pixel how surely it
 * is part of a person, 0 .. 1, row by row.
 */

/** Of the model's input and output. */
export const MASK_WIDTH = 256;
export const MASK_HEIGHT = 144;
export const MASK_PIXELS = MASK_WIDTH * MASK_HEIGHT;

/**
 * A new mask's share in the moving average: at 15 masks a second an edge that flickers is calm, and one
 * that moves is there after a fifth of a second.
 */
const NEW_SHARE = 0.6;
/** Surely background below, surely a person above; between them the edge is soft. */
const EDGE_FROM = 0.4;
const EDGE_TO = 0.8;

/** Moves `mask` towards `next`. */
export function follow(mask: Float32Array, next: ArrayLike<number>): void {
  for (let at = 0; at < mask.length; at++) {
    const before = mask[at] ?? 0;
    mask[at] = before + ((next[at] ?? 0) - before) * NEW_SHARE;
  }
}

/** Writes how opaque the person's pixels are, 0 .. 255, into the alpha of RGBA `pixels`. */
export function writeAlpha(mask: Float32Array, pixels: Uint8ClampedArray): void {
  for (let at = 0; at < mask.length; at++) {
    const linear = Math.min(1, Math.max(0, ((mask[at] ?? 0) - EDGE_FROM) / (EDGE_TO - EDGE_FROM)));
    pixels[at * 4 + 3] = linear * linear * (3 - 2 * linear) * 255;
  }
}

/** RGBA of 0 .. 255 as the model wants it: RGB of 0 .. 1. */
export function writeInput(pixels: Uint8ClampedArray, input: Float32Array): void {
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    input[to] = (pixels[from] ?? 0) / 255;
    input[to + 1] = (pixels[from + 1] ?? 0) / 255;
    input[to + 2] = (pixels[from + 2] ?? 0) / 255;
  }
}
