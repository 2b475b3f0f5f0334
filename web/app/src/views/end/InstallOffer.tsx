import { t } from "../../messages/messages.ts";
import type { Install } from "../../state/install.ts";

/** Once, after a first good call. */
export function InstallOffer({ install }: { install: Install }) {
  if (!install.offered.value) return null;
  return (
    <section class="install" data-testid="install" aria-labelledby="install-title">
      <h2 id="install-title">{t("install.title")}</h2>
      <p>{t("install.text")}</p>
      <button
        type="button"
        class="button"
        data-testid="install-accept"
        onClick={() => void install.accept()}
      >
        {t("install.accept")}
      </button>
      <button
        type="button"
        class="button quiet"
        data-testid="install-decline"
        onClick={install.decline}
      >
        {t("install.decline")}
      </button>
    </section>
  );
}
