/**
 * VP8 (RFC 6386 §9.1): the frame tag, whose lowest bit says whether it is a key frame, and in key
 * frames the start code and the size. Depacketizers read just these.
 */
const SHOWN = 0x10;
const DELTA = 1;
/** Anything that is not zero: decoders read the size inside. */
const SIDE_PX = 16;

const KEY_HEADER = Uint8Array.of(
  ...[SHOWN, 0, 0],
  ...[0x9d, 0x01, 0x2a],
  ...[SIDE_PX, 0, SIDE_PX, 0],
);
const DELTA_HEADER = Uint8Array.of(SHOWN | DELTA);

export function wrapVp8(sealed: Uint8Array, isKey: boolean): Uint8Array<ArrayBuffer> {
  const header = isKey ? KEY_HEADER : DELTA_HEADER;
  const frame = new Uint8Array(header.length + sealed.length);
  frame.set(header);
  frame.set(sealed, header.length);
  return frame;
}

export function unwrapVp8(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const tag = data[0];
  if (tag === undefined) return undefined;
  const header = (tag & DELTA) === 0 ? KEY_HEADER : DELTA_HEADER;
  return data.length < header.length ? undefined : data.subarray(header.length);
}
