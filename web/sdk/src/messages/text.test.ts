import { expect, it } from "vitest";
import { normalizeChatText } from "./text.ts";

it.each([
  ["line ends", "a\r\nb\rc\u2028d", "a\nb\nc\nd"],
  ["turned text", "pay \u202egnp.exe\u202c \u2066x\u2069", "pay gnp.exe x"],
  ["controls", "a\u0000\u0007\u001b[31mb\tc", "a[31mb\tc"],
  ["half a character", "a\ud800b", "a\ufffdb"],
  ["piled marks", `z${"\u0301".repeat(40)}`, `z${"\u0301".repeat(6)}`],
  ["empty lines", "a\n\n \n\n\n\t\nb", "a\n\nb"],
  ["invisible text", "a\u{e0041}\u{e0042}b\ufeff", "ab"],
  ["emoji and joined letters", "👩‍💻 می‌خواهم", "👩‍💻 می‌خواهم"],
])("a text has no surprises: %s", (_, text, shown) => {
  expect(normalizeChatText(text)).toBe(shown);
  expect(normalizeChatText(shown)).toBe(shown);
});
