import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { Icon } from "../common/Icon.tsx";

/** Beside the stage where there is room, over it on a phone. Escape closes it. */
export function PanelFrame(props: {
  readonly title: string;
  readonly onClose: () => void;
  /** Beside the title. */
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const panel = useReturningFocus();
  return (
    <aside
      ref={panel}
      class="panel"
      aria-label={props.title}
      onKeyDown={(event) => {
        if (event.key === "Escape") props.onClose();
      }}
    >
      <header class="panel-head">
        <h2>{props.title}</h2>
        {props.tools}
        <button
          type="button"
          class="icon-button"
          aria-label={t("panel.close")}
          onClick={props.onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </aside>
  );
}

/** When a panel closes with the focus in it, the focus goes back to where it was. */
function useReturningFocus() {
  const panel = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = panel.current;
    const before = document.activeElement;
    return () => {
      const held = element?.contains(document.activeElement) ?? false;
      if (held && before instanceof HTMLElement) before.focus();
    };
  }, []);
  return panel;
}
