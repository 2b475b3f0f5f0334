import type { Profile } from "../room/types.ts";
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

export function encodeProfile(profile: Profile): Uint8Array<ArrayBuffer> {
  return encodeText(JSON.stringify({ n: normalizeDisplayName(profile.displayName) }));
}

/** Never throws: what cannot be read is a participant without a name. Unknown fields are ignored. */
export function decodeProfile(bytes: Uint8Array): Profile {
  const name = bytes.length <= PROFILE_BYTES_MAX ? decodeObject(bytes)?.["n"] : undefined;
  return { displayName: typeof name === "string" ? normalizeDisplayName(name) : "" };
}
