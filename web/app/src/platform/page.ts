import { directionOf, type Language } from "../messages/languages.ts";
import { cell } from "../state/cells.ts";
import type { Appearance, FullScreen, Page } from "../state/ports.ts";
import { invitationPath, withSecret } from "../state/route.ts";
import { saveFile } from "./files.ts";
import { createInstallPrompt } from "./installPrompt.ts";
import { canOpenWindow, onWindowWanted, openWindow } from "./smallWindow.ts";
import { systemControls } from "./systemControls.ts";
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
    replaceSecret(item) {
      history.replaceState(history.state, "", `#${withSecret(location.hash, item)}`);
    },
    copy,
    canShare: typeof navigator.share === "function",
    share,
    save,
    saveFile: (fileName, content) => saveFile(fileName, content),
    keepAwake,
    setAppearance,
    chime: (what) => void import("./chime.ts").then((sound) => sound.chime(what)).catch(() => {}),
    fullScreen: createFullScreen(),
    systemControls,
    installPrompt: createInstallPrompt(),
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

/** Every color of the page is made for both. */
export function setAppearance(appearance: Appearance): void {
  document.documentElement.style.colorScheme = appearance === "system" ? "" : appearance;
}

/** For screen readers, fonts, hyphens and the direction of everything. */
export function showLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

function createFullScreen(): FullScreen {
  const on = cell(document.fullscreenElement !== null);
  document.addEventListener("fullscreenchange", () => {
    on.value = document.fullscreenElement !== null;
  });
  return {
    supported: document.fullscreenEnabled === true,
    on,
    async toggle() {
      try {
        if (document.fullscreenElement) await document.exitFullscreen();
        else await document.documentElement.requestFullscreen();
      } catch {
        // The browser has its reasons, and the page is usable as it is.
        on.value = document.fullscreenElement !== null;
      }
    },
  };
}

async function share(title: string, url: string): Promise<void> {
  try {
    await navigator.share({ title, url });
  } catch {
    // The person thought better of it.
  }
}

function save(fileName: string, text: string): void {
  saveFile(fileName, new Blob([text], { type: "text/plain;charset=utf-8" }));
}
