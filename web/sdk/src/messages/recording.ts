import { MESSAGE_BYTES_MAX } from "../room/types.ts";
import { decodeObject, encodeText } from "../session/text.ts";

/** What is recorded: everybody who agrees, or only who records. */
export type RecordingScope = "meeting" | "self";

/** One thing that is said about a recording. Who says it, the room tells. */
export type RecordingWord =
  /** To all, and once more when somebody comes: whoever says it records now. */
  | { readonly type: "begin"; readonly scope: RecordingScope }
  | { readonly type: "end" }
  /** To whoever records alone: whether the author may be in it. The last one counts. */
  | { readonly type: "answer"; readonly yes: boolean };

export function encodeRecording(word: RecordingWord): Uint8Array<ArrayBuffer> {
  return encodeText(JSON.stringify(toWire(word)));
}

/** Never throws: undefined for what is no word about a recording. */
export function decodeRecording(bytes: Uint8Array): RecordingWord | undefined {
  const read = bytes.length <= MESSAGE_BYTES_MAX ? decodeObject(bytes) : undefined;
  switch (read?.["k"]) {
    case "b":
      return { type: "begin", scope: read["s"] === 1 ? "self" : "meeting" };
    case "e":
      return { type: "end" };
    case "a":
      // Anything but a clear yes is none.
      return { type: "answer", yes: read["y"] === 1 };
    default:
      return undefined;
  }
}

function toWire(word: RecordingWord) {
  if (word.type === "end") return { k: "e" };
  if (word.type === "answer") return { k: "a", y: Number(word.yes) };
  return { k: "b", s: Number(word.scope === "self") };
}
