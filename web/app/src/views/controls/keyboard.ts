import { useEffect } from "preact/hooks";
import {
  type KeyPress,
  type PushToTalk,
  type ShortcutAction,
  shortcutFor,
} from "../../state/shortcuts.ts";

/** Brings the page's keys to whoever acts on them. */
export function useShortcuts(act: (action: ShortcutAction) => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const action = shortcutFor(keyPress(event));
      if (action) act(action);
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [act]);
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
    repeated: event.repeat,
    inText: target?.closest("input:not([type=radio]), textarea, [contenteditable]") != null,
    onButton: target?.closest("button, a, label, [type=radio]") != null,
  };
}
