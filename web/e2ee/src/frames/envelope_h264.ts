/**
 * H.264 in Annex B form: the blob is the body of one slice, in front of key frames with parameter
 * sets of a picture of 16 by 16. Packetizers split at start codes and read the slice's header as far
 * as the parameter set's number; so the blob is escaped as a NAL unit's body is (ITU-T H.264 §7.4.1).
 */
import { BitWriter } from "./bit_writer.ts";

const START_CODE = [0, 0, 0, 1] as const;
/** nal_ref_idc and nal_unit_type (§7.4.1). */
const SPS = 0x67;
const PPS = 0x68;
const KEY_SLICE = 0x65;
const DELTA_SLICE = 0x41;
/** slice_type: all slices of the picture are of this kind (table 7-6), or this one is. */
const ALL_I = 7;
const ONE_P = 5;
/** Any but zero will do, as long as the last byte of the slice's start is not zero either. */
const DELTA_FRAME_NUMBER = 4;
/** rbsp_trailing_bits: without it a NAL unit might end in a zero, which is not allowed. */
const END = 0x80;
/** emulation_prevention_three_byte: comes before what would be read as a start code, or as itself. */
const ESCAPE = 3;
/** A NAL unit's header and the start of its slice. */
const SLICE_START_BYTES = 3;

/** §7.3.2.1.1: baseline, level 1, one macroblock. */
function sequenceParameters(): number[] {
  const bits = new BitWriter();
  bits.put(66, 8).put(0b1100_0000, 8).put(10, 8).ue(0);
  // log2_max_frame_num_minus4, pic_order_cnt_type, max_num_ref_frames, gaps_in_frame_num.
  bits.ue(0).ue(2).ue(1).put(0, 1);
  // One macroblock each way, frames only, direct_8x8_inference, no cropping, no VUI; the stop bit.
  bits.ue(0).ue(0).put(1, 1).put(1, 1).put(0, 1).put(0, 1).put(1, 1);
  return bits.bytes();
}

/** §7.3.2.2: everything at its first value. */
function pictureParameters(): number[] {
  const bits = new BitWriter();
  // Both ids, CAVLC, no field order; one slice group; one reference each; no weights.
  bits.ue(0).ue(0).put(0, 2).ue(0).ue(0).ue(0).put(0, 3);
  // Quantizers; no deblocking control, no constrained intra, no redundant pictures; the stop bit.
  bits.se(0).se(0).se(0).put(0, 3).put(1, 1);
  return bits.bytes();
}

/** §7.3.3 as far as readers go: first_mb_in_slice, slice_type, pic_parameter_set_id, frame_num. */
function slice(nal: number, type: number, frameNumber: number): number[] {
  return [nal, ...new BitWriter().ue(0).ue(type).ue(0).put(frameNumber, 4).bytes()];
}

const KEY_HEAD = Uint8Array.from([
  ...[...START_CODE, SPS, ...sequenceParameters()],
  ...[...START_CODE, PPS, ...pictureParameters()],
  ...[...START_CODE, ...slice(KEY_SLICE, ALL_I, 0)],
]);
const DELTA_HEAD = Uint8Array.from([
  ...START_CODE,
  ...slice(DELTA_SLICE, ONE_P, DELTA_FRAME_NUMBER),
]);

export function wrapH264(sealed: Uint8Array, isKey: boolean): Uint8Array<ArrayBuffer> {
  const head = isKey ? KEY_HEAD : DELTA_HEAD;
  const escapes = placesOf(sealed, (byte) => byte <= ESCAPE);
  const frame = new Uint8Array(head.length + sealed.length + escapes.length + 1);
  frame.set(head);
  let at = head.length;
  let from = 0;
  for (const place of [...escapes, sealed.length]) {
    frame.set(sealed.subarray(from, place), at);
    at += place - from;
    frame[at++] = ESCAPE;
    from = place;
  }
  frame[at - 1] = END;
  return frame;
}

export function unwrapH264(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const nal = data.subarray(lastNal(data));
  if (nal.length < SLICE_START_BYTES + 1 || nal[nal.length - 1] !== END) return undefined;
  const body = nal.subarray(SLICE_START_BYTES, -1);
  const escapes = placesOf(body, (byte) => byte === ESCAPE);
  const sealed = new Uint8Array(body.length - escapes.length);
  let at = 0;
  let from = 0;
  for (const place of [...escapes, body.length]) {
    sealed.set(body.subarray(from, place), at);
    at += place - from;
    from = place + 1;
  }
  return sealed;
}

/**
 * Where a byte stands behind two zeros that is one of those asked for. By search: a loop over bytes
 * takes longer than their encryption.
 */
function placesOf(bytes: Uint8Array, isOne: (byte: number) => boolean): number[] {
  const places: number[] = [];
  for (let zero = bytes.indexOf(0); zero >= 0 && zero + 2 < bytes.length; ) {
    const found = bytes[zero + 1] === 0 && isOne(bytes[zero + 2] ?? 0);
    if (found) places.push(zero + 2);
    zero = bytes.indexOf(0, zero + (found ? 2 : 1));
  }
  return places;
}

/** Where the last NAL unit begins, behind its start code. */
function lastNal(data: Uint8Array): number {
  for (let one = data.lastIndexOf(1); one >= 2; one = data.lastIndexOf(1, one - 1)) {
    if (data[one - 1] === 0 && data[one - 2] === 0) return one + 1;
  }
  return data.length;
}
