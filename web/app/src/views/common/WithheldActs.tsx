import { t } from "../../messages/messages.ts";
import type { Effects } from "../../state/effects.ts";

/** What to do about a camera that went off because its background could not be hidden any more. */
export function WithheldActs({ effects }: { effects: Effects }) {
  return (
    <>
      <button
        type="button"
        class="button small"
        data-testid="show-without"
        onClick={() => void effects.showWithout()}
      >
        {t("effects.showWithout")}
      </button>
      <button
        type="button"
        class="button small quiet"
        data-testid="leave-off"
        onClick={() => effects.leaveOff()}
      >
        {t("effects.leaveOff")}
      </button>
    </>
  );
}
