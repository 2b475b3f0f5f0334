import type { ChatWord } from "@conclave/sdk/messages";
import { describe, expect, test } from "vitest";
import { type Author, answered, type Conversation, hear, MESSAGES_MAX } from "./conversation.ts";

const ANA: Author = { from: 2, name: "Ana", isLocal: false, at: 0, privateWith: undefined };
const BEN: Author = { ...ANA, from: 3, name: "Ben" };
const whisper = (author: Author): Author => ({
  ...author,
  privateWith: { id: author.from, name: author.name },
});
const say = (id: string, text: string, replyTo?: string): ChatWord => ({
  ...{ type: "say", id, text, replyTo },
});
const edit = (id: string, text: string, revision: number): ChatWord => ({
  ...{ type: "edit", id, text, revision },
});
const erase = (id: string): ChatWord => ({ type: "delete", id });

/** The conversation after what people said, one after the other. */
function after(...said: readonly (readonly [Author, ChatWord])[]): Conversation {
  return said.reduce<Conversation>((known, [author, word]) => hear(known, author, word), []);
}
const texts = (known: Conversation) => known.map(({ text, deleted }) => (deleted ? null : text));

describe("a message", () => {
  test("is changed by its author, to the newest text", () => {
    const known = after(
      [ANA, say("a", "helo")],
      [ANA, edit("a", "hello!", 2)],
      [ANA, edit("a", "hello", 1)],
    );
    expect(known).toMatchObject([{ text: "hello!", revision: 2, pieces: [{ text: "hello!" }] }]);
  });

  test("is not changed by anybody else, nor replaced by the same id again", () => {
    const known = after(
      [ANA, say("a", "mine")],
      [BEN, edit("a", "yours", 9)],
      [BEN, erase("a")],
      [ANA, say("a", "another")],
    );
    expect(texts(known)).toEqual(["mine"]);
  });

  test("that was deleted is gone, and stays so", () => {
    const known = after(
      [ANA, say("a", "secret")],
      [ANA, erase("a")],
      [ANA, edit("a", "back", 5)],
      [ANA, say("a", "back")],
    );
    expect(texts(known)).toEqual([null]);
    expect(JSON.stringify(known)).not.toContain("secret");
  });

  test("to one person is changed only to that person, and one to all only to all", () => {
    const known = after(
      [whisper(ANA), say("a", "psst")],
      [ANA, say("b", "all")],
      [ANA, edit("a", "told to all", 1)],
      [whisper(ANA), edit("b", "told to one", 1)],
      [whisper(ANA), erase("b")],
    );
    expect(texts(known)).toEqual(["psst", "all"]);
  });

  test("that never came is not changed: nothing appears", () => {
    expect(after([ANA, edit("a", "boo", 1)], [ANA, erase("a")])).toEqual([]);
  });
});

describe("an answer", () => {
  test("shows what this person knows, as it is now", () => {
    const known = after(
      [ANA, say("a", "lunch?")],
      [BEN, say("b", "yes", "a")],
      [ANA, edit("a", "dinner?", 1)],
    );
    const answer = known[1];
    expect(answer && answered(known, answer)?.text).toBe("dinner?");
  });

  test("to what is not here, or what two claim to be, is to nothing", () => {
    const known = after(
      [ANA, say("a", "pay Ana")],
      [BEN, say("a", "pay Ben")],
      [ANA, say("x", "agreed", "a")],
      [ANA, say("y", "agreed", "gone")],
    );
    const answers = known.slice(2).map((message) => answered(known, message));
    expect(answers).toEqual([undefined, undefined]);
  });
});

test("a long meeting forgets its oldest messages, and gives no number twice", () => {
  let known: Conversation = [];
  for (let i = 0; i < MESSAGES_MAX + 20; i++) known = hear(known, ANA, say(`${i}`, `${i}`));
  expect(known).toHaveLength(MESSAGES_MAX);
  expect(known[0]?.text).toBe("20");
  expect(new Set(known.map(({ key }) => key)).size).toBe(MESSAGES_MAX);
});
