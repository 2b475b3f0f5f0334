import { describe, expect, test } from "vitest";
import { linesOf } from "./boardPaint.ts";
import { jpegSize } from "./boardPictures.ts";

/** Start, an application segment, a frame header, the start of the data. */
function jpeg(width: number, height: number, ...more: number[]): Uint8Array {
  const frame = [
    ...[0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
  ];
  const app = [0xff, 0xe0, 0, 4, 1, 2];
  return Uint8Array.from([
    0xff,
    0xd8,
    ...app,
    ...frame,
    ...more,
    0xff,
    0xda,
    0,
    8,
    1,
    1,
    0,
    0,
    63,
    0,
  ]);
}

describe("the size that a JPEG says it has", () => {
  test("is read from its frame header", () => {
    expect(jpegSize(jpeg(800, 450))).toEqual([800, 450]);
    expect(jpegSize(jpeg(65_535, 65_535))).toEqual([65_535, 65_535]);
  });
  test("is none of what is no JPEG, is cut off, or says two", () => {
    expect(jpegSize(Uint8Array.of())).toBeUndefined();
    expect(jpegSize(new TextEncoder().encode("<svg onload=alert(1)>"))).toBeUndefined();
    expect(jpegSize(jpeg(10, 10).subarray(0, 20))).toBeUndefined();
    const again = [0xff, 0xc2, 0, 11, 8, 255, 255, 255, 255, 1, 1, 0x11, 0];
    expect(jpegSize(jpeg(10, 10, ...again))).toBeUndefined();
    expect(jpegSize(new Uint8Array(100_000).fill(0xff))).toBeUndefined();
  });
});

describe("lines of a text", () => {
  const wide = (text: string) => [...text].length;
  test.each([
    ["one two three", ["one two", "three"]],
    ["a\n\nb", ["a", "", "b"]],
    ["unbelievably", ["unbeliev", "ably"]],
    ["an unbelievably long", ["an", "unbeliev", "ably", "long"]],
    ["漢字漢字漢字漢字漢字", ["漢字漢字漢字漢字", "漢字"]],
    ["", [""]],
  ])("%j is broken where it does not fit", (text, lines) => {
    expect(linesOf(text, 8, wide)).toEqual(lines);
  });
});
