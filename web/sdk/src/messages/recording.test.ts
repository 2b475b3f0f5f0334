import { expect, test } from "vitest";
import { decodeRecording, encodeRecording, type RecordingWord } from "./recording.ts";

test.each<RecordingWord>([
  { type: "begin", scope: "meeting" },
  { type: "begin", scope: "self" },
  { type: "end" },
  { type: "answer", yes: true },
  { type: "answer", yes: false },
])("%j comes back as it was said", (word) => {
  expect(decodeRecording(encodeRecording(word))).toEqual(word);
});

test("what is no word is none, and what is no clear yes is no", () => {
  const read = (value: unknown) => decodeRecording(new TextEncoder().encode(JSON.stringify(value)));
  for (const none of [null, 1, [], {}, { k: "x" }, { y: 1 }]) expect(read(none)).toBeUndefined();
  for (const y of [undefined, 0, "1", true, {}]) {
    expect(read({ k: "a", y })).toEqual({ type: "answer", yes: false });
  }
  expect(decodeRecording(new Uint8Array(20_000))).toBeUndefined();
});
