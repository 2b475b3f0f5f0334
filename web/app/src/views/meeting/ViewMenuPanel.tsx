import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { Appearance, StageArrangement } from "../../state/ports.ts";
import { Choice } from "../common/Choice.tsx";
import { Icon } from "../common/Icon.tsx";
import { LanguageSelect } from "../common/LanguageSelect.tsx";

const MENU = "menu-view";
const ARRANGEMENTS: readonly StageArrangement[] = ["grid", "speaker"];
const APPEARANCES: readonly Appearance[] = ["system", "light", "dark"];

/** What is behind the button of the view. */
export function ViewMenuPanel({ meeting }: { meeting: Meeting }) {
  const { choices, fullScreen } = meeting;
  return (
    <>
      <Choice
        title={t("view.arrangement")}
        name="arrangement"
        values={ARRANGEMENTS}
        chosen={choices.arrangement.value}
        textOf={(value) => t(`view.arrangement.${value}`)}
        onChoose={choices.setArrangement}
      />
      <label class="switch-row">
        <span>{t("view.selfView")}</span>
        <input
          type="checkbox"
          role="switch"
          data-testid="self-view-switch"
          checked={choices.selfView.value === "shown"}
          aria-checked={choices.selfView.value === "shown"}
          onChange={({ currentTarget: { checked } }) =>
            choices.setSelfView(checked ? "shown" : "hidden")
          }
        />
      </label>
      {fullScreen.supported && (
        <label class="switch-row">
          <span>{t("view.fullScreen")}</span>
          <input
            type="checkbox"
            role="switch"
            data-testid="full-screen-switch"
            checked={fullScreen.on.value}
            aria-checked={fullScreen.on.value}
            onChange={() => void fullScreen.toggle()}
          />
        </label>
      )}
      <Choice
        title={t("view.appearance")}
        name="appearance"
        values={APPEARANCES}
        chosen={choices.appearance.value}
        textOf={(value) => t(`view.appearance.${value}`)}
        onChoose={choices.setAppearance}
      />
      <LanguageSelect choice={choices.language} />
      <button
        type="button"
        class="menu-action"
        data-testid="shortcuts-button"
        popovertarget={MENU}
        popovertargetaction="hide"
        onClick={() => meeting.keys.setListed(true)}
      >
        <Icon name="keyboard" />
        {t("keys.title")}
      </button>
      <button
        type="button"
        class="menu-action"
        data-testid="settings-button"
        popovertarget={MENU}
        popovertargetaction="hide"
        onClick={() => meeting.setSettingsShown(true)}
      >
        <Icon name="settings" />
        {t("settings.title")}
      </button>
    </>
  );
}
