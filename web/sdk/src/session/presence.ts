import type { Profile, QualityLevel, SourceKind } from "../room/types.ts";
import { decodeHand, decodeProfile, decodeUpload, encodeProfile } from "./profile.ts";
import { SOURCES } from "./sources.ts";
import { decodeObject, encodeText } from "./text.ts";

/** What a person in an encrypted room says of itself, sealed and signed: others show this and only this. */
export interface Presence {
  readonly profile: Profile;
  readonly upload: QualityLevel;
  /** What is on: all else is muted, whatever the server says. */
  readonly sources: readonly SourceKind[];
  /** Milliseconds since the epoch on that person's clock; undefined: it is down. */
  readonly handRaisedAt: number | undefined;
}

/** `encodeProfile` and what is on beside it; below PRESENCE_BYTES_MAX of the group. */
export function encodePresence(presence: Presence): Uint8Array<ArrayBuffer> {
  const { profile, upload, sources, handRaisedAt } = presence;
  const base = decodeObject(encodeProfile(profile, upload, handRaisedAt));
  const on = sources.map((source) => SOURCES.indexOf(source));
  return encodeText(JSON.stringify({ ...base, s: on }));
}

/** Never throws: what cannot be read is a person without a name who sends nothing. */
export function decodePresence(bytes: Uint8Array): Presence {
  const read = decodeObject(bytes) ?? {};
  const on = Array.isArray(read["s"]) ? read["s"] : [];
  return {
    profile: decodeProfile(bytes),
    upload: decodeUpload(bytes),
    sources: SOURCES.filter((_, index) => on.includes(index)),
    handRaisedAt: decodeHand(bytes),
  };
}
