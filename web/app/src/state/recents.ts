import { cell, type Readable } from "./cells.ts";
import type { Clock } from "./clock.ts";
import type { PreferenceStore, RecentMeeting } from "./ports.ts";
import { isNamed, parseRoute } from "./route.ts";

/** Where this person was lately: kept in this browser only, until they say otherwise. */
export interface Recents {
  /** The latest first. */
  readonly list: Readable<readonly RecentMeeting[]>;
  /** `path` as of an invitation: with the secret of a sealed meeting. */
  remember(path: string, name: string): void;
  /** Also that this person has been there, as far as the server would know them again. */
  forget(path: string): void;
  forgetAll(): void;
  /** The meeting has another link. */
  move(from: string, to: string, name: string): void;
}

export const RECENTS_MAX = 6;

export function createRecents(preferences: PreferenceStore, clock: Clock): Recents {
  const list = cell<readonly RecentMeeting[]>(usable(preferences.read().recent));
  const keep = (next: readonly RecentMeeting[]) => {
    list.value = next;
    preferences.write({ recent: next });
  };
  const without = (path: string) => list.peek().filter((one) => one.path !== path);
  preferences.onChange(() => {
    // Everything was erased.
    if (preferences.read().recent === undefined) list.value = [];
  });
  const remember = (path: string, name: string) =>
    keep([{ path, name, at: clock.now() }, ...without(path)].slice(0, RECENTS_MAX));
  return {
    list,
    remember,
    forget(path) {
      keep(without(path));
      preferences.forgetPass(path.slice(1).replace(/#.*/, ""));
    },
    forgetAll() {
      keep([]);
      preferences.forgetPass();
    },
    move(from, to, name) {
      keep(without(from));
      remember(to, name);
    },
  };
}

export function isSealed({ path }: RecentMeeting): boolean {
  return path.startsWith("/r/") || isNamed(path);
}

/** Another version, or a person with tools, may have written something else. */
function usable(kept: unknown): readonly RecentMeeting[] {
  if (!Array.isArray(kept)) return [];
  return kept.filter(isMeeting).slice(0, RECENTS_MAX);
}

function isMeeting(one: Partial<RecentMeeting> | null): one is RecentMeeting {
  if (typeof one?.path !== "string" || typeof one.name !== "string") return false;
  if (typeof one.at !== "number" || !one.path.startsWith("/") || one.path.startsWith("//")) {
    return false;
  }
  const base = "https://meet.invalid";
  if (!URL.canParse(one.path, base)) return false;
  const { kind } = parseRoute(new URL(one.path, base));
  return kind === "open" || kind === "sealed";
}
