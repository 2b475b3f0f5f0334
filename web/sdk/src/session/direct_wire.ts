/** What two clients say to each other about a direct path, inside a sealed message. */

/** Which of the two ways media takes. */
export type PathKind = "server" | "direct";

/** `session` is the offerer's number of the attempt: what is of another one is late. */
export type DirectMessage =
  | { readonly type: "offer" | "answer"; readonly session: number; readonly sdp: Uint8Array }
  /** ICE candidates of the sender, as in an SDP without the "a=". */
  | { readonly type: "candidates"; readonly session: number; readonly lines: readonly string[] }
  /** What the sender presents comes by this way: the other one may stop sending by the other. */
  | { readonly type: "at"; readonly session: number; readonly path: PathKind }
  /** No direct path from now on; media goes through the server. */
  | { readonly type: "end"; readonly session: number }
  /** Of who does not make offers: it would take one now. */
  | { readonly type: "ask"; readonly session: number };

const TYPES = ["offer", "answer", "candidates", "at", "end", "ask"] as const;
const PATHS: readonly PathKind[] = ["server", "direct"];
const HEAD_BYTES = 5;
/** A host has a few addresses; browsers make no more than some ten candidates of them. */
const CANDIDATES_MAX = 32;

export function encodeDirect(message: DirectMessage): Uint8Array {
  const body = bodyOf(message);
  const bytes = new Uint8Array(HEAD_BYTES + body.length);
  bytes[0] = TYPES.indexOf(message.type);
  new DataView(bytes.buffer).setUint32(1, message.session);
  bytes.set(body, HEAD_BYTES);
  return bytes;
}

/** Undefined for what is not of this form, and for what only a newer client says. */
export function decodeDirect(bytes: Uint8Array): DirectMessage | undefined {
  const type = TYPES[bytes[0] ?? TYPES.length];
  if (type === undefined || bytes.length < HEAD_BYTES) return undefined;
  const session = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES).getUint32(1);
  const body = bytes.slice(HEAD_BYTES);
  switch (type) {
    case "offer":
    case "answer":
      return { type, session, sdp: body };
    case "candidates": {
      const lines = new TextDecoder().decode(body).split("\n").slice(0, CANDIDATES_MAX);
      return { type, session, lines };
    }
    case "at": {
      const path = PATHS[body[0] ?? PATHS.length];
      return path === undefined ? undefined : { type, session, path };
    }
    default:
      return { type, session };
  }
}

function bodyOf(message: DirectMessage): Uint8Array {
  switch (message.type) {
    case "offer":
    case "answer":
      return message.sdp;
    case "candidates":
      return new TextEncoder().encode(message.lines.join("\n"));
    case "at":
      return Uint8Array.of(PATHS.indexOf(message.path));
    default:
      return new Uint8Array();
  }
}
