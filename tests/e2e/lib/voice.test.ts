import assert from "node:assert/strict";
import { test } from "node:test";
import { type Person, people } from "./browsers.ts";
import { countVoices, recordingOf } from "./voice.ts";

/** Eight seconds of somebody from `start` on, with `lost` windows missing at each of `gaps`. */
function heardOf(person: Person, start: number, gaps: readonly number[] = []): number[] {
  const recording = recordingOf(person);
  const heard = Array.from(
    { length: 400 },
    (_, i) => recording[(i + start) % recording.length] ?? 0,
  );
  return heard.filter((_, i) => !gaps.some((gap) => i >= gap && i < gap + 20));
}

for (const person of people) {
  test(`${person} is recognised, and nobody else, also where sound is lost`, () => {
    for (const start of [0, 90, 170, 260]) {
      for (const gaps of [[], [130, 300]]) {
        const counts = countVoices(heardOf(person, start, gaps));
        assert.deepEqual([...counts.keys()], [person]);
        assert.ok((counts.get(person) ?? 0) >= 2);
      }
    }
  });
}

test("silence is nobody", () => {
  assert.equal(countVoices(Array.from({ length: 400 }, () => 0)).size, 0);
});
