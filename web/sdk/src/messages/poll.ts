import { ConclaveError, MESSAGE_BYTES_MAX } from "../room/types.ts";
import { decodeObject, encodeText } from "../session/text.ts";
import { messageId } from "./ids.ts";
import { normalizeChatText } from "./text.ts";

export const POLL_QUESTION_MAX = 300;
export const POLL_OPTION_MAX = 120;
export const POLL_OPTIONS_MIN = 2;
export const POLL_OPTIONS_MAX = 10;
/** So many ballots are told to newcomers in one message. */
export const POLL_BALLOTS_MAX = 200;

/** What somebody has chosen: indices of options, ascending; empty: withdrawn. */
export type PollChoices = readonly number[];

export interface PollBallot {
  /** The voter's, see ParticipantInfo.wireId. */
  readonly voter: string;
  readonly choices: PollChoices;
  /** 1, 2, ...: an older one never replaces a newer one. */
  readonly revision: number;
}

/** One thing that happens to a poll. Who says it, the room tells. */
export type PollWord =
  | {
      readonly type: "open";
      readonly id: string;
      readonly question: string;
      readonly options: readonly string[];
      readonly multiple: boolean;
      /** Ballots go to the author alone, who tells the counts. */
      readonly anonymous: boolean;
      /** Told once more, for newcomers. */
      readonly again: boolean;
    }
  /** To all; in an anonymous poll to the author alone. */
  | {
      readonly type: "vote";
      readonly id: string;
      /** The wireId of the poll's author: two people may claim the same id. */
      readonly author: string;
      readonly choices: PollChoices;
      readonly revision: number;
    }
  /** By the author, for newcomers: what the author has seen of a poll that is not anonymous. */
  | { readonly type: "ballots"; readonly id: string; readonly ballots: readonly PollBallot[] }
  /** By the author of an anonymous poll, of each option. */
  | {
      readonly type: "counts";
      readonly id: string;
      readonly counts: readonly number[];
      readonly voters: number;
      readonly revision: number;
    }
  /** By the author. */
  | { readonly type: "close"; readonly id: string };

const WIRE_ID_MAX = 64;
const COUNT_MAX = 1_000_000;

/** Throws `too-large` where it would not be carried: never within the limits above. */
export function encodePoll(word: PollWord): Uint8Array<ArrayBuffer> {
  const bytes = encodeText(JSON.stringify(toWire(word)));
  if (bytes.length <= MESSAGE_BYTES_MAX) return bytes;
  throw new ConclaveError("too-large", `poll: ${bytes.length} of ${MESSAGE_BYTES_MAX} bytes`);
}

/** Never throws: undefined for what is no word about a poll. Unknown fields are ignored. */
export function decodePoll(bytes: Uint8Array): PollWord | undefined {
  const read = bytes.length <= MESSAGE_BYTES_MAX ? decodeObject(bytes) : undefined;
  const id = messageId(read?.["i"]);
  if (read === undefined || id === undefined) return undefined;
  switch (read["k"]) {
    case "o":
      return readOpen(id, read);
    case "v": {
      const [choices, revision, author] = [toChoices(read["c"]), count(read["n"]), read["u"]];
      if (choices === undefined || revision === undefined || !isWireId(author)) return undefined;
      return { type: "vote", id, author, choices, revision };
    }
    case "b":
      return { type: "ballots", id, ballots: list(read["b"], POLL_BALLOTS_MAX).flatMap(toBallot) };
    case "c": {
      const counts = list(read["c"], POLL_OPTIONS_MAX).map(count);
      const [voters, revision] = [count(read["v"]), count(read["n"])];
      if (voters === undefined || revision === undefined) return undefined;
      const known = counts.filter((each) => each !== undefined);
      if (known.length !== counts.length || known.some((each) => each > voters)) return undefined;
      return { type: "counts", id, counts: known, voters, revision };
    }
    case "x":
      return { type: "close", id };
    default:
      return undefined;
  }
}

/** One line, as it is sent and shown. */
export function normalizePollText(text: string, charactersMax: number): string {
  const line = normalizeChatText(text).replace(/\s+/g, " ");
  return [...line].slice(0, charactersMax).join("").trim();
}

function toWire(word: PollWord) {
  const { id: i } = word;
  switch (word.type) {
    case "open": {
      const o = word.options.map((option) => normalizePollText(option, POLL_OPTION_MAX));
      const q = normalizePollText(word.question, POLL_QUESTION_MAX);
      return {
        k: "o",
        i,
        q,
        o,
        m: Number(word.multiple),
        a: Number(word.anonymous),
        s: Number(word.again),
      };
    }
    case "vote":
      return { k: "v", i, u: word.author, c: word.choices, n: word.revision };
    case "ballots":
      return { k: "b", i, b: word.ballots.map((one) => [one.voter, one.choices, one.revision]) };
    case "counts":
      return { k: "c", i, c: word.counts, v: word.voters, n: word.revision };
    case "close":
      return { k: "x", i };
  }
}

function readOpen(id: string, read: Readonly<Record<string, unknown>>): PollWord | undefined {
  const text = (value: unknown, charactersMax: number) =>
    typeof value === "string" ? normalizePollText(value, charactersMax) : "";
  const question = text(read["q"], POLL_QUESTION_MAX);
  const options = list(read["o"], POLL_OPTIONS_MAX).map((one) => text(one, POLL_OPTION_MAX));
  const isWhole = question !== "" && options.length >= POLL_OPTIONS_MIN && !options.includes("");
  // Two that look the same: nobody could tell what they chose.
  if (!isWhole || new Set(options).size !== options.length) return undefined;
  return {
    ...{ type: "open", id, question, options },
    ...{ multiple: read["m"] === 1, anonymous: read["a"] === 1, again: read["s"] === 1 },
  };
}

/** Empty for what is none, or too long. */
function list(value: unknown, lengthMax: number): readonly unknown[] {
  return Array.isArray(value) && value.length <= lengthMax ? value : [];
}

function toBallot(value: unknown): PollBallot[] {
  const [voter, chosen, number] = list(value, 3);
  const [choices, revision] = [toChoices(chosen), count(number)];
  if (choices === undefined || revision === undefined || !isWireId(voter)) return [];
  return [{ voter, choices, revision }];
}

function toChoices(value: unknown): PollChoices | undefined {
  if (!Array.isArray(value) || value.length > POLL_OPTIONS_MAX) return undefined;
  const isOption = (one: unknown) =>
    Number.isInteger(one) && Number(one) >= 0 && Number(one) < POLL_OPTIONS_MAX;
  if (!value.every(isOption)) return undefined;
  return [...new Set(value.map(Number))].sort((a, b) => a - b);
}

function count(value: unknown): number | undefined {
  const fits = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= COUNT_MAX;
  return fits ? Number(value) : undefined;
}

function isWireId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= WIRE_ID_MAX;
}
