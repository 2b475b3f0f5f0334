import { t } from "../../messages/messages.ts";
import { Icon } from "./Icon.tsx";

/** Always there: the person must never have to wonder. */
export function EncryptionBadge({ sealed = false }: { readonly sealed?: boolean }) {
  if (sealed) {
    return (
      <p class="encryption-badge" data-testid="encryption-badge" data-sealed="true">
        <Icon name="locked" />
        <span>{t("encryption.sealed")}</span>
      </p>
    );
  }
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
