import { t } from "../../messages/messages.ts";
import { Icon } from "./Icon.tsx";

/** Always there in an open meeting: the person must never have to wonder. */
export function EncryptionBadge() {
  return (
    <p class="encryption-badge" data-testid="encryption-badge">
      <Icon name="unlocked" />
      <span class="long">{t("encryption.badge")}</span>
      <span class="short" aria-hidden="true">
        {t("encryption.badgeShort")}
      </span>
    </p>
  );
}
