import { MESSAGE_BYTES_MAX, REACTIONS } from "../room/types.ts";
import { decodeObject, encodeText } from "./text.ts";

export function encodeReaction(emoji: string): Uint8Array<ArrayBuffer> {
  return encodeText(JSON.stringify({ r: emoji }));
}

/** Never throws: undefined for what is not one of the reactions. */
export function decodeReaction(bytes: Uint8Array): string | undefined {
  const emoji = bytes.length <= MESSAGE_BYTES_MAX ? decodeObject(bytes)?.["r"] : undefined;
  return REACTIONS.find((known) => known === emoji);
}
