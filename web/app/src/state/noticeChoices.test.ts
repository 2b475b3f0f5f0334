import { expect, test } from "vitest";
import { createNoticeChoices } from "./noticeChoices.ts";
import { createNotices } from "./notices.ts";
import type { Preferences } from "./ports.ts";
import { FakeClock } from "./testing/fakeClock.ts";
import { FakePreferences } from "./testing/fakePorts.ts";

function setUp(held: Preferences = {}) {
  const preferences = new FakePreferences(held);
  const clock = new FakeClock();
  const choices = createNoticeChoices(preferences);
  const chimes: string[] = [];
  const notices = createNotices(clock, { choices, chime: (what) => void chimes.push(what) });
  const toasts = () => notices.toasts.value.map(({ text }) => text);
  return { preferences, clock, choices, chimes, notices, toasts };
}

test("everything is shown and heard, until somebody says otherwise; that is remembered", () => {
  const { preferences, clock, choices, chimes, notices, toasts } = setUp();
  notices.show("Ana joined.", { topic: "arrivals" });
  clock.advance(2000);
  choices.set("heard", "chat", false);
  choices.set("shown", "hands", false);
  notices.show("Ana: hello", { topic: "chat" });
  notices.show("Ana raised a hand.", { topic: "hands" });
  expect(toasts()).toEqual(["Ana joined.", "Ana: hello"]);
  expect(chimes).toEqual(["arrivals", "hands"]);
  expect(preferences.read()).toEqual({ silent: ["chat"], quiet: ["hands"] });
  const again = createNoticeChoices(preferences);
  expect([again.shown.value.has("hands"), again.heard.value.has("chat")]).toEqual([false, false]);
  again.set("shown", "hands", true);
  expect(preferences.read().quiet).toEqual([]);
});

test("what is not shown is not spoken either; what one did oneself always is", () => {
  const { choices, notices } = setUp();
  choices.set("shown", "hands", false);
  notices.show("Ana raised a hand.", { topic: "hands" });
  expect(notices.spoken.value).toBe("");
  notices.say("Hand raised");
  expect(notices.spoken.value).toBe("Hand raised");
});

test("a problem cannot be switched off, and makes no sound", () => {
  const { chimes, notices, toasts } = setUp({ quiet: ["arrivals", "chat", "hands", "poll"] });
  notices.show("Something did not work.", { tone: "problem" });
  expect([toasts(), chimes]).toEqual([["Something did not work."], []]);
});

test("much at once makes one sound", () => {
  const { clock, chimes, notices } = setUp();
  for (let i = 0; i < 20; i++) notices.show(`message ${i}`, { topic: "chat" });
  notices.show("Ana joined.", { topic: "arrivals" });
  expect(chimes).toEqual(["chat"]);
  clock.advance(2000);
  notices.show("message", { topic: "chat" });
  expect(chimes).toEqual(["chat", "chat"]);
});

test.each([[5], [null], ["chat"], [["boo", 7]]])(
  "what another version wrote does no harm: %j",
  (kept) => {
    const { choices } = setUp({ quiet: kept, silent: kept } as unknown as Preferences);
    expect([choices.shown.value.size, choices.heard.value.size]).toEqual([4, 4]);
  },
);
