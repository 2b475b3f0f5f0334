import { describe, expect, it } from "vitest";
import { DATA_CONTEXT, LEAVES_MAX, packKeyId, unpackKeyId } from "./keys.ts";

describe("key ids", () => {
  it("keep the microphone's in two bytes up to the last leaf", () => {
    const keyId = packKeyId({ context: 0, leaf: LEAVES_MAX - 1, epochLow: 63 });
    expect(keyId).toBe(0xffff);
  });

  it("come back from their number", () => {
    const keyId = { context: DATA_CONTEXT, leaf: 517, epochLow: 9 };
    expect(unpackKeyId(packKeyId(keyId))).toEqual(keyId);
    expect(packKeyId({ context: 3, leaf: 1, epochLow: 2 })).toBe((3 << 16) | (1 << 6) | 2);
  });

  it("refuse what does not fit", () => {
    expect(() => packKeyId({ context: 0, leaf: LEAVES_MAX, epochLow: 0 })).toThrow(RangeError);
    expect(() => packKeyId({ context: 256, leaf: 0, epochLow: 0 })).toThrow(RangeError);
    expect(() => packKeyId({ context: 0, leaf: 0, epochLow: 64 })).toThrow(RangeError);
    expect(unpackKeyId(2 ** 24)).toBeUndefined();
    expect(unpackKeyId(-1)).toBeUndefined();
    expect(unpackKeyId(0.5)).toBeUndefined();
  });
});
