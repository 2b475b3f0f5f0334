import { expect, test } from "vitest";
import { nameMatches } from "./people.ts";

test("a name is found by a part of it, whatever its case and accents", () => {
  expect(nameMatches("Chloé Martin", "chloe")).toBe(true);
  expect(nameMatches("Chloé Martin", " MART ")).toBe(true);
  expect(nameMatches("李雷", "雷")).toBe(true);
  expect(nameMatches("Ana", "")).toBe(true);
  expect(nameMatches("Ana", "Ben")).toBe(false);
});
