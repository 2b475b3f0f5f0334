import type { EncryptionState } from "@conclave/sdk";
import { t } from "../../messages/messages.ts";
import type { Encryption } from "../../state/encryption.ts";
import { Icon } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";
import { useOpened } from "../common/useOpened.ts";

const MENU = "menu-lock";
const Content = lazyView(async () => (await import("./LockMenuPanel.tsx")).LockMenuPanel);

/** The lock of an encrypted meeting, and what is behind it: state, people, the code to compare. */
export function LockMenu(props: {
  readonly encryption: Encryption;
  readonly state: EncryptionState;
}) {
  const { encryption, state } = props;
  const [opened, onToggle] = useOpened();
  return (
    <>
      <button
        type="button"
        class="encryption-badge lock-button"
        data-testid="lock-button"
        data-anchor="lock"
        data-sealed={state === "sealed"}
        data-state={state}
        aria-haspopup="true"
        popovertarget={MENU}
      >
        <Icon name={state === "sealed" ? "locked" : "unlocked"} />
        <span>{t(`encryption.state.${state}`)}</span>
      </button>
      <section
        class="menu lock-menu"
        id={MENU}
        data-anchor="lock"
        popover="auto"
        aria-label={t("encryption.sealed")}
        onToggle={(event) => {
          encryption.setOpen(event.newState === "open");
          onToggle(event);
        }}
      >
        {opened && <Content encryption={encryption} state={state} />}
      </section>
    </>
  );
}
