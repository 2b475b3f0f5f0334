import { expect, test } from "vitest";
import {
  CHECK_ROWS,
  type Check,
  type CheckContext,
  type ConnectionProbe,
  createCheck,
  type ProbeNews,
} from "./check.ts";
import { createNetworkLook, LOOK_AFTER_MS } from "./networkLook.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePage, fakeMedia } from "./testing/fakePorts.ts";

const settle = () => new Promise((resolve) => setTimeout(resolve));
const grades = ({ results }: Check) => CHECK_ROWS.map((row) => results.value[row].grade);

function setUp(news: readonly ProbeNews[], change: Partial<CheckContext> = {}) {
  const page = new FakePage();
  const probe: ConnectionProbe = {
    async measure(tell) {
      for (const one of news) tell(one);
    },
    reach: async () => undefined,
  };
  const check = createCheck({
    local: fakeMedia({ displayName: "Maya" }).local,
    clock: new FakeClock(),
    page,
    loadProbe: async () => probe,
    canEncrypt: async () => true,
    canMeet: true,
    ...change,
  });
  return { check, page };
}

const GOOD: readonly ProbeNews[] = [
  { kind: "server", ms: 40.4 },
  { kind: "media", ms: 120 },
  { kind: "direct", isLikely: true },
  { kind: "quality", lossShare: 0.004, roundTripMs: 23.6 },
];

test("says of each part what was found", async () => {
  const { check } = setUp(GOOD);
  expect(grades(check)).toEqual(CHECK_ROWS.map(() => "none"));
  check.start();
  expect(check.running.value).toBe(true);
  await settle();
  expect([check.running.value, check.done.value]).toEqual([false, true]);
  expect(grades(check)).toEqual(CHECK_ROWS.map(() => "good"));
  expect(check.results.value.delay.text).toMatch(/\b24\b/);
  expect(check.results.value.loss.text).toMatch(/0\.4/);
});

test("what does not work has a word on what to do, and what needs it is not judged", async () => {
  const { check } = setUp([
    { kind: "server", ms: 40 },
    { kind: "failed", at: "media" },
  ]);
  check.start();
  await settle();
  expect(grades(check)).toEqual(["good", "good", "bad", "none", "none", "none"]);
  expect(check.results.value.media.text).toMatch(/UDP/);
});

test("delay and losses are graded, with advice unless they are good", async () => {
  const quality = { kind: "quality", lossShare: 0.03, roundTripMs: 900 } as const;
  const { check } = setUp([{ kind: "direct", isLikely: false }, quality]);
  check.start();
  await settle();
  const { delay, loss, direct } = check.results.value;
  expect([delay.grade, loss.grade, direct.grade]).toEqual(["bad", "fair", "fair"]);
  const good = setUp(GOOD).check;
  good.start();
  await settle();
  expect(delay.text.length).toBeGreaterThan(good.results.value.delay.text.length);
});

test("a browser that cannot meet is told so, and nothing is tried", async () => {
  const { check } = setUp(GOOD, { canMeet: false });
  check.start();
  await settle();
  expect(grades(check)).toEqual(["bad", "none", "none", "none", "none", "none"]);
  const unsealed = setUp(GOOD, { canEncrypt: async () => false }).check;
  unsealed.start();
  await settle();
  expect(unsealed.results.value.browser.grade).toBe("fair");
});

test("a server whose code does not come is not reached", async () => {
  const { check } = setUp(GOOD, { loadProbe: () => Promise.reject(new Error("404")) });
  check.start();
  await settle();
  expect(check.results.value.server.grade).toBe("bad");
  expect(check.done.value).toBe(true);
});

test("the report has what was found, and nothing of the person", async () => {
  const { check, page } = setUp(GOOD);
  check.start();
  await settle();
  check.copyReport();
  await settle();
  expect(check.copied.value).toBe(true);
  const report = page.copied.at(-1) ?? "";
  for (const line of [
    "server good 40 ms",
    "loss good 0.4 % lost",
    "delay good 24 ms",
    "microphone ",
  ]) {
    expect(report).toContain(line);
  }
  expect(report).not.toMatch(/Maya|audio one|video one/);
});

test("leaving the page calls the check off, and what comes later changes nothing", async () => {
  let aborted: boolean | undefined;
  const probe: ConnectionProbe = {
    measure: (_tell, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(signal.reason);
        });
      }),
    reach: async () => undefined,
  };
  const { check } = setUp([], { loadProbe: async () => probe });
  check.start();
  await settle();
  check.stop();
  await settle();
  expect([aborted, check.done.value]).toEqual([true, false]);
});

test("before a meeting it is looked once, after a while, and called off by joining", async () => {
  const clock = new FakeClock();
  const signals: AbortSignal[] = [];
  let answer: (found: "media") => void = () => {};
  const probe: ConnectionProbe = {
    measure: async () => {},
    reach: (signal) => {
      signals.push(signal);
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  };
  const look = createNetworkLook(clock, async () => probe);
  look.begin();
  look.stop();
  clock.advance(LOOK_AFTER_MS);
  await settle();
  expect(signals).toHaveLength(0);
  look.begin();
  clock.advance(LOOK_AFTER_MS);
  await settle();
  answer("media");
  await settle();
  expect(look.obstacle.value).toBe("media");
  look.begin();
  clock.advance(LOOK_AFTER_MS);
  await settle();
  expect(signals).toHaveLength(1);
  look.stop();
  expect(signals[0]?.aborted).toBe(true);
});
