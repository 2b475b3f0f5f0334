import "../../messages/later/english.ts";
import type { QualityLevel, Role } from "@conclave/sdk";
import { useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { HostActs } from "../../state/hostActs.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { PersonRow as Person } from "../../state/people.ts";
import { AvatarDisc } from "../common/AvatarDisc.tsx";
import { Icon, type IconName } from "../common/Icon.tsx";
import { lazyView } from "../common/lazyView.tsx";

const PersonActs = lazyView(async () => (await import("../hosting/index.ts")).PersonActs);

/** One person of the list; what may be done about them opens below their name. */
export function PersonRow({ meeting, row }: { meeting: Meeting; row: Person }) {
  const [open, setOpen] = useState(false);
  const acts = new HostActs(meeting.hosting);
  const mayAct = acts.rolesFor(row.id).length > 0 || acts.mayActOn(row.id);
  const name = row.name || t("person.guest");
  return (
    <li
      class="person-row"
      data-testid="participant-row"
      data-participant={row.id}
      data-role={row.role}
      data-speaking={meeting.speaking.who.value.has(row.id)}
      data-away={row.away}
    >
      <AvatarDisc id={row.id} name={row.name} />
      <span class="person-name">
        {row.isLocal ? t("person.you", { name }) : name}
        <RoleLine role={row.role} />
        {row.elsewhere !== undefined && (
          <small class="person-role">{meeting.breakouts.nameOf(row.elsewhere)}</small>
        )}
      </span>
      <Marks row={row} quality={meeting.quality.people.value.get(row.id)} />
      {mayAct && (
        <button
          type="button"
          class="icon-button person-more"
          data-testid="person-more"
          aria-label={t("hosting.manage", { name })}
          title={t("hosting.manage", { name })}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icon name="more" />
        </button>
      )}
      {mayAct && open && (
        <PersonActs meeting={meeting} row={row} name={name} onDone={() => setOpen(false)} />
      )}
    </li>
  );
}

/** Nothing for what most are. */
function RoleLine({ role }: { role: Role }) {
  return role === "participant" ? null : <small class="person-role">{t(`role.${role}`)}</small>;
}

function Marks({ row, quality }: { row: Person; quality: QualityLevel | undefined }) {
  return (
    <>
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
    </>
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
