import { firstLanguage, type Language } from "../messages/languages.ts";
import { language, speak } from "../messages/messages.ts";
import { cell, derived, type Readable } from "./cells.ts";
import type { PreferenceStore } from "./ports.ts";

/** The language of the page, as the person chooses it. */
export interface LanguageChoice {
  /** What was chosen, also while it is being loaded. */
  readonly chosen: Readable<Language>;
  /** The last choice did not load. */
  readonly failed: Readable<boolean>;
  /** Remembered once it is there. Nothing but the words changes; a meeting goes on. */
  choose(next: Language): Promise<void>;
}

/** The address goes before what was chosen, and that before what the browser asks for. */
export function languageAtStart(
  address: URL,
  preferences: Pick<PreferenceStore, "read">,
  wanted: readonly string[],
): Language {
  return firstLanguage([address.searchParams.get("lang"), preferences.read().language, ...wanted]);
}

export function createLanguageChoice(preferences: PreferenceStore): LanguageChoice {
  const pending = cell<Language | undefined>(undefined);
  const failed = cell(false);
  return {
    chosen: derived(() => pending.value ?? language.value),
    failed,
    async choose(next) {
      pending.value = next;
      failed.value = false;
      const there = await speak(next);
      if (there) preferences.write({ language: next });
      // A later choice has taken over.
      if (pending.peek() !== next) return;
      pending.value = undefined;
      failed.value = !there;
    },
  };
}
