import { ConclaveError, REACTIONS } from "../room/types.ts";
import { decodeObject, encodeText } from "./text.ts";

/** protocol/conclave.proto: the limit of a relayed payload. */
export const CHAT_BYTES_MAX = 16 * 1024;

/** Throws `too-large` for a text that the server would refuse. */
export function encodeChat(text: string): Uint8Array<ArrayBuffer> {
  const bytes = encodeText(JSON.stringify({ t: text }));
  if (bytes.length > CHAT_BYTES_MAX) {
    throw new ConclaveError(
      "too-large",
      `chat message: ${bytes.length} of ${CHAT_BYTES_MAX} bytes`,
    );
  }
  return bytes;
}

/** Never throws: undefined for what is not a chat message. Unknown fields are ignored. */
export function decodeChat(bytes: Uint8Array): string | undefined {
  const text = bytes.length <= CHAT_BYTES_MAX ? decodeObject(bytes)?.["t"] : undefined;
  return typeof text === "string" && text !== "" ? text : undefined;
}

export function encodeReaction(emoji: string): Uint8Array<ArrayBuffer> {
  return encodeText(JSON.stringify({ r: emoji }));
}

/** Never throws: undefined for what is not one of the reactions. */
export function decodeReaction(bytes: Uint8Array): string | undefined {
  const emoji = bytes.length <= CHAT_BYTES_MAX ? decodeObject(bytes)?.["r"] : undefined;
  return REACTIONS.find((known) => known === emoji);
}
