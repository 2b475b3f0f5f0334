import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { useOpened } from "../common/useOpened.ts";

const MENU = "menu-quality";
const Content = lazyView(async () => (await import("./QualityMenuPanel.tsx")).QualityMenuPanel);

/** How the connection does, in the head of the meeting; opens what can be done about it. */
export function QualityMenu({ meeting }: { meeting: Meeting }) {
  const [opened, onToggle] = useOpened();
  const { upload, download, weak } = meeting.quality;
  const isFair = upload.value !== "good" || download.value !== "good";
  const level = weak.value ? "poor" : isFair ? "fair" : "good";
  const name = t(`quality.button.${weak.value ?? (isFair ? "fair" : "good")}`);
  return (
    <>
      <button
        type="button"
        class="quality-button"
        data-testid="quality-button"
        data-anchor="quality"
        data-level={level}
        data-weak={weak.value}
        aria-label={name}
        aria-haspopup="true"
        title={name}
        popovertarget={MENU}
      >
        <Icon name="signal" />
        {weak.value && <span aria-hidden="true">{t(`quality.short.${weak.value}`)}</span>}
      </button>
      <section
        class="menu quality-menu"
        id={MENU}
        data-anchor="quality"
        popover="auto"
        aria-label={t("quality.title")}
        onToggle={onToggle}
      >
        {opened && <Content meeting={meeting} />}
      </section>
    </>
  );
}
