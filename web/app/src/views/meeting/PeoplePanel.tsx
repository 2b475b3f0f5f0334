import "../../messages/later/english.ts";
import type { QualityLevel } from "@conclave/sdk";
import { useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { nameMatches, type PersonRow, SEARCH_FROM } from "../../state/people.ts";
import { AvatarDisc } from "../common/AvatarDisc.tsx";
import { Icon, type IconName } from "../common/Icon.tsx";
import { PanelFrame } from "./PanelFrame.tsx";

export function PeoplePanel({ meeting }: { meeting: Meeting }) {
  const mayRemove = meeting.encryption.moderates.value;
  const rows = meeting.people.rows.value;
  const [typed, setTyped] = useState("");
  const found = rows.filter(({ name }) => nameMatches(name || t("person.guest"), typed));
  return (
    <PanelFrame title={t("people.title")} onClose={meeting.panels.close}>
      <div class="people">
        <p class="people-count">{t("people.count", { count: meeting.people.count.value })}</p>
        {(rows.length >= SEARCH_FROM || typed !== "") && (
          <div class="people-search">
            <Icon name="search" />
            <input
              type="search"
              class="field"
              data-testid="people-search"
              aria-label={t("people.search")}
              placeholder={t("people.search")}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </div>
        )}
        {found.length === 0 && <p role="status">{t("people.nobodyFound")}</p>}
        <ul>
          {found.map((row) => (
            <Row
              key={row.id}
              row={row}
              speaking={meeting.speaking.who.value.has(row.id)}
              quality={meeting.quality.people.value.get(row.id)}
              onRemove={
                mayRemove && !row.isLocal ? () => meeting.encryption.remove(row.id) : undefined
              }
            />
          ))}
        </ul>
      </div>
      <div class="panel-foot">
        <button type="button" class="button wide" onClick={() => meeting.invitation.setShown(true)}>
          <Icon name="invite" />
          {t("people.invite")}
        </button>
      </div>
    </PanelFrame>
  );
}

function Row(props: {
  readonly row: PersonRow;
  readonly speaking: boolean;
  /** Undefined: good. */
  readonly quality: QualityLevel | undefined;
  /** Undefined: that is not for this person to do. */
  readonly onRemove: (() => void) | undefined;
}) {
  const { row, speaking, quality, onRemove } = props;
  const [asks, setAsks] = useState(false);
  const name = row.name || t("person.guest");
  return (
    <li
      class="person-row"
      data-testid="participant-row"
      data-participant={row.id}
      data-speaking={speaking}
      data-away={row.away}
    >
      <AvatarDisc id={row.id} name={row.name} />
      <span class="person-name">{row.isLocal ? t("person.you", { name }) : name}</span>
      {quality && quality !== "good" && (
        <Mark icon="signal" label={t(`person.${quality}`)} level={quality} on />
      )}
      {row.handRaised && <Mark icon="hand" label={t("person.hand")} on />}
      {row.sharing && <Mark icon="share" label={t("person.sharing")} on />}
      <Mark
        icon={row.microphoneOn ? "microphone" : "microphoneOff"}
        label={t(row.microphoneOn ? "person.microphoneOn" : "person.microphoneOff")}
        on={row.microphoneOn}
      />
      <Mark
        icon={row.cameraOn ? "camera" : "cameraOff"}
        label={t(row.cameraOn ? "person.cameraOn" : "person.cameraOff")}
        on={row.cameraOn}
      />
      {onRemove && (
        <button
          type="button"
          class="icon-button person-remove"
          data-testid="remove-button"
          aria-label={t("people.remove", { name })}
          title={t("people.remove", { name })}
          aria-expanded={asks}
          onClick={() => setAsks(!asks)}
        >
          <Icon name="close" />
        </button>
      )}
      {onRemove && asks && (
        <div class="person-sure" role="alertdialog" aria-label={t("people.remove", { name })}>
          <p>{t("people.removeSure", { name })}</p>
          <button
            type="button"
            class="button small"
            data-testid="remove-confirm"
            onClick={onRemove}
          >
            {t("people.removeShort")}
          </button>
          <button type="button" class="button small quiet" onClick={() => setAsks(false)}>
            {t("people.keep")}
          </button>
        </div>
      )}
    </li>
  );
}

function Mark(props: { icon: IconName; label: string; on: boolean; level?: QualityLevel }) {
  const { icon, label, on, level } = props;
  return (
    <span class="mark" role="img" aria-label={label} title={label} data-on={on} data-level={level}>
      <Icon name={icon} />
    </span>
  );
}
