import type { Profile, QualityLevel } from "../room/types.ts";
import { decodeObject, encodeText } from "./text.ts";

/** protocol/conclave.proto: the server refuses longer ones. */
export const PROFILE_BYTES_MAX = 4096;
/** In characters as people count them, roughly: code points after normalization. */
export const DISPLAY_NAME_CHARACTERS_MAX = 80;

// Control and format characters and lone surrogates: they hide, reorder or imitate text (bidi
// overrides, zero-width characters, tags), so that a name could pretend to be another one.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * The name as it is sent and shown: NFKC, without characters that cannot be seen or that turn the
 * direction of what follows, one space between words, at most 80 characters. Applied at both ends.
 */
export function normalizeDisplayName(name: string): string {
  const visible = name.normalize("NFKC").replace(/\s+/gu, " ").replace(HIDDEN, "");
  return [...visible.trim()].slice(0, DISPLAY_NAME_CHARACTERS_MAX).join("").trim();
}

/** What this client's upload is like is told with the name: only it knows for sure. */
export function encodeProfile(
  profile: Profile,
  upload: QualityLevel = "good",
  handRaisedAt?: number,
): Uint8Array<ArrayBuffer> {
  const name = normalizeDisplayName(profile.displayName);
  const marks = {
    ...(upload === "good" ? {} : { u: upload }),
    ...(handRaisedAt === undefined ? {} : { h: handRaisedAt }),
  };
  const picture = profile.picture && { p: [profile.picture.digest, profile.picture.size] };
  return encodeText(JSON.stringify({ n: name, ...picture, ...marks }));
}

/** Never throws: what cannot be read is a participant without a name. Unknown fields are ignored. */
export function decodeProfile(bytes: Uint8Array): Profile {
  const read = decode(bytes);
  const name = read?.["n"];
  const picture = toPicture(read?.["p"]);
  return {
    displayName: typeof name === "string" ? normalizeDisplayName(name) : "",
    ...(picture && { picture }),
  };
}

/** Never throws: good is what is not said to be otherwise. */
export function decodeUpload(bytes: Uint8Array): QualityLevel {
  const upload = decode(bytes)?.["u"];
  return upload === "fair" || upload === "poor" ? upload : "good";
}

/** Never throws: undefined where the hand is down. */
export function decodeHand(bytes: Uint8Array): number | undefined {
  const at = decode(bytes)?.["h"];
  return typeof at === "number" && Number.isFinite(at) && at > 0 ? at : undefined;
}

function toPicture(value: unknown): Profile["picture"] {
  if (!Array.isArray(value)) return undefined;
  const [digest, size] = value as unknown[];
  const isSize = typeof size === "number" && Number.isInteger(size) && size > 0;
  if (typeof digest !== "string" || !/^[\w-]{43}$/.test(digest) || !isSize) return undefined;
  return { digest, size };
}

function decode(bytes: Uint8Array): Record<string, unknown> | undefined {
  return bytes.length <= PROFILE_BYTES_MAX ? decodeObject(bytes) : undefined;
}
