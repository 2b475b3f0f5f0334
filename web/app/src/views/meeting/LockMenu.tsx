import type { EncryptionState } from "@conclave/sdk";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { useOpened } from "../common/useOpened.ts";

const MENU = "menu-lock";
const Content = lazyView(async () => (await import("./LockMenuPanel.tsx")).LockMenuPanel);

/** The lock of an encrypted meeting, and what is behind it: state, people, the code to compare. */
export function LockMenu(props: { readonly meeting: Meeting; readonly state: EncryptionState }) {
  const { meeting, state } = props;
  const [opened, onToggle] = useOpened();
  const newcomers = meeting.verification.value?.newcomers.value ?? 0;
  return (
    <>
      <button
        type="button"
        class="encryption-badge lock-button"
        data-testid="lock-button"
        data-anchor="lock"
        data-sealed={state === "sealed"}
        data-state={state}
        data-newcomers={newcomers > 0}
        aria-haspopup="true"
        popovertarget={MENU}
      >
        <Icon name={state === "sealed" ? "locked" : "unlocked"} />
        <span>
          {newcomers > 0 && state === "sealed"
            ? t("verify.newcomers", { count: newcomers })
            : t(`encryption.state.${state}`)}
        </span>
      </button>
      <section
        class="menu lock-menu"
        id={MENU}
        data-anchor="lock"
        popover="auto"
        aria-label={t("encryption.sealed")}
        onToggle={(event) => {
          meeting.encryption.setOpen(event.newState === "open");
          onToggle(event);
        }}
      >
        {opened && (
          <Content
            encryption={meeting.encryption}
            verification={meeting.verification.value}
            state={state}
            onCompare={() => document.getElementById(MENU)?.hidePopover()}
          />
        )}
      </section>
    </>
  );
}
