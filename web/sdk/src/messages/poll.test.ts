import { describe, expect, it } from "vitest";
import { MESSAGE_BYTES_MAX } from "../room/types.ts";
import { encodeText } from "../session/text.ts";
import {
  decodePoll,
  encodePoll,
  POLL_BALLOTS_MAX,
  POLL_OPTION_MAX,
  POLL_OPTIONS_MAX,
  POLL_QUESTION_MAX,
  type PollWord,
} from "./poll.ts";

const ID = "abcdefghijklmnop";
const OPEN: PollWord = {
  ...{ type: "open", id: ID, question: "Lunch?", options: ["yes", "no"] },
  ...{ multiple: false, anonymous: true, again: false },
};
const json = (value: object) => encodeText(JSON.stringify({ i: ID, ...value }));

describe("a word about a poll", () => {
  it.each<[string, PollWord]>([
    ["a question", OPEN],
    ["a vote", { type: "vote", id: ID, author: "w1", choices: [0, 3], revision: 2 }],
    ["a withdrawn vote", { type: "vote", id: ID, author: "w1", choices: [], revision: 3 }],
    ["ballots", { type: "ballots", id: ID, ballots: [{ voter: "w2", choices: [1], revision: 1 }] }],
    ["counts", { type: "counts", id: ID, counts: [2, 1], voters: 3, revision: 4 }],
    ["an end", { type: "close", id: ID }],
  ])("survives the wire: %s", (_, word) => {
    expect(decodePoll(encodePoll(word))).toEqual(word);
  });

  it("fits at every limit", () => {
    const long = { ...OPEN, question: "漢".repeat(POLL_QUESTION_MAX) };
    const options = Array.from({ length: POLL_OPTIONS_MAX }, (_, i) => `${i}${"漢".repeat(119)}`);
    expect(decodePoll(encodePoll({ ...long, options }))).toEqual({ ...long, options });
    const all = Array.from({ length: POLL_OPTIONS_MAX }, (_, i) => i);
    const ballots = Array.from({ length: POLL_BALLOTS_MAX }, (_, i) => ({
      ...{ voter: `${i}`.padStart(24, "="), choices: all, revision: 1 },
    }));
    const word: PollWord = { type: "ballots", id: ID, ballots };
    expect(encodePoll(word).length).toBeLessThanOrEqual(MESSAGE_BYTES_MAX);
    expect(decodePoll(encodePoll(word))).toEqual(word);
  });

  it.each([
    ["one option", { k: "o", q: "Lunch?", o: ["yes"] }],
    ["too many options", { k: "o", q: "Lunch?", o: [..."abcdefghijk"] }],
    ["an option that cannot be seen", { k: "o", q: "Lunch?", o: ["yes", "\u202e"] }],
    ["two options that look the same", { k: "o", q: "Lunch?", o: ["yes", "yes\u202e "] }],
    ["no question", { k: "o", q: " ", o: ["yes", "no"] }],
    ["a vote for nothing there is", { k: "v", u: "w1", c: [10], n: 1 }],
    ["half a vote", { k: "v", u: "w1", c: [0.5], n: 1 }],
    ["a vote in nobody's poll", { k: "v", c: [0], n: 1 }],
    ["more votes than voters", { k: "c", c: [5, 1], v: 4, n: 1 }],
    ["counts below nothing", { k: "c", c: [-1, 1], v: 4, n: 1 }],
    ["no kind", { q: "Lunch?" }],
  ])("that holds %s is none", (_, value) => {
    expect(decodePoll(json(value))).toBeUndefined();
  });

  it("of a sender with other rules is shown by ours", () => {
    const word = decodePoll(
      json({ k: "o", q: "a\nb".repeat(500), o: ["x".repeat(500), "y\u0000"], m: 1 }),
    );
    if (word?.type !== "open") throw new Error("no poll");
    expect(word.question).not.toContain("\n");
    expect(word.question.length).toBeLessThanOrEqual(POLL_QUESTION_MAX);
    expect(word.options).toEqual(["x".repeat(POLL_OPTION_MAX), "y"]);
    expect(decodePoll(json({ k: "v", u: "w1", c: [3, 1, 3], n: 1 }))).toMatchObject({
      choices: [1, 3],
    });
    const ballots = decodePoll(json({ k: "b", b: [["w1", [0], 1], ["w2"], 5, ["", [0], 1]] }));
    expect(ballots).toMatchObject({ ballots: [{ voter: "w1" }] });
  });
});
