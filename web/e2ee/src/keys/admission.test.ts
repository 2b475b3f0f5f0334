import { expect, it } from "vitest";
import { Seeded } from "../testing/seeded.ts";
import { Admission, type LongTermKey } from "./admission.ts";
import { decodeIdentity, encodeIdentity, type Identity } from "./credential.ts";
import { deriveLinkSecrets, newFragment, RoomLink, secretOfFragment } from "./link_secrets.ts";
import { makeSuite } from "./suite.ts";

const random = new Seeded("admission");
const suite = await makeSuite(random.bytes, { deterministic: true });
const ROOM = "r/room";
const pid = random.bytes(16);
const leaf = await suite.signature.keygen();

function byLink(secret: Uint8Array = new Uint8Array(32), room = ROOM): Admission {
  return new Admission(room, { kind: "link", link: new RoomLink(secret) }, suite.signature);
}

const NOBODY_ELSE = { retired: [] };

it("a proof holds for its room, name and key, and for no other", async () => {
  const identity = encodeIdentity(await byLink().proveByLink(pid, leaf.publicKey));
  expect(await byLink().verify(identity, leaf.publicKey, NOBODY_ELSE)).toBe(true);
  expect(await byLink(random.bytes(32)).verify(identity, leaf.publicKey, NOBODY_ELSE)).toBe(false);
  expect(await byLink(undefined, "r/other").verify(identity, leaf.publicKey, NOBODY_ELSE)).toBe(
    false,
  );
  const other = await suite.signature.keygen();
  expect(await byLink().verify(identity, other.publicKey, NOBODY_ELSE)).toBe(false);
  const renamed = { ...(decodeIdentity(identity) as Identity), pid: random.bytes(16) };
  expect(await byLink().verify(encodeIdentity(renamed), leaf.publicKey, NOBODY_ELSE)).toBe(false);
});

it("a lasting key counts only with its own signature", async () => {
  const lasting = await suite.signature.keygen();
  const longTerm: LongTermKey = {
    publicKey: lasting.publicKey,
    sign: (message) => suite.signature.sign(lasting.signKey, message),
  };
  const identity = await byLink().proveByLink(pid, leaf.publicKey, longTerm);
  expect(await byLink().verify(encodeIdentity(identity), leaf.publicKey, NOBODY_ELSE)).toBe(true);
  const { longTerm: _, ...without } = identity;
  // The link's proof is over the lasting key too: it cannot be left out, or be another's.
  expect(await byLink().verify(encodeIdentity(without), leaf.publicKey, NOBODY_ELSE)).toBe(false);
  const forged = { ...identity, longTerm: { key: lasting.publicKey, signature: random.bytes(64) } };
  expect(await byLink().verify(encodeIdentity(forged), leaf.publicKey, NOBODY_ELSE)).toBe(false);
});

it("in rooms without a link, a credential is its leaf's own, for this room and name", async () => {
  const rooms = new Admission("n/weekly", { kind: "moderator" }, suite.signature);
  const identity = await rooms.proveByOwnKey(pid, leaf);
  const encoded = encodeIdentity(identity);
  expect(decodeIdentity(encoded)).toEqual(identity);
  expect(await rooms.verify(encoded, leaf.publicKey, NOBODY_ELSE)).toBe(true);
  const other = await suite.signature.keygen();
  expect(await rooms.verify(encoded, other.publicKey, NOBODY_ELSE)).toBe(false);
  const renamed = encodeIdentity({ ...identity, pid: random.bytes(16) });
  expect(await rooms.verify(renamed, leaf.publicKey, NOBODY_ELSE)).toBe(false);
  const elsewhere = new Admission("n/daily", { kind: "moderator" }, suite.signature);
  expect(await elsewhere.verify(encoded, leaf.publicKey, NOBODY_ELSE)).toBe(false);
  // Neither kind passes for the other.
  expect(await byLink().verify(encoded, leaf.publicKey, NOBODY_ELSE)).toBe(false);
  const linked = encodeIdentity(await byLink().proveByLink(pid, leaf.publicKey));
  expect(await rooms.verify(linked, leaf.publicKey, NOBODY_ELSE)).toBe(false);
});

