import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import { type Keys, SHORTCUT_LIST } from "../../state/shortcuts.ts";
import { Sheet } from "../common/Sheet.tsx";

/** All keys, and whether single letters act at all. */
export function ShortcutSheet({ keys }: { keys: Keys }) {
  const letters = keys.letters.value;
  return (
    <Sheet title={t("keys.title")} testId="shortcuts" onClose={() => keys.setListed(false)}>
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
    </Sheet>
  );
}
