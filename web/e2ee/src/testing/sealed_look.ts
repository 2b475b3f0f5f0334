/**
 * Looks at frames as the server has them: whether there is anything in them but constants around what
 * the test's keys open.
 */
import { envelopeOf, metadataOf } from "../frames/envelope.ts";
import { OpeningKeys } from "../frames/opening_keys.ts";
import { fromPlaintext } from "../frames/plaintext.ts";
import { epochKeys, type TestEpoch } from "../frames/testing/group.ts";

/** A frame on the wire, without what packets have around it. */
export interface Seen {
  readonly data: ArrayBuffer;
  readonly type?: string;
  readonly mimeType: string;
}

export interface SpyReport {
  readonly frames: number;
  readonly keyFrames: number;
  readonly opened: number;
  /** Frames in whose wire bytes any twelve bytes of the media were found. */
  readonly clear: number;
  /** What is around the sealed bytes, in hexadecimal, without lengths. */
  readonly envelopes: readonly string[];
  /** Chi-squared of the sealed bytes against an even distribution; 255 is expected, sigma is 23. */
  readonly chiSquared: number;
}

/** Of these tests' key ids and counters, at most. */
const SFRAME_HEADER_BYTES = 8;
/** As long as nobody repeats itself by chance. */
const NEEDLE_BYTES = 12;

/** `type` is known only where the frames come from a browser; with it key frames are counted. */
export async function examine(seen: readonly Seen[], test: TestEpoch): Promise<SpyReport> {
  const keys = await epochKeys(test);
  const report = { keyFrames: 0, opened: 0, clear: 0 };
  const envelopes = new Set<string>();
  const counted = new Set<string>();
  const histogram = new Array<number>(256).fill(0);
  let total = 0;
  for (const { data, type, mimeType } of seen) {
    if (type === "key") report.keyFrames++;
    const wire = new Uint8Array(data);
    const envelope = envelopeOf(mimeType);
    const sealed = envelope?.unwrap(wire);
    if (envelope === undefined || sealed === undefined) continue;
    envelopes.add(around(hex(wire), hex(sealed)));
    const text = hex(sealed);
    if (!counted.has(text)) {
      counted.add(text);
      for (const byte of sealed.subarray(SFRAME_HEADER_BYTES)) {
        histogram[byte] = (histogram[byte] ?? 0) + 1;
        total++;
      }
    }
    // The server may send a frame twice, to who missed it.
    const opening = new OpeningKeys();
    opening.add(keys, 0);
    const opened = await opening.open(sealed, metadataOf(envelope.codecId), 0);
    const plain = typeof opened === "string" ? undefined : fromPlaintext(opened.plaintext);
    if (plain === undefined) continue;
    report.opened++;
    if (holds(hex(wire), plain)) report.clear++;
  }
  const even = total / 256;
  const chiSquared = histogram.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
  return { frames: seen.length, ...report, envelopes: [...envelopes].sort(), chiSquared };
}

function holds(wire: string, plain: Uint8Array): boolean {
  for (let at = 0; at + NEEDLE_BYTES <= plain.length; at += NEEDLE_BYTES) {
    const needle = plain.subarray(at, at + NEEDLE_BYTES);
    // A silence of zeros is in no ciphertext, and needles of few values are in no media.
    if (new Set(needle).size > 4 && wire.includes(hex(needle))) return true;
  }
  return false;
}

/** The wire's bytes without the sealed ones; escapes make both differ, then only the start counts. */
function around(wire: string, sealed: string): string {
  const at = wire.indexOf(sealed);
  const head = at < 0 ? wire.slice(0, wire.indexOf(sealed.slice(0, 16))) : wire.slice(0, at);
  const tail = at < 0 ? "" : wire.slice(at + sealed.length);
  return `${head}|${tail}`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
