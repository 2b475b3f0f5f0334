import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";

export function AloneCard({ meeting }: { meeting: Meeting }) {
  return (
    <section class="alone-card" data-testid="alone">
      <h2>{t(meeting.people.alone.value === "last" ? "alone.lastTitle" : "alone.title")}</h2>
      <p>{t(meeting.people.alone.value === "last" ? "alone.lastText" : "alone.text")}</p>
      <p class="link-box">{meeting.invitation.link.value.replace(/^https?:\/\//, "")}</p>
      <button
        type="button"
        class="button primary wide"
        data-testid="copy-link"
        onClick={() => void meeting.invitation.copy()}
      >
        <Icon name="copy" />
        {t("alone.copy")}
      </button>
      <button
        type="button"
        class="button quiet wide"
        data-testid="more-ways"
        onClick={() => meeting.invitation.setShown(true)}
      >
        {t("invite.moreWays")}
      </button>
    </section>
  );
}
