import { describe, expect, it } from "vitest";
import { DATA_CONTEXT } from "../keys.ts";
import {
  DATA_BYTES_MAX,
  type DataEnvelope,
  DataMessages,
  type LeafSignatures,
} from "./data_messages.ts";
import { DATA_PATIENCE } from "./opening_keys.ts";
import { toPlaintext } from "./plaintext.ts";
import { SealingEpoch } from "./sealing_epoch.ts";
import { epochKeys } from "./testing/group.ts";

const ANA = 0;
const BEN = 1;
const TO_ALL: DataEnvelope = { messageClass: 1, addressee: new Uint8Array(0) };
const text = (words: string) => new TextEncoder().encode(words);

/** Real signatures, by the members of one group. */
async function leafKeys() {
  const pairs = await Promise.all(
    [ANA, BEN].map(() => crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])),
  );
  return (own: number): LeafSignatures => ({
    sign: async (message) => {
      const { privateKey } = pairs[own] as CryptoKeyPair;
      return new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message));
    },
    verify: async ({ leaf }, message, signature) => {
      const { publicKey } = pairs[leaf] as CryptoKeyPair;
      return crypto.subtle.verify("Ed25519", publicKey, signature, message);
    },
  });
}

async function two(epoch = 1) {
  const of = await leafKeys();
  const ana = new DataMessages(of(ANA));
  const ben = new DataMessages(of(BEN));
  ana.add(await epochKeys({ epoch, ownLeaf: ANA }), 0);
  ben.add(await epochKeys({ epoch, ownLeaf: BEN }), 0);
  return { ana, ben, of };
}

async function sealed(from: DataMessages, words: string, envelope = TO_ALL) {
  const bytes = await from.seal(text(words), envelope);
  if (bytes === undefined) throw new Error("no key");
  return bytes;
}

describe("a data message", () => {
  it("arrives as its author wrote it, once", async () => {
    const { ana, ben } = await two();
    const bytes = await sealed(ana, "hello");
    expect(await ben.open(bytes, TO_ALL, 0)).toEqual({ leaf: ANA, epoch: 1, body: text("hello") });
    expect(await ben.open(bytes, TO_ALL, 0)).toBe("replayed");
  });

  it("is as long as any other that is not much longer", async () => {
    const { ana } = await two();
    const sizes = new Set<number>();
    for (const words of ["", "yes", "a".repeat(190)]) sizes.add((await sealed(ana, words)).length);
    expect(sizes.size).toBe(1);
  });

  it("is not opened as of another class, or for others", async () => {
    const { ana, ben } = await two();
    const bytes = await sealed(ana, "hello", { messageClass: 1, addressee: Uint8Array.of(7) });
    for (const [messageClass, to] of [
      [2, 7],
      [1, 8],
    ] as const) {
      const other = { messageClass, addressee: Uint8Array.of(to) };
      expect(await ben.open(bytes, other, 0)).toBe("forged");
    }
  });

  it("is nobody else's: a member who shares the keys cannot write in another's name", async () => {
    const { ben, of } = await two();
    // Mallory has the group's keys and Ben's signature at most, and puts Ana's leaf into the key id.
    const asAna = new SealingEpoch(await epochKeys({ epoch: 1, ownLeaf: ANA }));
    const signature = await of(BEN).sign(text("whatever"));
    for (const content of [new Uint8Array(3), new Uint8Array(80), signature]) {
      const metadata = Uint8Array.of(1, 255, TO_ALL.messageClass);
      const bytes = await asAna.seal(DATA_CONTEXT, toPlaintext(content, 256), metadata);
      expect(await ben.open(bytes, TO_ALL, 0)).toBe("not-signed");
    }
  });

  it("cannot be sealed again as a second one", async () => {
    const { ana, ben } = await two();
    const bytes = await sealed(ana, "I agree");
    const keys = await epochKeys({ epoch: 1, ownLeaf: BEN });
    const { OpeningKeys } = await import("./opening_keys.ts");
    const opening = new OpeningKeys();
    opening.add(keys, 0);
    const metadata = Uint8Array.of(1, 255, TO_ALL.messageClass);
    const opened = await opening.open(bytes, metadata, 0);
    if (typeof opened === "string") throw new Error(opened);
    const asAna = new SealingEpoch(await epochKeys({ epoch: 1, ownLeaf: ANA }));
    await asAna.seal(DATA_CONTEXT, opened.plaintext, metadata);
    const again = await asAna.seal(DATA_CONTEXT, opened.plaintext, metadata);
    expect(await ben.open(again, TO_ALL, 0)).toBe("not-signed");
  });

  it("waits for who was away, but not for ever", async () => {
    const { ana, ben } = await two();
    const [first, second] = [await sealed(ana, "one"), await sealed(ana, "two")];
    ben.add(await epochKeys({ epoch: 2, ownLeaf: BEN }), 0);
    expect(await ben.open(first, TO_ALL, 30_000)).toMatchObject({ leaf: ANA, epoch: 1 });
    expect(await ben.open(second, TO_ALL, DATA_PATIENCE.epochMsMax)).toBe("too-old");
  });

  it("does not leave without a key, or where it is too long", async () => {
    const { ana, of } = await two();
    expect(await new DataMessages(of(ANA)).seal(text("hello"), TO_ALL)).toBeUndefined();
    await expect(ana.seal(new Uint8Array(DATA_BYTES_MAX + 1), TO_ALL)).rejects.toThrow(RangeError);
    ana.end();
    ana.add(await epochKeys({ epoch: 1, ownLeaf: ANA }), 0);
    expect(await ana.seal(text("hello"), TO_ALL)).toBeUndefined();
  });
});
