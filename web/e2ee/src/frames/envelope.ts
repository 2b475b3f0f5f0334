import { unwrapAv1, wrapAv1 } from "./envelope_av1.ts";
import { unwrapH264, wrapH264 } from "./envelope_h264.ts";
import { unwrapVp8, wrapVp8 } from "./envelope_vp8.ts";

/**
 * The shape that a sealed frame needs to pass a browser's packetizer, the server and a depacketizer:
 * constants of our own around one opaque blob. Nothing of the frame is in it but whether it is a key
 * frame, which the server has to know.
 */
export interface Envelope {
  /** Authenticated with each frame, so that none passes for one of another codec. */
  readonly codecId: number;
  readonly wrap: (sealed: Uint8Array<ArrayBuffer>, isKey: boolean) => Uint8Array<ArrayBuffer>;
  /** What was wrapped; undefined for what is no envelope. */
  readonly unwrap: (data: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined;
}

/** Counts up with any change below; authenticated with each frame. */
export const ENVELOPE_VERSION = 1;

/** The packet's own header says all that Opus (RFC 7587) and VP9 (RFC 9628) need. */
const bare = (codecId: number): Envelope => ({
  codecId,
  wrap: (sealed) => sealed,
  unwrap: (data) => data,
});

const ENVELOPES: ReadonlyMap<string, Envelope> = new Map([
  ["audio/opus", bare(1)],
  ["video/vp8", { codecId: 2, wrap: wrapVp8, unwrap: unwrapVp8 }],
  ["video/vp9", bare(3)],
  ["video/av1", { codecId: 4, wrap: wrapAv1, unwrap: unwrapAv1 }],
  ["video/h264", { codecId: 5, wrap: wrapH264, unwrap: unwrapH264 }],
]);

/** Undefined: frames of this type neither leave nor are shown. */
export function envelopeOf(mimeType: string | undefined): Envelope | undefined {
  return ENVELOPES.get(mimeType?.toLowerCase() ?? "");
}

/** The metadata that is authenticated with a frame of this codec (RFC 9605 §4.4.3). */
export function metadataOf(codecId: number): Uint8Array {
  return Uint8Array.of(ENVELOPE_VERSION, codecId);
}
