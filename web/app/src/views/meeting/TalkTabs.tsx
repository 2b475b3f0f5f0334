import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";

/** From what people write to what they ask, and back. */
export function TalkTabs({ meeting }: { meeting: Meeting }) {
  const { panels, chat, polls } = meeting;
  const shown = panels.shown.value;
  const news = { chat: chat.unread.value, polls: polls.part.value?.unseen.value ?? 0 };
  return (
    <nav class="talk-tabs" aria-label={t("chat.tabs")}>
      {(["chat", "polls"] as const).map((panel) => (
        <button
          key={panel}
          type="button"
          data-testid={`tab-${panel}`}
          aria-current={shown === panel ? "page" : undefined}
          onClick={() => panels.open(panel)}
        >
          {t(panel === "chat" ? "chat.title" : "polls.title")}
          {news[panel] > 0 && <span class="tab-news">{news[panel]}</span>}
        </button>
      ))}
    </nav>
  );
}
