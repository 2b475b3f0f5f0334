/**
 * The contract as this client uses it: the generated types, and both directions of the wire.
 * `conclave.ts` is generated from protocol/conclave.proto by `npm run generate`, and from it
 * `one_way.ts`: only what a client writes, and only what it reads.
 */
import type { ClientMessage, DeepPartial, ServerMessage } from "./conclave.ts";
import { ServerMessage as Read, ClientMessage as Written } from "./one_way.ts";

export * from "./conclave.ts";

/** protocol/conclave.proto: longer messages close a joined session. */
export const MESSAGE_BYTES_MAX = 256 * 1024;

export type ClientMessageInit = DeepPartial<ClientMessage>;
/** One of the bodies that a client can send, as a plain object with its case. */
export type ClientBody = NonNullable<ClientMessageInit["body"]>;

export function encodeClientMessage(init: ClientMessageInit): Uint8Array<ArrayBuffer> {
  return Written.encode(Written.fromPartial(init)).finish();
}

/** Undefined for bytes that are not a message: the sender is not trusted to be our server. */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage | undefined {
  if (bytes.length > MESSAGE_BYTES_MAX) return undefined;
  try {
    return Read.decode(bytes);
  } catch {
    return undefined;
  }
}
