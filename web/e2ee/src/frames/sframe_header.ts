/** The header of an SFrame ciphertext, RFC 9605 §4.3: which key, and how many frames came before. */
export interface SframeHeader {
  /** Both fit in 64 bits, which a number does not. */
  readonly keyId: bigint;
  readonly counter: bigint;
}

/** A config byte and two fields of up to eight bytes each. */
export const HEADER_BYTES_MAX = 17;

/** A field below this stands in the config byte itself. */
const SHORT_END = 8n;
const LONG_FLAG = 8;

/** Throws a RangeError for what does not fit in 64 bits. */
export function encodeHeader({ keyId, counter }: SframeHeader): Uint8Array<ArrayBuffer> {
  const keyBytes = fieldBytes(keyId);
  const counterBytes = fieldBytes(counter);
  const header = new Uint8Array(1 + keyBytes + counterBytes);
  header[0] = (nibble(keyId, keyBytes) << 4) | nibble(counter, counterBytes);
  write(header, 1, keyBytes, keyId);
  write(header, 1 + keyBytes, counterBytes, counter);
  return header;
}

/** Undefined where `bytes` end inside the header. */
export function decodeHeader(bytes: Uint8Array): (SframeHeader & { size: number }) | undefined {
  const config = bytes[0];
  if (config === undefined) return undefined;
  const key = config >> 4;
  const count = config & 15;
  const keyBytes = longBytes(key);
  const size = 1 + keyBytes + longBytes(count);
  if (bytes.length < size) return undefined;
  const keyId = keyBytes === 0 ? BigInt(key) : read(bytes, 1, 1 + keyBytes);
  const counter = count < LONG_FLAG ? BigInt(count) : read(bytes, 1 + keyBytes, size);
  return { keyId, counter, size };
}

/** Bytes behind the config byte; 0: the value stands in it. */
function fieldBytes(value: bigint): number {
  if (value < 0n || value >> 64n !== 0n) throw new RangeError("an SFrame field has 64 bits");
  if (value < SHORT_END) return 0;
  let bytes = 0;
  for (let rest = value; rest > 0n; rest >>= 8n) bytes++;
  return bytes;
}

function longBytes(field: number): number {
  return field < LONG_FLAG ? 0 : (field & 7) + 1;
}

function nibble(value: bigint, bytes: number): number {
  return bytes === 0 ? Number(value) : LONG_FLAG | (bytes - 1);
}

function write(into: Uint8Array, at: number, bytes: number, value: bigint): void {
  let rest = value;
  for (let i = bytes - 1; i >= 0; i--) {
    into[at + i] = Number(rest & 255n);
    rest >>= 8n;
  }
}

function read(bytes: Uint8Array, from: number, end: number): bigint {
  let value = 0n;
  for (let i = from; i < end; i++) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}
