import { cell, type Readable } from "./cells.ts";
import { createLanguageChoice, type LanguageChoice } from "./languageChoice.ts";
import type { Appearance, Page, PreferenceStore, SelfView, StageArrangement } from "./ports.ts";

/** How this person wants to see the meeting. Others see nothing of it. */
export interface ViewChoices {
  readonly arrangement: Readable<StageArrangement>;
  readonly selfView: Readable<SelfView>;
  /** One's own camera is shown as in a mirror. */
  readonly mirrored: Readable<boolean>;
  readonly appearance: Readable<Appearance>;
  readonly language: LanguageChoice;
  /** Key of the tile that is large whoever speaks or shares; for this meeting only. */
  readonly pinned: Readable<string | undefined>;
  setArrangement(arrangement: StageArrangement): void;
  setSelfView(selfView: SelfView): void;
  setMirrored(mirrored: boolean): void;
  setAppearance(appearance: Appearance): void;
  /** Pins another tile, or none where it is pinned already. */
  togglePin(key: string): void;
}

export function createViewChoices(
  preferences: PreferenceStore,
  page: Pick<Page, "setAppearance">,
): ViewChoices {
  const last = preferences.read();
  const arrangement = cell<StageArrangement>(last.arrangement ?? "grid");
  const selfView = cell<SelfView>(last.selfView ?? "shown");
  const mirrored = cell(last.mirrored ?? true);
  const appearance = cell<Appearance>(last.appearance ?? "system");
  const pinned = cell<string | undefined>(undefined);
  return {
    arrangement,
    selfView,
    mirrored,
    appearance,
    language: createLanguageChoice(preferences),
    pinned,
    setArrangement(next) {
      arrangement.value = next;
      // Who chooses an arrangement wants to see it.
      pinned.value = undefined;
      preferences.write({ arrangement: next });
    },
    setSelfView(next) {
      selfView.value = next;
      preferences.write({ selfView: next });
    },
    setMirrored(next) {
      mirrored.value = next;
      preferences.write({ mirrored: next });
    },
    setAppearance(next) {
      appearance.value = next;
      page.setAppearance(next);
      preferences.write({ appearance: next });
    },
    togglePin(key) {
      pinned.value = pinned.peek() === key ? undefined : key;
    },
  };
}
