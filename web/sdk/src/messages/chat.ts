import { ConclaveError, MESSAGE_BYTES_MAX } from "../room/types.ts";
import { decodeObject, encodeText } from "../session/text.ts";

/** In UTF-16 units; in any script well below what a message may have. */
export const CHAT_TEXT_MAX = 4000;

/** One thing that happens to a conversation. Who says it, the room tells. */
export type ChatWord =
  | {
      readonly type: "say";
      /** Made by its author, see `makeChatId`; unique for that author. */
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

const ID_BYTES = 12;
const ID = /^[\w-]{16}$/;
const REVISION_MAX = 1_000_000;

/** `random` fills an array from the operating system's entropy. */
export function makeChatId(random: (into: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(ID_BYTES);
  random(bytes);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

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
  const id = chatId(read?.["i"]);
  if (read === undefined || id === undefined) return undefined;
  if (read["x"] === 1) return { type: "delete", id };
  const text = typeof read["t"] === "string" ? normalizeChatText(read["t"]) : "";
  if (text === "") return undefined;
  const revision = read["v"];
  if (revision === undefined) return { type: "say", id, text, replyTo: chatId(read["r"]) };
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

function chatId(value: unknown): string | undefined {
  return typeof value === "string" && ID.test(value) ? value : undefined;
}

/** Line ends of all kinds become one. */
const LINE_ENDS = /\r\n|[\r\u2028\u2029\u0085]/g;
// Controls; what turns the direction of a line or hides in it. Marks of direction and joiners stay:
// languages and emoji are written with them.
const HIDDEN =
  /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
/** More marks on one letter than any script has grow over the lines above and below. */
const PILED_MARKS = /(\p{M}{6})\p{M}+/gu;
const EMPTY_LINES = /\n(?:[ \t]*\n){2,}/g;

/** A text as it is sent and shown, at both ends: what it seems to be and where it seems to be. */
export function normalizeChatText(text: string): string {
  return wellFormed(text)
    .replace(LINE_ENDS, "\n")
    .replace(HIDDEN, "")
    .replace(PILED_MARKS, "$1")
    .replace(EMPTY_LINES, "\n\n")
    .trim()
    .slice(0, CHAT_TEXT_MAX)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd();
}

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
