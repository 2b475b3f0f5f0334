export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** A seeded source of numbers in [0, end): a failure comes back with its seed. */
export function seeded(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    // xorshift32.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}

/** Bytes, many of them zeros and ones, which start codes are made of. */
export function seededBytes(next: (end: number) => number, length: number) {
  const sparse = next(2) === 0;
  return Uint8Array.from({ length }, () => (sparse ? next(4) : next(256)));
}
