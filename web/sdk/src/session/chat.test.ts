import { describe, expect, it } from "vitest";
import { CHAT_BYTES_MAX, decodeChat, encodeChat } from "./chat.ts";
import { encodeText } from "./text.ts";

describe("a chat message", () => {
  it("survives the wire as it was written", () => {
    const text = "<b>hello</b> 👋\n& welcome";
    expect(decodeChat(encodeChat(text))).toBe(text);
  });

  it("over the limit is refused before it is sent", () => {
    expect(() => encodeChat("a".repeat(CHAT_BYTES_MAX))).toThrow(
      expect.objectContaining({ code: "too-large" }),
    );
    expect(encodeChat("a".repeat(CHAT_BYTES_MAX - 10)).length).toBeLessThanOrEqual(CHAT_BYTES_MAX);
  });

  it.each([
    ["no JSON", encodeText("{")],
    ["another type", encodeText('{"t":5}')],
    ["no text", encodeText('{"t":""}')],
    ["too much", encodeText(JSON.stringify({ t: "a".repeat(CHAT_BYTES_MAX) }))],
  ])("that holds %s is none", (_, bytes) => {
    expect(decodeChat(bytes)).toBeUndefined();
  });
});
