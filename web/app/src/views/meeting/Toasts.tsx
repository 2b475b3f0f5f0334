import { t } from "../../messages/messages.ts";
import type { Notices } from "../../state/notices.ts";
import { Icon } from "../common/Icon.tsx";

export function Toasts({ notices }: { notices: Notices }) {
  return (
    <>
      <section class="toasts" aria-label={t("notice.region")}>
        {notices.toasts.value.map(({ id, text, tone }) => (
          <div key={id} class="toast" data-testid="toast" data-tone={tone}>
            <p dir="auto">{text}</p>
            <button
              type="button"
              class="icon-button"
              aria-label={t("notice.dismiss")}
              onClick={() => notices.dismiss(id)}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
      </section>
      {/* The toasts themselves are not spoken: this queue is, at a pace that can be followed. */}
      <p class="visually-hidden" role="status" aria-live="polite">
        {notices.spoken}
      </p>
    </>
  );
}
