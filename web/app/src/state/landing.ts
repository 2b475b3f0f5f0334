import { type MessageKey, t } from "../messages/messages.ts";
import { cell, derived, type Readable } from "./cells.ts";
import { createLanguageChoice, type LanguageChoice } from "./languageChoice.ts";
import type { Recents } from "./recents.ts";
import { makeRoomName } from "./roomNames.ts";
import { destination, openPath, SECRET_BYTES, sealedPath } from "./route.ts";
import type { SettingsContext } from "./settings.ts";

/** The first page: start a meeting, or go to one. */
export interface Landing {
  readonly typed: Readable<string>;
  /** What is wrong with what was typed; empty while nothing is. */
  readonly error: Readable<string>;
  readonly language: LanguageChoice;
  setTyped(text: string): void;
  /** End-to-end encrypted: its link has a secret that is made here. */
  newMeeting(): void;
  /** Encrypted to the server only. */
  newOpenMeeting(): void;
  join(): void;
  readonly recents: Recents;
  readonly settingsContext: SettingsContext;
  /** To a meeting of the recent ones. */
  goTo(path: string): void;
}

export interface LandingContext extends SettingsContext {
  readonly origin: string;
  readonly randomBytes: (into: Uint8Array<ArrayBuffer>) => void;
  readonly goTo: (path: string) => void;
  readonly recents: Recents;
}

export function createLanding(context: LandingContext): Landing {
  const { origin, preferences, randomBytes, goTo, recents } = context;
  const typed = cell("");
  const error = cell<MessageKey | undefined>(undefined);
  return {
    recents,
    settingsContext: context,
    goTo,
    typed,
    error: derived(() => (error.value ? t(error.value) : "")),
    language: createLanguageChoice(preferences),
    setTyped(text) {
      typed.value = text;
      error.value = undefined;
    },
    newMeeting() {
      const secret = new Uint8Array(SECRET_BYTES);
      randomBytes(secret);
      goTo(sealedPath(makeRoomName(randomBytes), secret));
    },
    newOpenMeeting: () => goTo(openPath(makeRoomName(randomBytes))),
    join() {
      const text = typed.peek().trim();
      const path = destination(text, origin);
      if (path !== undefined) goTo(path);
      else error.value = text === "" ? "landing.typeSomething" : "landing.notHere";
    },
  };
}
