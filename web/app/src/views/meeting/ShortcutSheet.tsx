import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { type Keys, SHORTCUT_LIST } from "../../state/shortcuts.ts";
import { Icon } from "../common/Icon.tsx";

/** All keys, and whether single letters act at all. */
export function ShortcutSheet({ keys }: { keys: Keys }) {
  return keys.listed.value ? <Sheet keys={keys} /> : null;
}

function Sheet({ keys }: { keys: Keys }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const letters = keys.letters.value;
  return (
    <dialog
      ref={dialog}
      class="sheet"
      data-testid="shortcuts"
      aria-labelledby="shortcuts-title"
      onClose={() => keys.setListed(false)}
    >
      <header class="panel-head">
        <h2 id="shortcuts-title">{t("keys.title")}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t("keys.close")}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <dl class="keys">
        {SHORTCUT_LIST.map(([action, key]) => (
          <div key={action} data-off={!letters && key.length === 1}>
            <dt>{t(`keys.${action}`)}</dt>
            <dd>
              <kbd>{key}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      <label class="switch-row">
        <span>
          {t("keys.letters")}
          <small>{t("keys.lettersText")}</small>
        </span>
        <input
          type="checkbox"
          role="switch"
          data-testid="letters-switch"
          checked={letters}
          aria-checked={letters}
          onChange={(event) => keys.setLetters(event.currentTarget.checked)}
        />
      </label>
    </dialog>
  );
}
