import "../../messages/later/english.ts";
import type { QualityLevel } from "@conclave/sdk";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { PrivateAddressSwitch } from "../common/PrivateAddressSwitch.tsx";

const MENU = "menu-quality";

/** What is behind the connection's button. */
export function QualityMenuPanel({ meeting }: { meeting: Meeting }) {
  const { upload, download } = meeting.quality;
  return (
    <>
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
