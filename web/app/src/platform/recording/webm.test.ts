import { describe, expect, test } from "vitest";
import { durationBytes, withDuration } from "./webm.ts";

const EBML = [0x1a, 0x45, 0xdf, 0xa3, 0x84, 0x42, 0x86, 0x81, 0x01];
const SEGMENT = [0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255];
const SCALE = [0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40];
const TRACKS = [0x16, 0x54, 0xae, 0x6b, 0x82, 0xec, 0x80];
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0x01, 255, 255, 255, 255, 255, 255, 255, 0xe7, 0x81, 0];

function info(...content: number[]): number[] {
  return [0x15, 0x49, 0xa9, 0x66, 0x80 | content.length, ...content];
}

function file(...parts: readonly number[][]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...EBML, ...SEGMENT, ...parts.flat()]);
}

describe("a place for the duration", () => {
  test("is made where there is none, and nothing else changes", () => {
    const made = withDuration(file(info(...SCALE), TRACKS, CLUSTER));
    if (made === undefined) throw new Error("no place was made");
    const { bytes, durationAt } = made;
    expect([...bytes.subarray(durationAt - 3, durationAt)]).toEqual([0x44, 0x89, 0x88]);
    expect([...bytes.subarray(durationAt + 8)]).toEqual([...TRACKS, ...CLUSTER]);
    expect([...bytes.subarray(0, EBML.length + SEGMENT.length)]).toEqual([...EBML, ...SEGMENT]);
    // It is found where it was made.
    bytes.set(durationBytes(61_500), durationAt);
    expect(withDuration(bytes)?.durationAt).toBe(durationAt);
    expect(new DataView(bytes.buffer).getFloat64(durationAt)).toBe(61_500);
  });

  test("is taken where there is one", () => {
    const known = file(info(...SCALE, 0x44, 0x89, 0x88, 0, 0, 0, 0, 0, 0, 0, 0), TRACKS);
    const made = withDuration(known);
    expect(made?.bytes).toEqual(known);
    expect(made?.durationAt).toBe(EBML.length + SEGMENT.length + 5 + SCALE.length + 3);
  });

  test("is taken also behind a list of places, as Firefox writes it", () => {
    const seekHead = [0x11, 0x4d, 0x9b, 0x74, 0x01, 0, 0, 0, 0, 0, 0, 0];
    const duration = [0x44, 0x89, 0x88, 0, 0, 0, 0, 0, 0, 0, 0];
    const known = file(seekHead, info(...SCALE, ...duration), TRACKS);
    expect(withDuration(known)).toEqual({ bytes: known, durationAt: known.length - 15 });
  });

  test("is none in what browsers do not write", () => {
    const seekHead = [0x11, 0x4d, 0x9b, 0x74, 0x80];
    const otherScale = [0x2a, 0xd7, 0xb1, 0x81, 0x01];
    for (const other of [
      ...[Uint8Array.of(), Uint8Array.from(EBML), file(TRACKS), file(seekHead, info(...SCALE))],
      ...[file(info(...otherScale)), new Uint8Array(1000).fill(255), new Uint8Array(1000)],
      file(info(...SCALE)).subarray(0, 30),
    ]) {
      expect(withDuration(other)).toBeUndefined();
    }
  });
});
