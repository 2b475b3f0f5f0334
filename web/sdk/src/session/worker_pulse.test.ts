import { expect, it } from "vitest";
import { PULSE_EVERY_MS, WorkerPulse } from "./worker_pulse.ts";

/** When it was found dead, asking until `untilMs`; `answers` says whether a question is answered. */
function deaths(untilMs: number, answers: (nowMs: number) => boolean): number[] {
  const pulse = new WorkerPulse(0);
  const found: number[] = [];
  for (let nowMs = PULSE_EVERY_MS; nowMs <= untilMs; nowMs += PULSE_EVERY_MS) {
    if (pulse.isDead(nowMs)) found.push(nowMs);
    if (answers(nowMs)) pulse.onAnswer();
  }
  return found;
}

it("a worker that answers lives, also where it was late", () => {
  expect(deaths(120_000, () => true)).toEqual([]);
  expect(deaths(120_000, (nowMs) => nowMs % 4_000 === 0)).toEqual([]);
});

it("one that falls silent is found within five seconds, once for each successor", () => {
  expect(deaths(20_000, (nowMs) => nowMs < 10_000 || nowMs > 14_500)).toEqual([14_000]);
  const [first = 0, second = 0, ...more] = deaths(60_000, () => false);
  expect(first).toBeLessThanOrEqual(5_000);
  expect(second - first).toBeGreaterThanOrEqual(5_000);
  expect(more.length).toBeLessThanOrEqual(10);
});

it("an error replaces it at the next look, but not again at once", () => {
  const pulse = new WorkerPulse(0);
  pulse.onAnswer();
  pulse.onError();
  expect(pulse.isDead(8_000)).toBe(true);
  pulse.onError();
  expect(pulse.isDead(8_500)).toBe(false);
  pulse.onAnswer();
  expect(pulse.isDead(13_000)).toBe(true);
  expect(pulse.isDead(20_000)).toBe(false);
});

it("a page that slept for an hour does not take its worker for dead", () => {
  const pulse = new WorkerPulse(0);
  for (const nowMs of [500, 1_000, 3_600_000, 3_600_500]) {
    expect(pulse.isDead(nowMs)).toBe(false);
    if (nowMs !== 3_600_000) pulse.onAnswer();
  }
});
