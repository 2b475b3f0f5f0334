import { cell, derived, type Readable } from "./cells.ts";
import type { PreferenceStore } from "./ports.ts";

/** The browser's own question whether to install the page, held back until it makes sense. */
export interface InstallPrompt {
  /** The browser would ask. */
  readonly available: Readable<boolean>;
  /** Asks; call in a click. */
  ask(): Promise<void>;
}

/** The offer to install the page as an app: after a first good call, once. */
export interface Install {
  readonly offered: Readable<boolean>;
  onGoodCall(): void;
  accept(): Promise<void>;
  decline(): void;
}

export function createInstall(prompt: InstallPrompt, preferences: PreferenceStore): Install {
  const hadGoodCall = cell(false);
  const answered = cell(preferences.read().installAnswered ?? false);
  const answer = () => {
    answered.value = true;
    preferences.write({ installAnswered: true });
  };
  return {
    offered: derived(() => hadGoodCall.value && prompt.available.value && !answered.value),
    onGoodCall() {
      hadGoodCall.value = true;
    },
    async accept() {
      answer();
      await prompt.ask();
    },
    decline: answer,
  };
}
