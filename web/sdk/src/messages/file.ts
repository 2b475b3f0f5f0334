import { ConclaveError } from "../room/types.ts";
import { decodeObject, encodeText } from "../session/text.ts";
import { messageId } from "./ids.ts";
import { normalizeChatText } from "./text.ts";

/** Of a file, in one message. */
export const FILE_PART_BYTES = 12 * 1024;
/** Parts that one question asks for: sealed they stay below what the server lets through (64 KiB). */
export const FILE_PARTS_ASKED_MAX = 4;
/** In characters as people count them, roughly. */
export const FILE_NAME_MAX = 120;
/** Sealed, a word about a file stays below 2 KiB: the server takes what is longer for a part. */
const WORD_BYTES_MAX = 1200;
const SIZE_MAX = 100 * 1024 * 1024;
const DIGEST = /^[\w-]{43}$/;
/** No JSON begins with it. */
const PART = 1;
const PART_HEAD_BYTES = 1 + 16 + 4;
const ENDING_MAX = 12;

/** What a file is, by the word of whoever has it. */
export interface FileOffer {
  /** See `makeMessageId`; unique for its author. */
  readonly id: string;
  /** See `normalizeFileName`. What it says of the content is nothing that anybody checked. */
  readonly name: string;
  /** In bytes; at least 1. */
  readonly size: number;
  /** SHA-256 (FIPS 180-4) of all of it, base64url. */
  readonly digest: string;
}

/** One thing that is said about files. Who says it, the room tells. */
export type FileWord =
  | ({ readonly type: "offer" } & FileOffer)
  /** To the author alone: for `count` parts from number `from` on; an earlier question is over. */
  | { readonly type: "ask"; readonly id: string; readonly from: number; readonly count: number }
  /** By the author: it is not to be had any more. */
  | { readonly type: "withdraw"; readonly id: string }
  /** To whoever has asked, alone: FILE_PART_BYTES, of the last part what is left. */
  | {
      readonly type: "part";
      readonly id: string;
      readonly index: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    };

export function filePartsOf(size: number): number {
  return Math.ceil(size / FILE_PART_BYTES);
}

/** Throws `too-large` where it would not be carried: never within the limits above. */
export function encodeFile(word: FileWord): Uint8Array<ArrayBuffer> {
  if (word.type === "part") return encodePart(word);
  const bytes = encodeText(JSON.stringify(toWire(word)));
  if (bytes.length <= WORD_BYTES_MAX) return bytes;
  throw new ConclaveError("too-large", `file: ${bytes.length} of ${WORD_BYTES_MAX} bytes`);
}

/** Never throws: undefined for what is no word about a file. Unknown fields are ignored. */
export function decodeFile(bytes: Uint8Array): FileWord | undefined {
  if (bytes[0] === PART) return decodePart(bytes);
  const read = bytes.length <= WORD_BYTES_MAX ? decodeObject(bytes) : undefined;
  const id = messageId(read?.["i"]);
  if (read === undefined || id === undefined) return undefined;
  switch (read["k"]) {
    case "o": {
      const { n: name, d: digest } = read;
      const size = whole(read["s"], 1, SIZE_MAX);
      if (typeof name !== "string" || typeof digest !== "string") return undefined;
      if (size === undefined || !DIGEST.test(digest)) return undefined;
      return { type: "offer", id, name: normalizeFileName(name), size, digest };
    }
    case "a": {
      const from = whole(read["f"], 0, filePartsOf(SIZE_MAX) - 1);
      const count = whole(read["n"], 1, FILE_PARTS_ASKED_MAX);
      return from === undefined || count === undefined
        ? undefined
        : { type: "ask", id, from, count };
    }
    case "w":
      return { type: "withdraw", id };
    default:
      return undefined;
  }
}

/**
 * The name as it is sent, shown and saved, at both ends: no folder, nothing that cannot be seen or that
 * turns the direction (so that "gnp.exe" does not read as "exe.png"), nothing that a file system takes
 * for something else. Never empty; a long one keeps its ending.
 */
export function normalizeFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const visible = normalizeChatText(last.normalize("NFC"))
    // Marks of direction and joiners too: unlike in sentences, nothing needs them here.
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .replace(/\s+/gu, " ")
    .replace(/[<>:"|?*]/g, "_")
    .replace(/^[. ]+|[. ]+$/g, "");
  const safe = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(visible) ? `_${visible}` : visible;
  return shortened(safe) || "file";
}

function shortened(name: string): string {
  const characters = [...name];
  if (characters.length <= FILE_NAME_MAX) return name;
  const dot = characters.lastIndexOf(".");
  const ending = characters.length - dot <= ENDING_MAX ? characters.slice(dot) : [];
  const start = characters.slice(0, FILE_NAME_MAX - ending.length - 1).join("");
  return `${start.trimEnd()}…${ending.join("")}`;
}

function toWire(word: Exclude<FileWord, { type: "part" }>) {
  switch (word.type) {
    case "offer":
      return {
        ...{ k: "o", i: word.id, n: normalizeFileName(word.name) },
        ...{ s: word.size, d: word.digest },
      };
    case "ask":
      return { k: "a", i: word.id, f: word.from, n: word.count };
    case "withdraw":
      return { k: "w", i: word.id };
  }
}

function encodePart({ id, index, bytes }: Extract<FileWord, { type: "part" }>) {
  const out = new Uint8Array(PART_HEAD_BYTES + bytes.length);
  out[0] = PART;
  out.set(encodeText(id), 1);
  new DataView(out.buffer).setUint32(1 + 16, index);
  out.set(bytes, PART_HEAD_BYTES);
  return out;
}

function decodePart(bytes: Uint8Array): FileWord | undefined {
  const size = bytes.length - PART_HEAD_BYTES;
  if (size < 1 || size > FILE_PART_BYTES) return undefined;
  const id = messageId(String.fromCharCode(...bytes.subarray(1, 17)));
  if (id === undefined) return undefined;
  const index = new DataView(bytes.buffer, bytes.byteOffset).getUint32(17);
  return { type: "part", id, index, bytes: bytes.slice(PART_HEAD_BYTES) };
}

function whole(value: unknown, min: number, max: number): number | undefined {
  if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
  return value >= min && value <= max ? value : undefined;
}
