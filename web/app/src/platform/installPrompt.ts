import { cell } from "../state/cells.ts";
import type { InstallPrompt } from "../state/install.ts";

/** Chromium's event; other browsers install by their own menus (docs/mobile.md). */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

/** Listens from the start: the event comes once, early. */
export function createInstallPrompt(): InstallPrompt {
  const available = cell(false);
  let held: InstallEvent | undefined;
  addEventListener("beforeinstallprompt", (event) => {
    // Not now: nobody knows yet what this is.
    event.preventDefault();
    held = event as InstallEvent;
    available.value = true;
  });
  return {
    available,
    async ask() {
      const event = held;
      held = undefined;
      available.value = false;
      await event?.prompt();
    },
  };
}
