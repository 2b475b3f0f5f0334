import { cell, type Readable } from "./cells.ts";
import type { PreferenceStore } from "./ports.ts";

/** What happens in a meeting that one may want to see, hear, both or neither. */
export const HAPPENINGS = ["arrivals", "chat", "hands", "poll"] as const;
export type Happening = (typeof HAPPENINGS)[number];
/** How it is told. */
export type NoticeWay = "shown" | "heard";

export interface NoticeChoices {
  readonly shown: Readable<ReadonlySet<Happening>>;
  readonly heard: Readable<ReadonlySet<Happening>>;
  set(way: NoticeWay, what: Happening, on: boolean): void;
}

/** All on, until a person says otherwise. */
export function createNoticeChoices(preferences: PreferenceStore): NoticeChoices {
  const { quiet, silent } = preferences.read();
  const shown = cell(allBut(quiet));
  const heard = cell(allBut(silent));
  return {
    shown,
    heard,
    set(way, what, on) {
      const choice = way === "shown" ? shown : heard;
      const next = new Set(choice.peek());
      if (on) next.add(what);
      else next.delete(what);
      choice.value = next;
      const off = HAPPENINGS.filter((each) => !next.has(each));
      preferences.write(way === "shown" ? { quiet: off } : { silent: off });
    },
  };
}

export function isHappening(topic: string): topic is Happening {
  return HAPPENINGS.some((each) => each === topic);
}

/** Another version may have written something else. */
function allBut(off: unknown): ReadonlySet<Happening> {
  const names: readonly unknown[] = Array.isArray(off) ? off : [];
  return new Set(HAPPENINGS.filter((each) => !names.includes(each)));
}
