/**
 * A number burned into a picture so that it survives scaling and compression: two rows of sixteen
 * blocks across the top of the frame. Row one: identity (4 bits), its complement (4 bits), and the
 * frame number's low byte xored with 0x5a; row two: the frame number (16 bits). White is one.
 */

export const BLOCKS = 16;
/** Rows are this part of the frame's height each. */
export const ROW_HEIGHT = 1 / 9;

export interface Mark {
  readonly identity: number;
  readonly frame: number;
}

/** The 32 bits of a mark, row one first, most significant first. */
export function bitsOf(mark: Mark): boolean[] {
  const first = (mark.identity << 12) | ((~mark.identity & 15) << 8) | ((mark.frame & 255) ^ 0x5a);
  const word = first * 65536 + (mark.frame & 0xffff);
  return Array.from({ length: 32 }, (_, i) => Math.floor(word / 2 ** (31 - i)) % 2 === 1);
}

/** The mark in a picture, or undefined where none can be read. `luma(x, y)` takes 0..1 coordinates. */
export function readMark(luma: (x: number, y: number) => number): Mark | undefined {
  let first = 0;
  let frame = 0;
  for (let i = 0; i < BLOCKS; i++) {
    const x = (i + 0.5) / BLOCKS;
    first = first * 2 + (luma(x, ROW_HEIGHT * 0.5) > 127 ? 1 : 0);
    frame = frame * 2 + (luma(x, ROW_HEIGHT * 1.5) > 127 ? 1 : 0);
  }
  const identity = first >> 12;
  const valid =
    ((first >> 8) & 15) === (~identity & 15) && ((first & 255) ^ 0x5a) === (frame & 255);
  return valid ? { identity, frame } : undefined;
}