it("who came by a link that was replaced stays, and nobody comes by it", async () => {
  const [link, secret] = [new RoomLink(new Uint8Array(32)), new Uint8Array(32)];
  const room = new Admission(ROOM, { kind: "link", link }, suite.signature);
  const early = encodeIdentity(await room.proveByLink(pid, leaf.publicKey));
  const retired = [link.secrets.admit];
  link.advance(random.bytes(32));
  expect(await room.verify(early, leaf.publicKey, { retired })).toBe(true);
  expect(await room.verify(early, leaf.publicKey, NOBODY_ELSE)).toBe(false);
  const late = encodeIdentity(await room.proveByLink(pid, leaf.publicKey));
  expect(await room.verify(late, leaf.publicKey, NOBODY_ELSE)).toBe(true);
  expect(await byLink(secret).verify(late, leaf.publicKey, NOBODY_ELSE)).toBe(false);
});

it("the next link comes of the one before and of the epoch, and its fragment says it", () => {
  const secret = random.bytes(32);
  const [one, other, elsewhere] = [
    new RoomLink(secret),
    new RoomLink(secret),
    new RoomLink(secret),
  ];
  const exported = random.bytes(32);
  one.advance(exported);
  other.advance(exported);
  elsewhere.advance(random.bytes(32));
  expect(one.fragment).toBe(other.fragment);
  expect(one.fragment).not.toBe(elsewhere.fragment);
  const again = new RoomLink(secretOfFragment(`#${one.fragment}`) as Uint8Array);
  expect(again.secrets).toEqual(one.secrets);
});

it("what is not exactly an identity is none", () => {
  const identity: Identity = { pid, proof: { kind: "link", tag: random.bytes(32) } };
  const bytes = encodeIdentity(identity);
  expect(decodeIdentity(bytes)).toEqual(identity);
  for (let length = 0; length < bytes.length; ++length) {
    expect(decodeIdentity(bytes.subarray(0, length))).toBeUndefined();
  }
  expect(decodeIdentity(Uint8Array.of(...bytes, 0))).toBeUndefined();
  expect(decodeIdentity(Uint8Array.of(2, ...bytes.subarray(1)))).toBeUndefined();
});

it("a link's secret is found beside other settings, and only whole", () => {
  const fragment = newFragment(random.bytes);
  expect(secretOfFragment(`#${fragment}`)).toHaveLength(32);
  expect(secretOfFragment(`#config.x=1.5&${fragment}&lang=de`)).toHaveLength(32);
  expect(secretOfFragment(`#${fragment.slice(0, -1)}`)).toBeUndefined();
  expect(secretOfFragment(`#${fragment}A`)).toBeUndefined();
  expect(secretOfFragment("#2.abc")).toBeUndefined();
  expect(secretOfFragment("")).toBeUndefined();
});

it("a link's keys are what another implementation derives", () => {
  const hex = (bytes: Uint8Array) =>
    Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  const secrets = deriveLinkSecrets(Uint8Array.from({ length: 32 }, (_, i) => i));
  // Python: HKDF-Extract(salt="e1") and -Expand with hmac and hashlib.
  expect(hex(secrets.admit)).toBe(
    "9fd345f6700cadb7a331ca534ff4c6759271fe18ae78f90ed013058bef01aeae",
  );
  expect(hex(secrets.wire)).toBe(
    "3718e7b1db06bff9bdaa29bc1718bc15b8d683bc80d0eaac5adcd4f117993bd8",
  );
  expect(hex(secrets.psk)).toBe("5d7011f18c8e8a6cc5f04b867dcae2c0abbf62c3ff4c1ef323ea9b2920355d7f");
  expect(new TextDecoder().decode(secrets.pskId.subarray(0, 5))).toBe("link/");
});
