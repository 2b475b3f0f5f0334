import { expect, test } from "vitest";
import { createKeys, type KeyPress, PushToTalk, SHORTCUT_LIST, shortcutFor } from "./shortcuts.ts";
import { fakeMedia } from "./testing/fakePorts.ts";

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  modified: false,
  command: false,
  repeated: false,
  inText: false,
  onButton: false,
  ...change,
});

test("letters act, in either case", () => {
  expect(shortcutFor(press("m"))).toBe("toggle-microphone");
  expect(shortcutFor(press("V"))).toBe("toggle-camera");
  expect(shortcutFor(press("PageDown"))).toBe("page-forward");
  expect(shortcutFor(press("x"))).toBeUndefined();
});

test("not while typing, not with the browser's own keys, not again while held", () => {
  expect(shortcutFor(press("m", { inText: true }))).toBeUndefined();
  expect(shortcutFor(press("c", { modified: true }))).toBeUndefined();
  expect(shortcutFor(press("m", { repeated: true }))).toBeUndefined();
});

test("letters can be switched off, and stay so; other keys go on", () => {
  const { preferences } = fakeMedia();
  const keys = createKeys(preferences);
  expect(keys.letters.value).toBe(true);
  keys.setLetters(false);
  expect(createKeys(preferences).letters.value).toBe(false);
  expect(shortcutFor(press("m"), false)).toBeUndefined();
  expect(shortcutFor(press("PageUp"), false)).toBe("page-back");
});

test("chords act also while typing, and whether letters do or not", () => {
  const command = { modified: true, command: true, inText: true };
  expect(shortcutFor(press("d", command), false)).toBe("toggle-microphone");
  expect(shortcutFor(press("e", command))).toBe("toggle-camera");
  expect(shortcutFor(press("v", command))).toBeUndefined();
});

test("the list names the keys that act", () => {
  for (const [action, key] of SHORTCUT_LIST) {
    if (action !== "push-to-talk") expect(shortcutFor(press(key))).toBe(action);
  }
});

function talker(muted: boolean) {
  const said: boolean[] = [];
  const talk = new PushToTalk(
    () => muted,
    (next) => {
      muted = next;
      said.push(next);
    },
  );
  return { talk, said, isMuted: () => muted };
}

test("Space opens a muted microphone for as long as it is held", () => {
  const { talk, said } = talker(true);
  expect(talk.press(press(" "))).toBe(true);
  talk.press(press(" ", { repeated: true }));
  talk.release();
  expect(said).toEqual([false, true]);
});

test("whatever ends it, the microphone is muted, and once only", () => {
  const { talk, said, isMuted } = talker(true);
  talk.press(press(" "));
  talk.release();
  talk.release();
  expect(isMuted()).toBe(true);
  expect(said).toHaveLength(2);
});

test("an open microphone is left alone", () => {
  const { talk, said } = talker(false);
  expect(talk.press(press(" "))).toBe(false);
  talk.release();
  expect(said).toEqual([]);
});

test("Space types in text and presses buttons", () => {
  const { talk, said } = talker(true);
  expect(talk.press(press(" ", { inText: true }))).toBe(false);
  expect(talk.press(press(" ", { onButton: true }))).toBe(false);
  expect(said).toEqual([]);
});
