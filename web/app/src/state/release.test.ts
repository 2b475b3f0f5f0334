import { expect, test } from "vitest";
import type { Verdict } from "../keeper/verdict.ts";
import { CHECK_AGAIN_MS, createRelease, FIRST_CHECK_MS, shortOf } from "./release.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePreferences } from "./testing/fakePorts.ts";

const HELD = { id: "ab".repeat(32), since: 5 };
const OFFERED = "cd".repeat(32);

function setUp(verdict: Verdict | Error, preferences = new FakePreferences()) {
  const clock = new FakeClock();
  const seen = { checks: 0, taken: [] as string[], reloads: 0, forgotten: 0 };
  const does = { take: true };
  const keeper = {
    async check() {
      seen.checks++;
      if (verdict instanceof Error) throw verdict;
      return verdict;
    },
    async take(id: string) {
      seen.taken.push(id);
      return does.take;
    },
    forget: async () => void seen.forgotten++,
  };
  const release = createRelease({
    loadKeeper: async () => keeper,
    preferences,
    clock,
    reload: () => seen.reloads++,
  });
  const look = async () => {
    release.check();
    clock.advance(FIRST_CHECK_MS);
    await settle();
  };
  return { clock, seen, does, preferences, release, look };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("looks once a page is there, and again only after a while", async () => {
  const { clock, seen, release, look } = setUp({ kind: "kept", held: HELD });
  release.check();
  await settle();
  expect(seen.checks).toBe(0);
  await look();
  await look();
  expect(seen.checks).toBe(1);
  expect([release.running.value, release.notice.value]).toEqual([HELD, undefined]);
  clock.advance(CHECK_AGAIN_MS);
  await look();
  expect(seen.checks).toBe(2);
});

test("an offer is taken by one click, and the page is loaded again", async () => {
  const { seen, release, look } = setUp({ kind: "offered", held: HELD, offered: OFFERED });
  await look();
  expect(release.notice.value).toEqual({ kind: "offered", held: HELD.id, offered: OFFERED });
  release.take();
  release.take();
  expect(release.taking.value).toBe(true);
  await settle();
  expect([seen.taken, seen.reloads]).toEqual([[OFFERED], 1]);
});

test("an offer that does not come whole is said to, and nothing is loaded again", async () => {
  const { seen, does, release, look } = setUp({ kind: "offered", held: HELD, offered: OFFERED });
  does.take = false;
  await look();
  release.take();
  await settle();
  expect([release.failed.value, release.taking.value, seen.reloads]).toEqual([true, false, 0]);
});

test("an offer that was declined is not made again, but can be taken", async () => {
  const verdict = { kind: "offered", held: HELD, offered: OFFERED } as const;
  const first = setUp(verdict);
  await first.look();
  first.release.decline();
  expect(first.release.notice.value).toBeUndefined();
  const later = setUp(verdict, first.preferences);
  await later.look();
  expect(later.release.notice.value).toBeUndefined();
  expect(later.release.other.value).toBe(OFFERED);
  const newer = setUp({ ...verdict, offered: "ef".repeat(32) }, first.preferences);
  await newer.look();
  expect(newer.release.notice.value?.kind).toBe("offered");
});

test("what is altered is told, with what runs", async () => {
  const kept = setUp({ kind: "altered", held: HELD, path: "/index.html" });
  await kept.look();
  const notice = { kind: "altered", path: "/index.html" };
  expect(kept.release.notice.value).toEqual({ ...notice, isKept: true });
  const first = setUp({ kind: "altered", held: undefined, path: "/index.html" });
  await first.look();
  expect(first.release.notice.value).toEqual({ ...notice, isKept: false });
  expect(first.release.running.value).toBeUndefined();
});

test("a browser that keeps nothing shows what the server says, without a date", async () => {
  const { release, look } = setUp({ kind: "unkept", id: OFFERED });
  await look();
  expect(release.running.value).toEqual({ id: OFFERED, since: undefined });
  const failing = setUp(new Error("no service worker"));
  await failing.look();
  expect([failing.release.running.value, failing.release.notice.value]).toEqual([
    undefined,
    undefined,
  ]);
});

test("is forgotten on demand", async () => {
  const { seen, release, look } = setUp({ kind: "kept", held: HELD });
  await look();
  release.forget();
  await settle();
  expect([seen.forgotten, release.running.value]).toEqual([1, undefined]);
});

test("a code is shortened to what can be compared at a glance", () => {
  expect(shortOf("0123456789abcdef")).toBe("0123 4567");
});
