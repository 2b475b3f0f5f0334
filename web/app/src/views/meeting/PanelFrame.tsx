import type { ComponentChildren } from "preact";
import { t } from "../../messages/messages.ts";
import { Icon } from "../common/Icon.tsx";

/** Beside the stage where there is room, over it on a phone. Escape closes it. */
export function PanelFrame(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <aside
      class="panel"
      aria-label={props.title}
      onKeyDown={(event) => {
        if (event.key === "Escape") props.onClose();
      }}
    >
      <header class="panel-head">
        <h2>{props.title}</h2>
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
