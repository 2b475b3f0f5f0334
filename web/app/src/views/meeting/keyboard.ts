import { useEffect } from "preact/hooks";
import type { Meeting } from "../../state/meeting.ts";
import { type KeyPress, shortcutFor } from "../../state/shortcuts.ts";

/** Brings the page's keys to the meeting. */
export function useKeyboard(meeting: Meeting): void {
  useEffect(() => {
    const { pushToTalk } = meeting;
    const onKeyDown = (event: KeyboardEvent) => {
      const press = keyPress(event);
      const action = shortcutFor(press);
      if (pushToTalk.press(press)) event.preventDefault();
      else if (action) meeting.act(action);
    };
    const onKeyUp = (event: KeyboardEvent) => {
      if (event.key === " ") pushToTalk.release();
    };
    const release = () => pushToTalk.release();
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
  }, [meeting]);
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
