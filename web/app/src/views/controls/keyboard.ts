import { useEffect } from "preact/hooks";
import type { Readable } from "../../state/cells.ts";
import {
  type KeyPress,
  type PushToTalk,
  type ShortcutAction,
  shortcutFor,
} from "../../state/shortcuts.ts";

/** Brings the page's keys to whoever acts on them. */
export function useShortcuts(
  act: (action: ShortcutAction) => void,
  letters?: Readable<boolean>,
): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const press = keyPress(event);
      const action = shortcutFor(press, letters?.peek());
      if (action === undefined) return;
      // The browser's own meaning of a chord: a bookmark, the address bar.
      if (press.command) event.preventDefault();
      act(action);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [act, letters]);
}

/** Talks while Space is held, and stops however that ends. */
export function usePushToTalk(talk: PushToTalk): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (talk.press(keyPress(event))) event.preventDefault();
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.key === " ") talk.release();
    };
    const release = () => talk.release();
    addEventListener("keydown", onKeyDown);
    addEventListener("keyup", onKeyUp);
    // A key that goes up in another window is never seen here.
    addEventListener("blur", release);
    document.addEventListener("visibilitychange", release);
    return () => {
      removeEventListener("keydown", onKeyDown);
      removeEventListener("keyup", onKeyUp);
      removeEventListener("blur", release);
      document.removeEventListener("visibilitychange", release);
      release();
    };
  }, [talk]);
}

function keyPress(event: KeyboardEvent): KeyPress {
  const target = event.target instanceof Element ? event.target : undefined;
  return {
    key: event.key,
    modified: event.ctrlKey || event.metaKey || event.altKey,
    command: event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey,
    repeated: event.repeat,
    inText: target?.closest("input:not([type=radio]), textarea, [contenteditable]") != null,
    onButton: target?.closest("button, a, label, [type=radio]") != null,
  };
}
