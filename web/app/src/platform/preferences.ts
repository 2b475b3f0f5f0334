import type { PreferenceStore, Preferences } from "../state/ports.ts";

const KEY = "conclave.preferences";

/** Remembers in the browser's storage; where that is refused, only until the page is closed. */
export function createPreferences(): PreferenceStore {
  let held: Preferences = load();
  return {
    read: () => held,
    write(change) {
      held = { ...held, ...change };
      try {
        localStorage.setItem(KEY, JSON.stringify(held));
      } catch {
        // Storage is off or full: the choice still holds for this page.
      }
    },
  };
}

function load(): Preferences {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof parsed === "object" && parsed !== null ? (parsed as Preferences) : {};
  } catch {
    return {};
  }
}
