import { cell, derived, type Readable } from "./cells.ts";
import type { LocalMedia } from "./localMedia.ts";
import {
  createNoticeChoices,
  type Happening,
  type NoticeChoices,
  type NoticeWay,
} from "./noticeChoices.ts";
import type { Page, PreferenceStore, Preferences } from "./ports.ts";
import { release } from "./release.ts";
import { createViewChoices, type ViewChoices } from "./viewChoices.ts";

/** What this browser remembers, by what it is about. */
export type StoredKind =
  | "name"
  | "face"
  | "devices"
  | "effects"
  | "look"
  | "notices"
  | "meetings"
  | "people"
  | "privacy"
  | "passes"
  | "app";

/** All that a person can set, in one place. */
export interface Settings {
  readonly local: LocalMedia;
  readonly choices: ViewChoices;
  readonly notices: NoticeChoices;
  /** The other person's machine is not to see this one's address. */
  readonly addressPrivate: Readable<boolean>;
  setAddressPrivate(isPrivate: boolean): void;
  /** From the next meeting on. */
  readonly recognisable: Readable<boolean>;
  setRecognisable(on: boolean): void;
  /** What this person is shown by, see Preferences. */
  readonly face: Readable<string>;
  setFace(face: string): void;
  /** Single letters are shortcuts. */
  readonly letters: Readable<boolean>;
  setLetters(on: boolean): void;
  /** Also plays what was switched on, to be heard once. */
  setNotice(way: NoticeWay, what: Happening, on: boolean): void;
  readonly stored: Readable<readonly StoredKind[]>;
  /** All of it, from this browser's storage; what is on the screen stays until the page is closed. */
  wipe(): void;
  stop(): void;
}

/** The parts that a meeting has already, so that a change is seen in it at once. */
export interface LiveSettings {
  readonly choices: ViewChoices;
  readonly noticeChoices: NoticeChoices;
  readonly path: { readonly isPrivate: Readable<boolean>; setPrivate(isPrivate: boolean): void };
  readonly keys: { readonly letters: Readable<boolean>; setLetters(on: boolean): void };
}

export interface SettingsContext {
  readonly local: LocalMedia;
  readonly preferences: PreferenceStore;
  readonly page: Pick<Page, "setAppearance" | "chime">;
}

const KEYS: Readonly<Record<Exclude<StoredKind, "passes">, readonly (keyof Preferences)[]>> = {
  name: ["displayName"],
  face: ["face"],
  devices: ["microphoneId", "cameraId", "speakerId", "microphoneOff", "cameraOff"],
  effects: ["background", "hasOwnPicture", "noise"],
  look: [
    ...(["arrangement", "selfView", "mirrored", "appearance", "language"] as const),
    ...(["letterKeys", "installAnswered"] as const),
  ],
  notices: ["quiet", "silent"],
  meetings: ["recent"],
  people: ["met", "hasLastingKey"],
  privacy: ["addressPrivate", "unrecognisable"],
  app: ["declinedRelease"],
};

export function createSettings(context: SettingsContext, live?: LiveSettings): Settings {
  const { local, preferences, page } = context;
  const choices = live?.choices ?? createViewChoices(preferences, page);
  const notices = live?.noticeChoices ?? createNoticeChoices(preferences);
  const path = live?.path ?? remembered(preferences, "addressPrivate", false);
  const keys = live?.keys ?? remembered(preferences, "letterKeys", true);
  const recognisable = cell(preferences.read().unrecognisable !== true);
  const changes = cell(0);
  const stop = preferences.onChange(() => {
    changes.value++;
  });
  const stored = derived(() => {
    void changes.value;
    const isKept = release.value?.running.value?.since !== undefined;
    return storedIn(preferences, isKept);
  });
  return {
    ...{ local, choices, notices, stored },
    addressPrivate: path.isPrivate,
    setAddressPrivate: path.setPrivate,
    recognisable,
    setRecognisable(on) {
      recognisable.value = on;
      preferences.write({ unrecognisable: !on });
    },
    face: derived(() => {
      void changes.value;
      return preferences.read().face ?? "";
    }),
    setFace: (face) => preferences.write({ face }),
    letters: keys.letters,
    setLetters: keys.setLetters,
    setNotice(way, what, on) {
      notices.set(way, what, on);
      if (way === "heard" && on) page.chime(what);
    },
    wipe() {
      preferences.clear();
      release.peek()?.forget();
    },
    stop,
  };
}

/** As the parts of a meeting have it, where there is none. */
function remembered(
  preferences: PreferenceStore,
  key: "addressPrivate" | "letterKeys",
  otherwise: boolean,
) {
  const value = cell(preferences.read()[key] ?? otherwise);
  const set = (next: boolean) => {
    value.value = next;
    preferences.write({ [key]: next });
  };
  return { isPrivate: value, letters: value, setPrivate: set, setLetters: set };
}

function storedIn(preferences: PreferenceStore, isAppKept: boolean): StoredKind[] {
  const held = preferences.read();
  const kinds: StoredKind[] = (Object.keys(KEYS) as (keyof typeof KEYS)[]).filter((kind) =>
    KEYS[kind].some((key) => isSomething(held[key])),
  );
  if (preferences.keepsPasses()) kinds.push("passes");
  if (isAppKept && !kinds.includes("app")) kinds.push("app");
  return kinds;
}

function isSomething(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== "";
}
