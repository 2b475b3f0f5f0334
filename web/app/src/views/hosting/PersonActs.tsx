import "../../messages/later/english.ts";
import type { Role } from "@conclave/sdk";
import { useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import { HostActs } from "../../state/hostActs.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { PersonRow } from "../../state/people.ts";

export interface PersonActsProps {
  readonly meeting: Meeting;
  readonly row: PersonRow;
  readonly name: string;
  readonly onDone: () => void;
}

/** What a host may do about one person. */
export function PersonActs({ meeting, row, name, onDone }: PersonActsProps) {
  const [asks, setAsks] = useState(false);
  const acts = new HostActs(meeting.hosting);
  const roles = acts.rolesFor(row.id);
  const mayAct = acts.mayActOn(row.id);
  return (
    <fieldset class="person-acts" aria-label={t("hosting.manage", { name })}>
      {roles.length > 0 && (
        <RoleSelect roles={roles} role={row.role} onSelect={(role) => acts.setRole(row.id, role)} />
      )}
      {mayAct && <MediaActs meeting={meeting} row={row} />}
      {mayAct && !asks && (
        <Act testId="remove-button" text={t("people.removeShort")} onPress={() => setAsks(true)} />
      )}
      {mayAct && asks && <Removal meeting={meeting} row={row} name={name} onDone={onDone} />}
    </fieldset>
  );
}

/** Off at once; on only by the person, who is asked. */
function MediaActs({ meeting: { hosting }, row }: { meeting: Meeting; row: PersonRow }) {
  const acts = new HostActs(hosting);
  const sends = row.role !== "viewer";
  return (
    <>
      {row.microphoneOn ? (
        <Act
          testId="mute-person"
          text={t("hosting.mute")}
          onPress={() => acts.silence(row.id, "microphone")}
        />
      ) : (
        sends && (
          <Act
            testId="ask-microphone"
            text={t("hosting.askMicrophone")}
            onPress={() => acts.ask(row.id, "microphone")}
          />
        )
      )}
      {row.cameraOn ? (
        <Act
          testId="stop-camera"
          text={t("hosting.stopVideo")}
          onPress={() => acts.silence(row.id, "camera")}
        />
      ) : (
        sends && (
          <Act
            testId="ask-camera"
            text={t("hosting.askCamera")}
            onPress={() => acts.ask(row.id, "camera")}
          />
        )
      )}
      {row.sharing && (
        <Act
          testId="stop-share"
          text={t("hosting.stopShare")}
          onPress={() => acts.silence(row.id, "screen")}
        />
      )}
    </>
  );
}

function Removal({ meeting, row, name, onDone }: PersonActsProps) {
  const sealed = meeting.encryption.state.value !== undefined;
  const acts = new HostActs(meeting.hosting);
  const remove = (ban: boolean) => () => acts.remove(row.id, ban);
  return (
    <div class="person-sure" role="alertdialog" aria-label={t("people.remove", { name })}>
      <p>{t(sealed ? "people.removeSure" : "hosting.removeOpen", { name })}</p>
      <Act testId="remove-confirm" text={t("people.removeShort")} onPress={remove(false)} />
      <Act testId="ban-confirm" text={t("hosting.ban")} onPress={remove(true)} />
      <Act testId="remove-keep" text={t("people.keep")} onPress={onDone} />
    </div>
  );
}

function Act(props: { testId: string; text: string; onPress: () => void }) {
  return (
    <button type="button" class="button small" data-testid={props.testId} onClick={props.onPress}>
      {props.text}
    </button>
  );
}

function RoleSelect(props: {
  readonly roles: readonly Role[];
  readonly role: Role;
  readonly onSelect: (role: Role) => void;
}) {
  return (
    <label class="role-select">
      <span>{t("hosting.role")}</span>
      <select
        data-testid="role-select"
        value={props.role}
        onChange={({ currentTarget }) => {
          const role = props.roles.find((one) => one === currentTarget.value);
          // Until the server has done it, it is not so.
          currentTarget.value = props.role;
          if (role !== undefined && role !== props.role) props.onSelect(role);
        }}
      >
        {props.roles.map((role) => (
          <option key={role} value={role}>
            {t(`role.${role}`)}
          </option>
        ))}
      </select>
    </label>
  );
}
