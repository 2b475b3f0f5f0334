import { concat, utf8 } from "./bytes.ts";

/** How a member was let in. */
export type Proof =
  /** By the link's secret: HMAC-SHA256, 32 bytes. */
  | { readonly kind: "link"; readonly tag: Uint8Array }
  /** By whoever commits; signed with the leaf's own key: Ed25519, 64 bytes. */
  | { readonly kind: "own"; readonly signature: Uint8Array };

/** The identity inside an MLS basic credential: who this leaf is, and why it may be here. */
export interface Identity {
  /** Random, new with every join: a person who comes back is another pid. */
  readonly pid: Uint8Array;
  readonly proof: Proof;
  /** The long-term key of a person who has one, with its signature over the admission message. */
  readonly longTerm?: { readonly key: Uint8Array; readonly signature: Uint8Array };
}

export const PID_BYTES = 16;
const VERSION = 1;
const KIND_LINK = 1;
const KIND_OWN = 2;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const TAG_BYTES = 32;

/**
 * u8 version | pid[16] | u8 kind | tag[32], or signature[64] | nothing, or
 * longTermKey[32] signature[64].
 */
export function encodeIdentity({ pid, proof, longTerm }: Identity): Uint8Array<ArrayBuffer> {
  return concat(
    Uint8Array.of(VERSION),
    pid,
    ...(proof.kind === "link"
      ? [Uint8Array.of(KIND_LINK), proof.tag]
      : [Uint8Array.of(KIND_OWN), proof.signature]),
    ...(longTerm === undefined ? [] : [longTerm.key, longTerm.signature]),
  );
}

/** Undefined for anything but exactly one identity. */
export function decodeIdentity(bytes: Uint8Array): Identity | undefined {
  if (bytes[0] !== VERSION) return undefined;
  const kindAt = 1 + PID_BYTES;
  const proofAt = kindAt + 1;
  const kind = bytes[kindAt];
  const proofBytes = kind === KIND_LINK ? TAG_BYTES : SIGNATURE_BYTES;
  const longTermAt = proofAt + proofBytes;
  const rest = bytes.length - longTermAt;
  if (kind !== KIND_LINK && kind !== KIND_OWN) return undefined;
  if (rest !== 0 && rest !== KEY_BYTES + SIGNATURE_BYTES) return undefined;
  return {
    pid: bytes.slice(1, kindAt),
    proof:
      kind === KIND_LINK
        ? { kind: "link", tag: bytes.slice(proofAt, longTermAt) }
        : { kind: "own", signature: bytes.slice(proofAt, longTermAt) },
    ...(rest === 0
      ? {}
      : {
          longTerm: {
            key: bytes.slice(longTermAt, longTermAt + KEY_BYTES),
            signature: bytes.slice(longTermAt + KEY_BYTES),
          },
        }),
  };
}

/** What a proof is over: the room and the leaf's own key, so that it fits nowhere else. */
export function admissionMessage(
  roomId: string,
  pid: Uint8Array,
  signatureKey: Uint8Array,
  longTermKey: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const room = utf8(roomId);
  // The lengths keep a room's name and a missing long-term key from being read as something else.
  const lengths = Uint8Array.of(room.length >> 8, room.length & 0xff, longTermKey.length);
  return concat(utf8("e1-admit"), lengths, room, pid, signatureKey, longTermKey);
}
