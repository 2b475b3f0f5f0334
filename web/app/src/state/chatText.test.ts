import { expect, test } from "vitest";
import type { ChatGroup, ChatLine } from "./chatGroups.ts";
import { chatAsText } from "./chatText.ts";
import { splitLinks } from "./links.ts";

const line = (text: string, more: Partial<ChatLine> = {}): ChatLine => ({
  ...{ key: 1, pieces: splitLinks(text), edited: false, deleted: false, quote: undefined },
  ...more,
});

const group = (name: string, isLocal: boolean, ...lines: ChatLine[]): ChatGroup => ({
  ...{ key: 1, from: 1, name, isLocal, at: Date.UTC(2026, 0, 2, 3, 4, 5), privateWith: undefined },
  lines,
});

test("who wrote what, and when", () => {
  const text = chatAsText([
    group("Ana", false, line("Hello"), line("see https://example.org/a")),
    group("Ben", true, line("Thanks")),
  ]);
  expect(text).toBe(
    [
      "2026-01-02 03:04:05 UTC  Ana",
      "    Hello",
      "    see https://example.org/a",
      "",
      "2026-01-02 03:04:05 UTC  Ben (you)",
      "    Thanks",
      "",
    ].join("\n"),
  );
});

test("what was answered, changed, taken back, and who could read it", () => {
  const quote = { key: 1, name: "Ana", isLocal: false, text: "Hello" };
  const privateWith = { id: 2, name: "Ana" };
  const text = chatAsText([
    { ...group("Ana", false, line("psst", { edited: true })), privateWith },
    { ...group("Ben", true, line("yes", { quote }), line("", { deleted: true })), privateWith },
  ]);
  expect(text).toBe(
    [
      "2026-01-02 03:04:05 UTC  Ana, To you only",
      "    psst [edited]",
      "",
      "2026-01-02 03:04:05 UTC  Ben (you), Only to Ana",
      "    > Ana: Hello",
      "    yes",
      "    [Message deleted]",
      "",
    ].join("\n"),
  );
});

test("nobody can write a line that looks like somebody else's", () => {
  for (const end of ["\n", "\r", "\r\n", "\u2028", "\u2029"]) {
    const text = chatAsText([group("Eve", false, line(`x${end}2026-01-02 03:04:05 UTC  Ana`))]);
    const heads = text.split(/[\r\n\u2028\u2029]+/).filter((each) => /^\S/.test(each));
    expect(heads).toEqual(["2026-01-02 03:04:05 UTC  Eve"]);
  }
});
