/**
 * What is inside a ciphertext: a byte of flags and the frame, padded where its size would tell what
 * is said (Opus follows the voice with its size).
 *
 *     flags | [length, two bytes, where padded] | frame | zeros
 */
const PADDED = 1;
const LENGTH_END = 1 << 16;

/** Audio comes in as few sizes as cost little: 20 ms of speech are 60 to 120 bytes. */
export const AUDIO_BUCKET_BYTES = 40;

/** `bucketBytes`: frame and padding together are a multiple of it; 0: as it is. */
export function toPlaintext(frame: Uint8Array, bucketBytes: number): Uint8Array<ArrayBuffer> {
  if (bucketBytes === 0 || frame.length >= LENGTH_END) {
    const plain = new Uint8Array(1 + frame.length);
    plain.set(frame, 1);
    return plain;
  }
  const plain = new Uint8Array(3 + Math.ceil(frame.length / bucketBytes) * bucketBytes);
  plain[0] = PADDED;
  plain[1] = frame.length >> 8;
  plain[2] = frame.length & 255;
  plain.set(frame, 3);
  return plain;
}

/** A view of the frame; undefined where the bytes are not of this form. */
export function fromPlaintext(plain: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const flags = plain[0];
  if (flags === 0) return plain.subarray(1);
  if (flags !== PADDED || plain.length < 3) return undefined;
  const length = ((plain[1] ?? 0) << 8) | (plain[2] ?? 0);
  return length <= plain.length - 3 ? plain.subarray(3, 3 + length) : undefined;
}
