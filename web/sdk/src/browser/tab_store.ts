import type { TextStore } from "../session/uplink_memory.ts";

/** Kept for as long as the tab lives, over reloads; a page that may store nothing has none. */
export function tabStore(key: string): TextStore {
  return {
    read: () => {
      try {
        return sessionStorage.getItem(key) ?? "";
      } catch {
        return "";
      }
    },
    write: (text) => {
      try {
        sessionStorage.setItem(key, text);
      } catch {
        // Blocked by the browser's settings or full: then the next connection begins as the first.
      }
    },
  };
}
