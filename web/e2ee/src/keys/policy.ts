import type { Extension } from "ts-mls/extension.js";
import { encodeRequiredCapabilities } from "ts-mls/requiredCapabilities.js";
import { concat, equalBytes } from "./bytes.ts";

/** The group's context extension (private use, RFC 9420 §17.3) that holds the room's policy. */
export const ROOM_POLICY_EXTENSION = 0xf0e1;

/**
 * What all members of a group agree on by construction: it is in the group's context, so members with
 * another policy are not in the same group. Changes by a moderator's commit only.
 */
export interface RoomPolicy {
  /** Honest members add nobody; only a moderator's commit may. */
  readonly locked: boolean;
  /** Leaf signature keys (32 bytes each) of those who moderate. */
  readonly moderators: readonly Uint8Array[];
  /**
   * The admission keys (32 bytes each) of the room's former links, oldest first: with them newcomers
   * can tell that those who came earlier were let in. Nobody is added by them any more. Each one more
   * replaces the link (link_secrets.ts).
   */
  readonly retired: readonly Uint8Array[];
}

const VERSION = 4;
const KEY_BYTES = 32;
/** Enough for any meeting; more would only make every commit's context longer. */
export const MODERATORS_MAX = 32;
/** So often a meeting's link can be replaced; each one is a key that newcomers get and try. */
export const RETIRED_MAX = 32;

/**
 * u8 version | u8 SFrame suite | u8 bits of a leaf, u8 of an epoch in a key id | u8 envelope |
 * u8 flags | u8 moderators, keys | u8 retired, keys. The constants are there so that clients that would
 * seal frames differently cannot be in one group.
 */
const FORMAT = Uint8Array.of(VERSION, 4, 10, 6, 1);
const FLAG_LOCKED = 1;

export function encodePolicy(policy: RoomPolicy): Uint8Array<ArrayBuffer> {
  const { moderators, retired } = policy;
  if (moderators.length > MODERATORS_MAX || retired.length > RETIRED_MAX) {
    throw new RangeError(
      `policy: at most ${MODERATORS_MAX} moderators, ${RETIRED_MAX} retired links`,
    );
  }
  const flags = policy.locked ? FLAG_LOCKED : 0;
  return concat(
    FORMAT,
    Uint8Array.of(flags, moderators.length),
    ...moderators,
    Uint8Array.of(retired.length),
    ...retired,
  );
}

/** Undefined for anything but one policy of our version. */
export function decodePolicy(bytes: Uint8Array): RoomPolicy | undefined {
  if (!equalBytes(bytes.subarray(0, FORMAT.length), FORMAT)) return undefined;
  const flags = bytes[FORMAT.length] ?? 0xff;
  if (flags & ~FLAG_LOCKED) return undefined;
  const moderators = keysAt(bytes, FORMAT.length + 1, MODERATORS_MAX);
  const retired = moderators && keysAt(bytes, moderators.end, RETIRED_MAX);
  if (retired === undefined || retired.end !== bytes.length) return undefined;
  return {
    locked: (flags & FLAG_LOCKED) !== 0,
    moderators: moderators?.keys ?? [],
    retired: retired.keys,
  };
}

/** The whole context of a group: nothing but these two extensions is accepted. */
export function policyExtensions(policy: RoomPolicy): Extension[] {
  return [
    {
      extensionType: "required_capabilities",
      extensionData: encodeRequiredCapabilities({
        extensionTypes: [ROOM_POLICY_EXTENSION],
        proposalTypes: [],
        credentialTypes: ["basic"],
      }),
    },
    { extensionType: ROOM_POLICY_EXTENSION, extensionData: encodePolicy(policy) },
  ];
}

/** Undefined where the context is not exactly as policyExtensions() makes it. */
export function policyOfExtensions(extensions: readonly Extension[]): RoomPolicy | undefined {
  const own = extensions.find(({ extensionType }) => extensionType === ROOM_POLICY_EXTENSION);
  const policy = own && decodePolicy(own.extensionData);
  if (policy === undefined) return undefined;
  const expected = policyExtensions(policy);
  const matches =
    extensions.length === expected.length &&
    extensions.every(
      ({ extensionType, extensionData }, i) =>
        extensionType === expected[i]?.extensionType &&
        equalBytes(extensionData, expected[i]?.extensionData ?? new Uint8Array()),
    );
  return matches ? policy : undefined;
}

function keysAt(
  bytes: Uint8Array,
  at: number,
  countMax: number,
): { keys: Uint8Array[]; end: number } | undefined {
  const count = bytes[at];
  if (count === undefined || count > countMax) return undefined;
  const end = at + 1 + count * KEY_BYTES;
  if (end > bytes.length) return undefined;
  const keys = Array.from({ length: count }, (_, i) =>
    bytes.slice(at + 1 + i * KEY_BYTES, at + 1 + (i + 1) * KEY_BYTES),
  );
  return { keys, end };
}
