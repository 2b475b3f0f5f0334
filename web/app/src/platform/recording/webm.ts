/**
 * Browsers write recordings as if they never ended: without a duration, so that players show none and
 * cannot jump. A place for it is made in the first bytes, and filled in at the end. (Matroska, RFC 9559:
 * Info 0x1549A966 section 5.1.2, Duration 0x4489 section 5.1.2.10; EBML, RFC 8794 section 4.)
 */
export interface WebmStart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where in the file the duration goes. */
  readonly durationAt: number;
}

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const SEEK_HEAD = 0x114d9b74;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
/** What browsers use: the duration's unit is a millisecond. */
const SCALE_MS = 1_000_000;
const DURATION_BYTES = 11;

interface Element {
  readonly id: number;
  /** Of its first byte, its content, and what comes after. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Undefined where the bytes are not what browsers write: then they are kept as they are. */
export function withDuration(bytes: Uint8Array<ArrayBuffer>): WebmStart | undefined {
  const segment = find(bytes, SEGMENT, 0, bytes.length);
  if (segment === undefined) return undefined;
  const info = find(bytes, INFO, segment.from, bytes.length);
  if (info === undefined || info.to > bytes.length) return undefined;
  const known = find(bytes, DURATION, info.from, info.to);
  const scale = find(bytes, TIMESTAMP_SCALE, info.from, info.to);
  if (scale !== undefined && numberIn(bytes, scale) !== SCALE_MS) return undefined;
  if (known !== undefined) {
    return known.to - known.from === 8 ? { bytes, durationAt: known.from } : undefined;
  }
  // Something points at places in the file: they would be other places.
  if (find(bytes, SEEK_HEAD, segment.from, bytes.length) !== undefined) return undefined;
  const content = bytes.subarray(info.from, info.to);
  const size = content.length + DURATION_BYTES;
  const head = [0x15, 0x49, 0xa9, 0x66, 0x01, 0, 0, 0, 0, 0, size >> 8, size & 255];
  const duration = [0x44, 0x89, 0x88, 0, 0, 0, 0, 0, 0, 0, 0];
  const before = bytes.subarray(0, info.at);
  const parts = [before, head, content, duration, bytes.subarray(info.to)];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return { bytes: whole, durationAt: before.length + head.length + content.length + 3 };
}

export function durationBytes(ms: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, ms);
  return bytes;
}

function find(bytes: Uint8Array, id: number, from: number, to: number): Element | undefined {
  let at = from;
  while (at < to) {
    const element = elementAt(bytes, at);
    if (element === undefined) return undefined;
    if (element.id === id) return element;
    // What has no end yet has all the rest in it.
    if (element.to <= at) return undefined;
    at = element.to;
  }
  return undefined;
}

function elementAt(bytes: Uint8Array, at: number): Element | undefined {
  const idLength = Math.clz32(bytes[at] ?? 0) - 23;
  const sizeAt = at + idLength;
  const sizeLength = Math.clz32(bytes[sizeAt] ?? 0) - 23;
  if (idLength > 4 || sizeLength > 8 || sizeAt + sizeLength > bytes.length) return undefined;
  let id = 0;
  for (let i = 0; i < idLength; i++) id = id * 256 + (bytes[at + i] ?? 0);
  let size = (bytes[sizeAt] ?? 0) & (0xff >> sizeLength);
  let isUnknown = size === 0xff >> sizeLength;
  for (let i = 1; i < sizeLength; i++) {
    const byte = bytes[sizeAt + i] ?? 0;
    size = size * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  const from = sizeAt + sizeLength;
  return { id, at, from, to: isUnknown ? bytes.length : from + size };
}

function numberIn(bytes: Uint8Array, { from, to }: Element): number {
  return bytes.subarray(from, to).reduce((sum, byte) => sum * 256 + byte, 0);
}
