import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../../messages/languages.ts";
import { t } from "../../messages/messages.ts";
import type { LanguageChoice } from "../../state/languageChoice.ts";
import { Icon } from "./Icon.tsx";

/** Each language is named in itself: whoever needs the list may not read the page. */
export function LanguageSelect({ choice }: { choice: LanguageChoice }) {
  const chosen = choice.chosen.value;
  return (
    <label class="language">
      <Icon name="globe" />
      <span>{t("language.label")}</span>
      <select
        data-testid="language-select"
        value={chosen}
        onChange={({ currentTarget }) => void choice.choose(currentTarget.value as Language)}
      >
        {LANGUAGES.map((language) => (
          <option key={language} value={language} lang={language} selected={language === chosen}>
            {LANGUAGE_NAMES[language]}
          </option>
        ))}
      </select>
      <small role="alert">{choice.failed.value && t("language.failed")}</small>
    </label>
  );
}
