/** Bits, most significant first, with the Exp-Golomb codes of H.264 (ITU-T H.264 §9.1). */
export class BitWriter {
  readonly #bits: number[] = [];

  /** u(n). */
  put(value: number, bits: number): this {
    for (let i = bits - 1; i >= 0; i--) this.#bits.push((value >> i) & 1);
    return this;
  }

  /** ue(v). */
  ue(value: number): this {
    const code = value + 1;
    const bits = 32 - Math.clz32(code);
    return this.put(0, bits - 1).put(code, bits);
  }

  /** se(v). */
  se(value: number): this {
    return this.ue(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** With zeros up to the byte. */
  bytes(): number[] {
    const bytes: number[] = [];
    for (let i = 0; i < this.#bits.length; i += 8) {
      let byte = 0;
      for (let bit = 0; bit < 8; bit++) byte = (byte << 1) | (this.#bits[i + bit] ?? 0);
      bytes.push(byte);
    }
    return bytes;
  }
}
