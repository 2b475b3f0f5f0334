import { ConclaveError, MESSAGE_BYTES_MAX } from "../room/types.ts";
import { decodeObject, encodeText } from "../session/text.ts";
import { messageId } from "./ids.ts";
import { normalizeChatText } from "./text.ts";

/** One thing that happens to a conversation. Who says it, the room tells. */
export type ChatWord =
  | {
      readonly type: "say";
      /** Made by its author, see `makeMessageId`; unique for that author. */
      readonly id: string;
      readonly text: string;
      /** The id of what it answers, whoever wrote that: a reader shows the words that it knows. */
      readonly replyTo: string | undefined;
    }
  | {
      readonly type: "edit";
      readonly id: string;
      readonly text: string;
      /** 1, 2, ...: an older one never replaces a newer one. */
      readonly revision: number;
    }
  | { readonly type: "delete"; readonly id: string };

const REVISION_MAX = 1_000_000;

/** Throws `too-large` where it would not be carried: never for a normalized text. */
export function encodeChat(word: ChatWord): Uint8Array<ArrayBuffer> {
  const bytes = encodeText(JSON.stringify(toWire(word)));
  if (bytes.length <= MESSAGE_BYTES_MAX) return bytes;
  const size = `${bytes.length} of ${MESSAGE_BYTES_MAX} bytes`;
  throw new ConclaveError("too-large", `chat message: ${size}`);
}

/** Never throws: undefined for what is no word of a conversation. Unknown fields are ignored. */
export function decodeChat(bytes: Uint8Array): ChatWord | undefined {
  const read = bytes.length <= MESSAGE_BYTES_MAX ? decodeObject(bytes) : undefined;
  const id = messageId(read?.["i"]);
  if (read === undefined || id === undefined) return undefined;
  if (read["x"] === 1) return { type: "delete", id };
  const text = typeof read["t"] === "string" ? normalizeChatText(read["t"]) : "";
  if (text === "") return undefined;
  const revision = read["v"];
  if (revision === undefined) return { type: "say", id, text, replyTo: messageId(read["r"]) };
  const counts = Number.isInteger(revision) && Number(revision) > 0;
  if (!counts || Number(revision) > REVISION_MAX) return undefined;
  return { type: "edit", id, text, revision: Number(revision) };
}

function toWire(word: ChatWord) {
  if (word.type === "delete") return { i: word.id, x: 1 };
  const text = normalizeChatText(word.text);
  if (word.type === "edit") return { i: word.id, t: text, v: word.revision };
  return { i: word.id, t: text, r: word.replyTo };
}
