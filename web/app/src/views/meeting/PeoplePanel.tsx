import "../../messages/later/english.ts";
import { useState } from "preact/hooks";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { nameMatches, SEARCH_FROM } from "../../state/people.ts";
import { Icon } from "../common/Icon.tsx";
import { LobbyList } from "./LobbyList.tsx";
import { PanelFrame } from "./PanelFrame.tsx";
import { PersonRow } from "./PersonRow.tsx";

export function PeoplePanel({ meeting }: { meeting: Meeting }) {
  const rows = meeting.people.rows.value;
  const [typed, setTyped] = useState("");
  const found = rows.filter(({ name }) => nameMatches(name || t("person.guest"), typed));
  return (
    <PanelFrame title={t("people.title")} onClose={meeting.panels.close}>
      <div class="people">
        <LobbyList lobby={meeting.lobby} />
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
            <PersonRow key={row.id} meeting={meeting} row={row} />
          ))}
        </ul>
      </div>
      <div class="panel-foot">
        {meeting.hosting.moderates.value && (
          <button
            type="button"
            class="button quiet wide"
            data-testid="host-button"
            onClick={() => meeting.hosting.setSheetShown(true)}
          >
            {t("hosting.title")}
          </button>
        )}
        <button type="button" class="button wide" onClick={() => meeting.invitation.setShown(true)}>
          <Icon name="invite" />
          {t("people.invite")}
        </button>
      </div>
    </PanelFrame>
  );
}
