import { describe, expect, it } from "vitest";
import { MESSAGE_BYTES_MAX } from "../room/types.ts";
import { encodeText } from "../session/text.ts";
import { type ChatWord, decodeChat, encodeChat } from "./chat.ts";
import { CHAT_TEXT_MAX } from "./text.ts";

const ID = "abcdefghijklmnop";
const say = (text: string, replyTo?: string): ChatWord => ({ type: "say", id: ID, text, replyTo });
const json = (value: unknown) => encodeText(JSON.stringify(value));

describe("a word of a conversation", () => {
  it.each<[string, ChatWord]>([
    ["a message", say("<b>hello</b> 👋\n& welcome")],
    ["an answer", say("yes", "ponmlkjihgfedcba")],
    ["a change", { type: "edit", id: ID, text: "hello!", revision: 2 }],
    ["a deletion", { type: "delete", id: ID }],
  ])("survives the wire: %s", (_, word) => {
    expect(decodeChat(encodeChat(word))).toEqual(word);
  });

  it("fits, however long it is and whatever is in it", () => {
    for (const unit of ["漢", '"', "\\", "\n", "\u0001", "\ud800", "👋", "\u0301"]) {
      const bytes = encodeChat(say(`a${unit.repeat(CHAT_TEXT_MAX * 2)}`, ID));
      expect(bytes.length).toBeLessThanOrEqual(MESSAGE_BYTES_MAX);
      const word = decodeChat(bytes);
      expect(word?.type === "say" && word.text.length <= CHAT_TEXT_MAX).toBe(true);
    }
  });

  it.each([
    ["no JSON", encodeText("{")],
    ["another type", json({ i: ID, t: 5 })],
    ["no text", json({ i: ID, t: "" })],
    ["only what cannot be seen", json({ i: ID, t: " \u202e\u0000 " })],
    ["no id", json({ t: "hello" })],
    ["a long id", json({ i: "x".repeat(500), t: "hello" })],
    ["half a revision", json({ i: ID, t: "hello", v: 1.5 })],
    ["a revision before the first", json({ i: ID, t: "hello", v: 0 })],
    ["too much", json({ i: ID, t: "a".repeat(MESSAGE_BYTES_MAX) })],
  ])("that holds %s is none", (_, bytes) => {
    expect(decodeChat(bytes)).toBeUndefined();
  });

  it("of a sender with other rules is shown by ours", () => {
    expect(decodeChat(json({ i: ID, t: "a\u202eb", r: "no id", q: 1 }))).toEqual(say("ab"));
    const long = decodeChat(json({ i: ID, t: "a".repeat(CHAT_TEXT_MAX + 50) }));
    expect(long?.type === "say" && long.text.length).toBe(CHAT_TEXT_MAX);
  });
});
