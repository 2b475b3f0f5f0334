import type { OpenedWindow } from "../state/ports.ts";

/** Document Picture-in-Picture (Chromium); lib.dom.d.ts does not know it yet. */
interface DocumentPictureInPicture {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const SIZE = { width: 384, height: 216 };
const WANTED = "enterpictureinpicture" as MediaSessionAction;

function api(): DocumentPictureInPicture | undefined {
  return (globalThis as { documentPictureInPicture?: DocumentPictureInPicture })
    .documentPictureInPicture;
}

export function canOpenWindow(): boolean {
  return api() !== undefined;
}

export async function openWindow(onClosed: () => void): Promise<OpenedWindow> {
  const opener = api();
  if (opener === undefined) throw new Error("no picture-in-picture for documents");
  const opened = await opener.requestWindow(SIZE);
  const { document: inside } = opened;
  inside.documentElement.lang = document.documentElement.lang;
  inside.documentElement.dir = document.documentElement.dir;
  inside.title = document.title;
  // With their integrity: the window has the page's policy.
  for (const link of document.querySelectorAll("link[rel=stylesheet], style")) {
    inside.head.append(link.cloneNode(true));
  }
  const root = inside.createElement("div");
  root.className = "small-window";
  inside.body.append(root);
  opened.addEventListener("pagehide", onClosed, { once: true });
  return { root, close: () => opened.close() };
}

/** Chromium asks for it when the tab of a call is left, and then needs no click. */
export function onWindowWanted(listener: () => void): () => void {
  const set = (handler: (() => void) | null) => {
    try {
      navigator.mediaSession.setActionHandler(WANTED, handler);
    } catch {
      // A browser that does not know the action never asks.
    }
  };
  set(listener);
  return () => set(null);
}
