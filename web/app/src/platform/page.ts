import { cell } from "../state/cells.ts";
import type { Page } from "../state/ports.ts";
import { invitationPath } from "../state/route.ts";
import { canOpenWindow, onWindowWanted, openWindow } from "./smallWindow.ts";
import { keepAwake } from "./wakeLock.ts";

export function createPage(): Page {
  const visible = cell(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", () => {
    visible.value = document.visibilityState === "visible";
  });
  return {
    visible,
    origin: location.origin,
    get path() {
      return invitationPath(location);
    },
    copy,
    keepAwake,
    canOpenWindow: canOpenWindow(),
    openWindow,
    onWindowWanted,
  };
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
