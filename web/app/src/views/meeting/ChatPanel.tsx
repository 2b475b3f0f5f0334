import { useEffect, useRef } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { ChatGroupView } from "./ChatGroupView.tsx";
import { Composer } from "./Composer.tsx";
import { PanelFrame } from "./PanelFrame.tsx";
import { TalkTabs } from "./TalkTabs.tsx";

/** Whoever has scrolled further up than this is reading, and is not dragged down. */
const NEAR_END_PX = 80;

export function ChatPanel({ meeting }: { meeting: Meeting }) {
  const { chat } = meeting;
  const groups = chat.groups.value;
  const log = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const atEnd = useRef(true);

  const follow = () => {
    const element = log.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  };
  useEffect(follow, [groups]);
  // Where one writes grows at its expense.
  useEffect(() => {
    const observer = new ResizeObserver(follow);
    if (log.current) observer.observe(log.current);
    return () => observer.disconnect();
  }, []);

  return (
    <PanelFrame
      title={t("chat.title")}
      onClose={meeting.panels.close}
      tools={
        groups.length > 0 && (
          <button
            type="button"
            class="icon-button"
            data-testid="chat-save"
            aria-label={t("chat.save")}
            title={t("chat.save")}
            onClick={() => meeting.saveChat()}
          >
            <Icon name="save" />
          </button>
        )
      }
    >
      <TalkTabs meeting={meeting} />
      <div
        class="chat-log"
        role="log"
        aria-label={t("chat.title")}
        ref={log}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        }}
      >
        {groups.length === 0 && (
          <div class="empty">
            <Icon name="chat" />
            <h3>{t("chat.empty")}</h3>
            <p>{t("chat.emptyText")}</p>
          </div>
        )}
        {groups.map((group) => (
          <ChatGroupView
            key={group.key}
            chat={chat}
            group={group}
            onDone={() => input.current?.focus({ preventScroll: true })}
          />
        ))}
      </div>
      <Composer chat={chat} input={input} sealed={meeting.encryption.state.value !== undefined} />
    </PanelFrame>
  );
}
