import { describe, expect, it } from "vitest";
import { LinkSeal } from "./link_seal.ts";

const secret = (byte: number) => new Uint8Array(32).fill(byte);
const ROOM = "r/abc";

describe("what is said at the door of an encrypted room", () => {
  it("opens with the same link only", async () => {
    const sealed = await new LinkSeal(ROOM, secret(1)).seal("knock", "Ève");
    expect(await new LinkSeal(ROOM, secret(1)).open("knock", sealed)).toBe("Ève");
    expect(await new LinkSeal(ROOM, secret(2)).open("knock", sealed)).toBeUndefined();
    expect(await new LinkSeal("r/abd", secret(1)).open("knock", sealed)).toBeUndefined();
  });

  it("opens as what it was said as, and unchanged", async () => {
    const seal = new LinkSeal(ROOM, secret(1));
    const sealed = await seal.seal("in/4", "let me in");
    expect(await seal.open("out/4", sealed)).toBeUndefined();
    expect(await seal.open("in/5", sealed)).toBeUndefined();
    expect(await seal.open("in/4", sealed.with(20, (sealed[20] ?? 0) ^ 1))).toBeUndefined();
    expect(await seal.open("in/4", sealed.subarray(0, 5))).toBeUndefined();
    expect(await seal.open("in/4", sealed)).toBe("let me in");
  });

  it("says nothing of a name's length, and is never the same twice", async () => {
    const seal = new LinkSeal(ROOM, secret(1));
    const [short, long] = [await seal.seal("knock", ""), await seal.seal("knock", "x".repeat(255))];
    expect(short.length).toBe(long.length);
    expect(short.length).toBeLessThanOrEqual(512);
    expect(await seal.seal("knock", "")).not.toEqual(short);
  });

  it("follows a new link", async () => {
    const inside = new LinkSeal(ROOM, secret(1));
    inside.setSecret(secret(3));
    const sealed = await new LinkSeal(ROOM, secret(3)).seal("knock", "Eve");
    expect(await inside.open("knock", sealed)).toBe("Eve");
  });
});
