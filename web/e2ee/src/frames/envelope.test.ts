import { describe, expect, it, vi } from "vitest";
import { envelopeOf, metadataOf } from "./envelope.ts";
import { hex, seeded, seededBytes } from "./testing/bytes.ts";

// Thousands of WebCrypto calls and comparisons, on machines that do other things besides.
vi.setConfig({ testTimeout: 30_000 });

const TYPES = ["audio/opus", "video/VP8", "video/VP9", "video/AV1", "video/H264"] as const;
const RUNS = 150;

function envelope(type: string) {
  const found = envelopeOf(type);
  if (found === undefined) throw new Error(`no envelope for ${type}`);
  return found;
}

/** The NAL units of an Annex B stream (ITU-T H.264 annex B), by their start codes. */
function nalUnits(data: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  for (let i = 0; i + 2 < data.length; i++) {
    if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 1) starts.push(i + 3);
  }
  return starts.map((start, index) => {
    let end = (starts[index + 1] ?? data.length + 3) - 3;
    while (data[end - 1] === 0) end--;
    return data.slice(start, end);
  });
}

describe.each(TYPES)("the envelope of %s", (type) => {
  it("gives back what was wrapped, whatever it is", () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const next = seeded(seed);
      const sealed = seededBytes(next, seed < 20 ? seed : next(3000));
      const wrapped = envelope(type).wrap(sealed.slice(), seed % 2 === 0);
      expect(hex(envelope(type).unwrap(wrapped) ?? new Uint8Array(0)), `seed ${seed}`).toBe(
        hex(sealed),
      );
    }
  });

  it("is taken apart without an error, whatever arrives", () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const next = seeded(seed);
      const wrapped = envelope(type).wrap(seededBytes(next, next(200)), seed % 2 === 0);
      const cut = wrapped.slice(0, next(wrapped.length + 1));
      const at = next(cut.length + 1);
      if (at < cut.length) cut[at] = next(256);
      for (const bytes of [cut, seededBytes(next, next(60))]) {
        const found = envelope(type).unwrap(bytes);
        expect((found?.length ?? 0) <= bytes.length).toBe(true);
      }
    }
  });
});

describe("envelopes", () => {
  it("say no more than whether it is a key frame", () => {
    for (const type of TYPES) {
      for (const isKey of [true, false]) {
        const empty = envelope(type).wrap(new Uint8Array(0), isKey);
        const full = envelope(type).wrap(Uint8Array.of(9, 9, 9), isKey);
        expect(hex(full).replace("090909", "").length).toBe(hex(empty).length);
      }
    }
  });

  it("have codec ids of their own, of their version", () => {
    const ids = TYPES.map((type) => envelope(type).codecId);
    expect(new Set(ids).size).toBe(TYPES.length);
    expect([...metadataOf(4)]).toEqual([1, 4]);
  });

  it("exist for nothing else", () => {
    for (const type of ["audio/telephone-event", "audio/red", "video/H265", "", undefined]) {
      expect(envelopeOf(type)).toBeUndefined();
    }
  });

  it("mark VP8 key frames with the lowest bit, and give them a size", () => {
    const key = envelope("video/VP8").wrap(Uint8Array.of(1), true);
    expect((key[0] ?? 1) & 1).toBe(0);
    expect(hex(key.slice(3, 6))).toBe("9d012a");
    expect(key[6]).toBeGreaterThan(0);
    expect((envelope("video/VP8").wrap(Uint8Array.of(1), false)[0] ?? 0) & 1).toBe(1);
  });

  it("hold one AV1 frame OBU with a size, behind a sequence header where it is a key frame", () => {
    const sealed = new Uint8Array(300);
    expect(hex(envelope("video/AV1").wrap(sealed, false).slice(0, 3))).toBe("32ac02");
    expect(hex(envelope("video/AV1").wrap(sealed, true).slice(0, 7))).toBe("12000a0032ac02");
  });

  it("come back from an AV1 depacketizer that left the delimiter and the last size out", () => {
    const sealed = Uint8Array.of(1, 2, 3);
    const unwrap = envelope("video/AV1").unwrap;
    expect(unwrap(Uint8Array.of(0x0a, 0, 0x30, 1, 2, 3))).toEqual(sealed);
    expect(unwrap(Uint8Array.of(0x34, 0x20, 1, 2, 3))).toEqual(sealed);
  });

  it("hold one H.264 slice, whatever start codes the blob has in it", () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const next = seeded(seed);
      const sealed = seededBytes(next, next(400));
      const key = nalUnits(envelope("video/H264").wrap(sealed, true));
      expect(key.map((nal) => (nal[0] ?? 0) & 31)).toEqual([7, 8, 5]);
      const delta = nalUnits(envelope("video/H264").wrap(sealed, false));
      expect(delta.map((nal) => (nal[0] ?? 0) & 31)).toEqual([1]);
      // What a reassembled stream looks like: three bytes of start code, or four.
      const short = Uint8Array.of(0, 0, 1, ...(delta[0] ?? []));
      expect(hex(envelope("video/H264").unwrap(short) ?? new Uint8Array(0))).toBe(hex(sealed));
    }
  });

  it("describe a picture of 16 by 16 in H.264 baseline", () => {
    const [sps, pps, slice] = nalUnits(envelope("video/H264").wrap(Uint8Array.of(1), true));
    // Worked out by hand from ITU-T H.264 §7.3.2: see envelope_h264.ts for the fields.
    expect(hex(sps ?? new Uint8Array(0))).toBe("6742c00ada79");
    expect(hex(pps ?? new Uint8Array(0))).toBe("68ce3880");
    expect(hex((slice ?? new Uint8Array(0)).slice(0, 3))).toBe("658880");
  });
});
