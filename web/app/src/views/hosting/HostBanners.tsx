import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";

/** What whoever runs the meeting has to decide, or asks of this person. */
export function HostBanners({ meeting }: { meeting: Meeting }) {
  return (
    <>
      <LobbyBanner meeting={meeting} />
      <AskedBanner meeting={meeting} />
    </>
  );
}

/** Somebody waits at the door, and the list of those who do is not open. */
function LobbyBanner({ meeting: { lobby, panels } }: { meeting: Meeting }) {
  const [first, ...others] = lobby.people.value;
  if (first === undefined || panels.shown.value === "people") return null;
  return (
    <div class="banner" data-testid="lobby-banner">
      <Icon name="people" />
      <p>{t("lobby.knocks", { name: first.name })}</p>
      {others.length === 0 && (
        <button
          type="button"
          class="button small primary"
          data-testid="lobby-banner-admit"
          onClick={() => lobby.admit(first.number)}
        >
          {t("lobby.admit")}
        </button>
      )}
      <button
        type="button"
        class="button small"
        data-testid="lobby-banner-see"
        onClick={() => panels.open("people")}
      >
        {t("lobby.see")}
      </button>
    </div>
  );
}

/** Nobody is unmuted by somebody else: they are asked. */
function AskedBanner({ meeting: { hosting } }: { meeting: Meeting }) {
  const asked = hosting.asked.value;
  if (asked === undefined) return null;
  const { kind, name } = asked;
  return (
    <div class="banner" data-testid="asked-banner">
      <Icon name={kind} />
      <p>{t(`asked.${kind}`, { name })}</p>
      <button
        type="button"
        class="button small primary"
        data-testid="asked-yes"
        onClick={() => hosting.answer(true)}
      >
        {t(kind === "microphone" ? "control.unmuteMicrophone" : "control.cameraOn")}
      </button>
      <button type="button" class="button small quiet" onClick={() => hosting.answer(false)}>
        {t("audioOnly.decline")}
      </button>
    </div>
  );
}
