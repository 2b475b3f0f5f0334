import { useEffect, useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import type { Polls } from "../../state/polls.ts";
import { Icon } from "../common/Icon.tsx";
import { PanelFrame } from "./PanelFrame.tsx";
import { PollCard } from "./PollCard.tsx";
import { PollForm } from "./PollForm.tsx";
import { TalkTabs } from "./TalkTabs.tsx";

export function PollsPanel({ meeting }: { meeting: Meeting }) {
  const polls = meeting.polls.part.value;
  useEffect(() => meeting.polls.want(), [meeting]);
  return (
    <PanelFrame title={t("polls.title")} onClose={meeting.panels.close}>
      <TalkTabs meeting={meeting} />
      {meeting.polls.failed.value && <p role="alert">{t("end.notLoaded.title")}</p>}
      {polls && (
        <Content
          polls={polls}
          sealed={meeting.encryption.state.value !== undefined}
          mayAsk={meeting.hosting.maySay("poll")}
        />
      )}
    </PanelFrame>
  );
}

function Content(props: { polls: Polls; sealed: boolean; mayAsk: boolean }) {
  const { polls, sealed, mayAsk } = props;
  const [writing, setWriting] = useState(false);
  const rows = polls.rows.value;
  if (writing && mayAsk) {
    return <PollForm polls={polls} sealed={sealed} onDone={() => setWriting(false)} />;
  }
  return (
    <>
      <div class="polls">
        {rows.length === 0 && (
          <div class="empty">
            <Icon name="poll" />
            <h3>{t("polls.empty")}</h3>
            <p>{t("polls.emptyText")}</p>
          </div>
        )}
        {rows.map((row) => (
          <PollCard key={row.key} polls={polls} row={row} sealed={sealed} />
        ))}
      </div>
      <div class="panel-foot">
        {mayAsk ? (
          <button
            type="button"
            class="button wide"
            data-testid="poll-new"
            onClick={() => setWriting(true)}
          >
            <Icon name="poll" />
            {t("polls.new")}
          </button>
        ) : (
          <p class="chat-reserved" role="status">
            {t("polls.hostsOnly")}
          </p>
        )}
      </div>
    </>
  );
}
