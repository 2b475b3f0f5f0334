import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";

/** One stop for the Tab key; the arrow keys go from control to control (the ARIA toolbar pattern). */
export function Toolbar({ children }: { children: ComponentChildren }) {
  const bar = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const buttons = controlsOf(bar.current);
    const current = buttons.find((button) => button.tabIndex === 0 && button.dataset["rove"]);
    for (const button of buttons) button.tabIndex = -1;
    focusable(current ?? buttons[0]);
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = controlsOf(bar.current);
    const from = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = from < 0 ? undefined : target(event.key, from, buttons.length);
    const next = to === undefined ? undefined : buttons[to];
    if (next === undefined) return;
    event.preventDefault();
    for (const button of buttons) button.tabIndex = -1;
    focusable(next);
    next.focus();
  };

  return (
    <div
      class="toolbar"
      id="controls"
      role="toolbar"
      aria-label={t("control.toolbar")}
      ref={bar}
      onKeyDown={onKeyDown}
      // A click leaves no focus behind: else Space would press the button again, not talk.
      onMouseDown={(event) => event.preventDefault()}
    >
      {children}
    </div>
  );
}

function controlsOf(bar: HTMLElement | null): HTMLButtonElement[] {
  return Array.from(bar?.querySelectorAll<HTMLButtonElement>(".control, .control-more") ?? []);
}

function focusable(button: HTMLButtonElement | undefined): void {
  if (button === undefined) return;
  button.tabIndex = 0;
  button.dataset["rove"] = "true";
}

function target(key: string, from: number, count: number): number | undefined {
  const step = getComputedStyle(document.documentElement).direction === "rtl" ? -1 : 1;
  if (key === "ArrowRight") return (from + step + count) % count;
  if (key === "ArrowLeft") return (from - step + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return undefined;
}
