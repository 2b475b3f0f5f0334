import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { Icon } from "./Icon.tsx";

/** A modal sheet over the page. Escape, its button and a click beside it close it. */
export function Sheet(props: {
  readonly title: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      class="sheet"
      data-testid={props.testId}
      aria-labelledby={id}
      onClose={props.onClose}
      // The sheet's own content covers it: what reaches the dialog itself came from beside it.
      onClick={(event) => event.target === event.currentTarget && close()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div class="sheet-content">
        <header class="panel-head">
          <h2 id={id}>{props.title}</h2>
          <button type="button" class="icon-button" aria-label={t("sheet.close")} onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
