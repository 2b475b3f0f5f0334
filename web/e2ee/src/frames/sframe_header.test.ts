import { describe, expect, it } from "vitest";
import { decodeHeader, encodeHeader } from "./sframe_header.ts";
import { hex, unhex } from "./testing/bytes.ts";
import vectors from "./testing/rfc9605.json" with { type: "json" };

const headers = vectors.header.map(([keyId = "", counter = "", encoded = ""]) => ({
  header: { keyId: BigInt(keyId), counter: BigInt(counter) },
  encoded,
}));

describe("the header of RFC 9605", () => {
  it("is written and read as in appendix C.1, also beyond 53 bits", () => {
    expect(headers).toHaveLength(289);
    expect(headers.some(({ header }) => header.keyId > 2n ** 53n)).toBe(true);
    for (const { header, encoded } of headers) {
      expect(hex(encodeHeader(header))).toBe(encoded);
      expect(decodeHeader(unhex(encoded))).toEqual({ ...header, size: encoded.length / 2 });
    }
  });

  it("is not read where the bytes end inside it", () => {
    for (const { encoded } of headers) {
      const bytes = unhex(encoded);
      for (let end = 0; end < bytes.length; end++) {
        expect(decodeHeader(bytes.subarray(0, end))).toBeUndefined();
      }
    }
  });

  it("is not written for what has more than 64 bits", () => {
    expect(() => encodeHeader({ keyId: 2n ** 64n, counter: 0n })).toThrow(RangeError);
    expect(() => encodeHeader({ keyId: 0n, counter: -1n })).toThrow(RangeError);
  });
});
