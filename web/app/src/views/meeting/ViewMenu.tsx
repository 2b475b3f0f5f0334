import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { useOpened } from "../common/useOpened.ts";

const MENU = "menu-view";
const Content = lazyView(async () => (await import("./ViewMenuPanel.tsx")).ViewMenuPanel);

/** How this person sees the meeting: who is large, oneself, full screen, light or dark. */
export function ViewMenu({ meeting }: { meeting: Meeting }) {
  const [opened, onToggle] = useOpened();
  return (
    <>
      <button
        type="button"
        class="icon-button head-button view-button"
        data-testid="view-button"
        aria-label={t("view.title")}
        aria-haspopup="true"
        title={t("view.title")}
        popovertarget={MENU}
      >
        <Icon name="view" />
      </button>
      <section
        class="menu view-menu"
        id={MENU}
        popover="auto"
        aria-label={t("view.title")}
        onToggle={onToggle}
      >
        {opened && <Content meeting={meeting} />}
      </section>
    </>
  );
}
