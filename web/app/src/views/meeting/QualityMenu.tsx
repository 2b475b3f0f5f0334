import type { QualityLevel } from "@conclave/sdk";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { PrivateAddressSwitch } from "../common/PrivateAddressSwitch.tsx";

const MENU = "menu-quality";

/** How the connection does, in the head of the meeting; opens what can be done about it. */
export function QualityMenu({ meeting }: { meeting: Meeting }) {
  const { upload, download, weak } = meeting.quality;
  const isFair = upload.value !== "good" || download.value !== "good";
  const level = weak.value ? "poor" : isFair ? "fair" : "good";
  const name = t(`quality.button.${weak.value ?? (isFair ? "fair" : "good")}`);
  return (
    <>
      <button
        type="button"
        class="quality-button"
        data-testid="quality-button"
        data-anchor="quality"
        data-level={level}
        data-weak={weak.value}
        aria-label={name}
        aria-haspopup="true"
        title={name}
        popovertarget={MENU}
      >
        <Icon name="signal" />
        {weak.value && <span aria-hidden="true">{t(`quality.short.${weak.value}`)}</span>}
      </button>
      <section
        class="menu quality-menu"
        id={MENU}
        data-anchor="quality"
        popover="auto"
        aria-label={t("quality.title")}
      >
        <h2>{t("quality.title")}</h2>
        <Direction direction="upload" level={upload.value} />
        <Direction direction="download" level={download.value} />
        <Path meeting={meeting} />
        <AudioOnlySwitch meeting={meeting} />
        <button
          type="button"
          class="menu-action"
          data-testid="statistics-button"
          popovertarget={MENU}
          popovertargetaction="hide"
          onClick={() => meeting.statistics.setShown(true)}
        >
          <Icon name="numbers" />
          {t("statistics.title")}
        </button>
      </section>
    </>
  );
}

function Direction(props: { direction: "upload" | "download"; level: QualityLevel }) {
  const { direction, level } = props;
  return (
    <div class="quality-row" data-level={level} data-testid={`quality-${direction}`}>
      <Icon name="signal" />
      <p>
        {t(`quality.${direction}`)}
        {level !== "good" && <small>{t(`quality.hint.${direction}`)}</small>}
      </p>
      <strong>{t(`quality.level.${level}`)}</strong>
    </div>
  );
}

/** Straight to the other person, or through the server; and whether the first may be. */
function Path({ meeting }: { meeting: Meeting }) {
  const { path } = meeting;
  const way = path.way.value;
  if (way === undefined) return null;
  return (
    <>
      <div class="quality-row" data-testid="path" data-way={way}>
        <Icon name={way === "direct" ? "direct" : "server"} />
        <p>
          {t("path.title")}
          <small>{t(`path.text.${way}`)}</small>
        </p>
        <strong>{t(`path.way.${way}`)}</strong>
      </div>
      <PrivateAddressSwitch isPrivate={path.isPrivate.value} onChange={path.setPrivate} />
    </>
  );
}

function AudioOnlySwitch({ meeting }: { meeting: Meeting }) {
  const { audioOnly } = meeting;
  return (
    <label class="switch-row">
      <span>
        {t("audioOnly.name")}
        <small>{t("audioOnly.text")}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        data-testid="audio-only-switch"
        checked={audioOnly.on.value}
        aria-checked={audioOnly.on.value}
        onChange={(event) => audioOnly.set(event.currentTarget.checked)}
      />
    </label>
  );
}
