/**
 * AV1 (AV1 bitstream §5.3): one frame OBU with a size around the blob. In front of a key frame a
 * temporal delimiter and an empty sequence header: without the latter no receiver takes it for a key
 * frame unless the dependency descriptor says so (measured: endless requests for one).
 */
const SEQUENCE_HEADER = 1;
const TEMPORAL_DELIMITER = 2;
const FRAME = 6;
const EXTENSION_FLAG = 4;
const SIZE_FLAG = 2;

const obuHeader = (type: number) => (type << 3) | SIZE_FLAG;
const KEY_START = [obuHeader(TEMPORAL_DELIMITER), 0, obuHeader(SEQUENCE_HEADER), 0];
/** Of leb128 numbers that mean something here: 2^28 bytes. */
const SIZE_BYTES_MAX = 4;

export function wrapAv1(sealed: Uint8Array, isKey: boolean): Uint8Array<ArrayBuffer> {
  const head = [...(isKey ? KEY_START : []), obuHeader(FRAME), ...leb128(sealed.length)];
  const frame = new Uint8Array(head.length + sealed.length);
  frame.set(head);
  frame.set(sealed, head.length);
  return frame;
}

export function unwrapAv1(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  for (let rest = data; rest.length > 0; ) {
    const obu = readObu(rest);
    if (obu === undefined) return undefined;
    if (obu.type !== SEQUENCE_HEADER && obu.type !== TEMPORAL_DELIMITER) {
      return rest.subarray(obu.start, obu.end);
    }
    rest = rest.subarray(obu.end);
  }
  return undefined;
}

interface Obu {
  readonly type: number;
  /** Of its payload. */
  readonly start: number;
  readonly end: number;
}

function readObu(bytes: Uint8Array): Obu | undefined {
  const header = bytes[0] ?? 0;
  const type = (header >> 3) & 15;
  const at = (header & EXTENSION_FLAG) === 0 ? 1 : 2;
  // The last OBU of a packet may come without a size.
  if ((header & SIZE_FLAG) === 0) {
    return at <= bytes.length ? { type, start: at, end: bytes.length } : undefined;
  }
  let size = 0;
  for (let i = 0; i < SIZE_BYTES_MAX; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    size += (byte & 127) * 2 ** (7 * i);
    if (byte >= 128) continue;
    const start = at + i + 1;
    return start + size <= bytes.length ? { type, start, end: start + size } : undefined;
  }
  return undefined;
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return bytes;
}
