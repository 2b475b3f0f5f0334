import { useRef } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { useOpened } from "../common/useOpened.ts";

const MENU = "menu-more";
const Content = lazyView(async () => (await import("./MoreMenuPanel.tsx")).MoreMenuPanel);

/** What is done together now and then, behind the last control. */
export function MoreMenu({ meeting }: { meeting: Meeting }) {
  const [opened, onToggle] = useOpened();
  const menu = useRef<HTMLElement>(null);
  const news = meeting.board.part.value?.unseen.value === true;
  return (
    <>
      <button
        type="button"
        class="control"
        data-testid="more-button"
        data-anchor="more"
        data-look="plain"
        aria-label={t(news ? "more.news" : "more.title")}
        aria-haspopup="true"
        popovertarget={MENU}
      >
        <span class="control-face">
          <Icon name="more" />
          {news && <span class="badge more-news" aria-hidden="true" />}
        </span>
        <span class="control-label" aria-hidden="true">
          {t("more.title")}
        </span>
      </button>
      <section
        ref={menu}
        class="menu more-menu"
        id={MENU}
        data-anchor="more"
        popover="auto"
        aria-label={t("more.title")}
        onToggle={onToggle}
      >
        {opened && <Content meeting={meeting} onDone={() => menu.current?.hidePopover()} />}
      </section>
    </>
  );
}
