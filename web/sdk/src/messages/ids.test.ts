import { expect, it } from "vitest";
import { makeMessageId, messageId } from "./ids.ts";

it("an id is 96 random bits", () => {
  let next = 0;
  const count = (into: Uint8Array<ArrayBuffer>) => into.fill(next++);
  const ids = Array.from({ length: 200 }, () => makeMessageId(count));
  expect(new Set(ids).size).toBe(200);
  for (const id of ids) expect(messageId(id)).toBe(id);
});
