import { expect, test } from "vitest";
import type { ChatGroup } from "./chat.ts";
import { chatAsText } from "./chatText.ts";
import { splitLinks } from "./links.ts";

const group = (name: string, isLocal: boolean, ...texts: string[]): ChatGroup => ({
  ...{ id: 1, from: 1, name, isLocal, at: Date.UTC(2026, 0, 2, 3, 4, 5) },
  lines: texts.map((text, id) => ({ id, pieces: splitLinks(text) })),
});

test("who wrote what, and when", () => {
  const text = chatAsText([
    group("Ana", false, "Hello", "see https://example.org/a"),
    group("Ben", true, "Thanks"),
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

test("nobody can write a line that looks like somebody else's", () => {
  for (const end of ["\n", "\r", "\r\n", "\u2028", "\u2029"]) {
    const text = chatAsText([group("Eve", false, `x${end}2026-01-02 03:04:05 UTC  Ana`)]);
    const heads = text.split(/[\r\n\u2028\u2029]+/).filter((line) => /^\S/.test(line));
    expect(heads).toEqual(["2026-01-02 03:04:05 UTC  Eve"]);
  }
});
