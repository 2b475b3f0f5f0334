import { forgetLastingKey, forgetPass } from "@conclave/sdk";
import type { PreferenceStore, Preferences } from "../state/ports.ts";
import { forgetRecordings } from "./recordingFiles.ts";

/** All that this page keeps begins with it, the SDK's memory of the tab included. */
const PREFIX = "conclave";
const KEY = `${PREFIX}.preferences`;

/** Remembers in the browser's storage; where that is refused, only until the page is closed. */
export function createPreferences(): PreferenceStore {
  let held: Preferences = load();
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    read: () => held,
    keepsPasses: () => {
      try {
        return localStorage.getItem(`${PREFIX}.passes`) !== null;
      } catch {
        return false;
      }
    },
    forgetPass(room) {
      forgetPass(room);
      tell();
    },
    write(change) {
      held = { ...held, ...change };
      try {
        localStorage.setItem(KEY, JSON.stringify(held));
      } catch {
        // Storage is off or full: the choice still holds for this page.
      }
      tell();
    },
    clear() {
      held = {};
      try {
        for (const storage of [localStorage, sessionStorage]) erase(storage);
        void forgetLastingKey().catch(() => undefined);
        void forgetRecordings(Number.POSITIVE_INFINITY).catch(() => undefined);
      } catch {
        // What may not be stored has not been.
      }
      tell();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function erase(storage: Storage): void {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
  for (const key of keys) if (key.startsWith(PREFIX)) storage.removeItem(key);
}

function load(): Preferences {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof parsed === "object" && parsed !== null ? (parsed as Preferences) : {};
  } catch {
    return {};
  }
}
