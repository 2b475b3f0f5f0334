import { beforeEach, describe, expect, test } from "vitest";
import type { RecordingFile } from "./file.ts";
import { RecordingParts } from "./parts.ts";

/** EBML's header, a segment without end, Info with the scale; then what is no header. */
const START = Uint8Array.from([
  ...[0x1a, 0x45, 0xdf, 0xa3, 0x84, 0x42, 0x86, 0x81, 0x01],
  ...[0x18, 0x53, 0x80, 0x67, 0x01, 255, 255, 255, 255, 255, 255, 255],
  ...[0x15, 0x49, 0xa9, 0x66, 0x87, 0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40],
]);
const PICTURES = new Uint8Array(100).fill(0xec);

class MemoryFile implements RecordingFile {
  bytes: number[] = [];
  writes = 0;

  async write(part: Blob): Promise<void> {
    this.writes++;
    this.bytes.push(...new Uint8Array(await part.arrayBuffer()));
  }

  async patch(at: number, bytes: Uint8Array): Promise<void> {
    this.bytes.splice(at, bytes.length, ...bytes);
  }

  async close(): Promise<void> {}
  async discard(): Promise<void> {}
}

describe("the parts of a recording", () => {
  let file: MemoryFile;
  let parts: RecordingParts;

  beforeEach(() => {
    file = new MemoryFile();
    parts = new RecordingParts(file);
  });

  const write = async (...all: Uint8Array<ArrayBuffer>[]) => {
    for (const each of all) await parts.add(new Blob([each]));
    await parts.finish(61_500);
    return file.bytes;
  };

  test("have their duration, in however small parts the start comes", async () => {
    const whole = await write(START, PICTURES, PICTURES);
    const duration = [
      0x44,
      0x89,
      0x88,
      ...new Uint8Array(new Float64Array([61_500]).buffer).reverse(),
    ];
    expect(whole.join().includes(duration.join())).toBe(true);
    expect(whole.slice(-200)).toEqual([...PICTURES, ...PICTURES]);
    for (const size of [1, 9, 30]) {
      file = new MemoryFile();
      parts = new RecordingParts(file);
      const pieces = Array.from({ length: Math.ceil(START.length / size) }, (_, i) =>
        START.slice(i * size, (i + 1) * size),
      );
      expect(await write(...pieces, PICTURES, PICTURES)).toEqual(whole);
    }
  });

  test("of another kind are written as they are, and not kept in memory", async () => {
    const other = new Uint8Array(5000).fill(7);
    await parts.add(new Blob([other]));
    expect(file.writes).toBe(1);
    expect(await write(PICTURES)).toEqual([...other, ...PICTURES]);
  });

  test("are written although little more than nothing came", async () => {
    expect(await write(Uint8Array.of(1, 2, 3))).toEqual([1, 2, 3]);
    expect(file.writes).toBe(1);
  });
});
