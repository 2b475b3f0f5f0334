import { cell, type Readable } from "./cells.ts";
import type { PreferenceStore } from "./ports.ts";

export type ShortcutAction =
  | "toggle-microphone"
  | "toggle-camera"
  | "toggle-share"
  | "toggle-chat"
  | "toggle-people"
  | "toggle-hand"
  | "toggle-arrangement"
  | "toggle-full-screen"
  | "toggle-audio-only"
  | "show-shortcuts"
  | "page-back"
  | "page-forward";

export interface KeyPress {
  readonly key: string;
  readonly modified: boolean;
  /** With Ctrl or Command, and nothing else. */
  readonly command: boolean;
  readonly repeated: boolean;
  /** The focus is where letters are typed. */
  readonly inText: boolean;
  /** The focus is on something that Space presses. */
  readonly onButton: boolean;
}

/** Single letters, those of Jitsi Meet where it has them: they hold only outside of text fields. */
const LETTERS: Readonly<Record<string, ShortcutAction>> = {
  m: "toggle-microphone",
  v: "toggle-camera",
  d: "toggle-share",
  c: "toggle-chat",
  p: "toggle-people",
  r: "toggle-hand",
  w: "toggle-arrangement",
  s: "toggle-full-screen",
  a: "toggle-audio-only",
  "?": "show-shortcuts",
};
const OTHER_KEYS: Readonly<Record<string, ShortcutAction>> = {
  pageup: "page-back",
  pagedown: "page-forward",
};
/** With Ctrl or Command, as in Google Meet; also while typing. */
const CHORDS: Readonly<Record<string, ShortcutAction>> = {
  d: "toggle-microphone",
  e: "toggle-camera",
};

/** `letters`: whether single letters act. */
export function shortcutFor(press: KeyPress, letters = true): ShortcutAction | undefined {
  const key = press.key.toLowerCase();
  if (press.repeated) return undefined;
  if (press.command) return CHORDS[key];
  if (press.modified || press.inText) return undefined;
  return (letters ? LETTERS[key] : undefined) ?? OTHER_KEYS[key];
}

/** Shown beside a control's name. */
export const SHORTCUT_KEYS = {
  microphone: "M",
  camera: "V",
  share: "D",
  chat: "C",
  people: "P",
} as const;

/** What the list of shortcuts says, in its order. */
export const SHORTCUT_LIST: readonly (readonly [ShortcutAction | "push-to-talk", string])[] = [
  ["toggle-microphone", "M"],
  ["push-to-talk", "Space"],
  ["toggle-camera", "V"],
  ["toggle-share", "D"],
  ["toggle-hand", "R"],
  ["toggle-chat", "C"],
  ["toggle-people", "P"],
  ["toggle-arrangement", "W"],
  ["toggle-full-screen", "S"],
  ["toggle-audio-only", "A"],
  ["page-back", "PageUp"],
  ["page-forward", "PageDown"],
  ["show-shortcuts", "?"],
];

/** The keys as this person wants them (WCAG 2.1.4: single letters can be switched off). */
export interface Keys {
  readonly letters: Readable<boolean>;
  /** Whether their list is shown. */
  readonly listed: Readable<boolean>;
  setLetters(on: boolean): void;
  setListed(listed: boolean): void;
}

export function createKeys(preferences: PreferenceStore): Keys {
  const letters = cell(preferences.read().letterKeys ?? true);
  const listed = cell(false);
  return {
    letters,
    listed,
    setLetters(on) {
      letters.value = on;
      preferences.write({ letterKeys: on });
    },
    setListed(next) {
      listed.value = next;
    },
  };
}

/**
 * Push to talk: while Space is held a muted microphone is open. Whatever ends it (key up, another
 * window, a hidden page), the microphone is muted again: it is never left open.
 */
export class PushToTalk {
  #talking = false;

  constructor(
    private readonly isMuted: () => boolean,
    private readonly setMuted: (muted: boolean) => void,
  ) {}

  get talking(): boolean {
    return this.#talking;
  }

  /** Returns whether the press was taken. */
  press(press: KeyPress): boolean {
    if (press.key !== " " || press.modified || press.inText || press.onButton) return false;
    if (!this.#talking && !press.repeated && this.isMuted()) {
      this.#talking = true;
      this.setMuted(false);
    }
    return this.#talking;
  }

  release(): void {
    if (!this.#talking) return;
    this.#talking = false;
    this.setMuted(true);
  }
}
