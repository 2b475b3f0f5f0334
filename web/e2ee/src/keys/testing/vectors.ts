import type { Decoder } from "ts-mls/codec/tlsDecoder.js";

export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** A TLS structure that is all there is in `text` (hex); throws where it is not. */
export function decoded<T>(decode: Decoder<T>, text: string): T {
  const bytes = unhex(text);
  const [value, size] = decode(bytes, 0) ?? [];
  if (value === undefined || size !== bytes.length) throw new Error("not such a structure");
  return value as T;
}
