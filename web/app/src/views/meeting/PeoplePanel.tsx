import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { PersonRow } from "../../state/people.ts";
import { AvatarDisc } from "../common/AvatarDisc.tsx";
import { Icon, type IconName } from "../common/Icon.tsx";
import { PanelFrame } from "./PanelFrame.tsx";

export function PeoplePanel({ meeting }: { meeting: Meeting }) {
  return (
    <PanelFrame title={t("people.title")} onClose={meeting.panels.close}>
      <div class="people">
        <p class="people-count">{t("people.count", { count: meeting.people.count.value })}</p>
        <ul>
          {meeting.people.rows.value.map((row) => (
            <Row key={row.id} row={row} speaking={meeting.speaking.who.value.has(row.id)} />
          ))}
        </ul>
      </div>
      <div class="panel-foot">
        <button type="button" class="button wide" onClick={() => void meeting.copyLink()}>
          <Icon name="copy" />
          {t("people.invite")}
        </button>
      </div>
    </PanelFrame>
  );
}

function Row({ row, speaking }: { row: PersonRow; speaking: boolean }) {
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
    </li>
  );
}

function Mark({ icon, label, on }: { icon: IconName; label: string; on: boolean }) {
  return (
    <span class="mark" role="img" aria-label={label} title={label} data-on={on}>
      <Icon name={icon} />
    </span>
  );
}
