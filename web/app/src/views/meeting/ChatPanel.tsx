import { useEffect, useRef } from "preact/hooks";
import { formatTime } from "../../messages/formats.ts";
import { t } from "../../messages/messages.ts";
import { CHAT_TEXT_MAX, type ChatGroup } from "../../state/chat.ts";
import type { Meeting } from "../../state/meeting.ts";
import { AvatarDisc } from "../common/AvatarDisc.tsx";
import { Icon } from "../common/Icon.tsx";
import { PanelFrame } from "./PanelFrame.tsx";

/** Whoever has scrolled further up than this is reading, and is not dragged down. */
const NEAR_END_PX = 80;

export function ChatPanel({ meeting }: { meeting: Meeting }) {
  const groups = meeting.chat.groups.value;
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

  useEffect(() => {
    const element = log.current;
    if (element && atEnd.current && groups.length > 0) element.scrollTop = element.scrollHeight;
  }, [groups]);

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
          <Group key={group.id} group={group} />
        ))}
      </div>
      <Composer meeting={meeting} />
    </PanelFrame>
  );
}

function Group({ group }: { group: ChatGroup }) {
  const name = group.name || t("person.guest");
  return (
    <article class="chat-group" data-local={group.isLocal}>
      {!group.isLocal && <AvatarDisc id={group.from} name={group.name} />}
      <div class="chat-lines">
        <header>
          <strong>{group.isLocal ? t("tile.you") : name}</strong>
          <time dateTime={new Date(group.at).toISOString()}>{formatTime(group.at)}</time>
        </header>
        {group.lines.map((line) => (
          <p key={line.id} class="chat-line" data-testid="chat-message" dir="auto">
            {line.pieces.map(({ text, href }) =>
              href === undefined ? (
                text
              ) : (
                <a key={href} href={href} target="_blank" rel="noopener noreferrer">
                  {text}
                </a>
              ),
            )}
          </p>
        ))}
      </div>
    </article>
  );
}

function Composer({ meeting }: { meeting: Meeting }) {
  const { chat } = meeting;
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => input.current?.focus({ preventScroll: true }), []);
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        chat.send();
      }}
    >
      <textarea
        ref={input}
        class="field"
        rows={1}
        data-testid="chat-input"
        aria-label={t("chat.inputLabel")}
        placeholder={t(chat.waiting.value ? "chat.waiting" : "chat.inputPlaceholder")}
        maxLength={CHAT_TEXT_MAX}
        enterkeyhint="send"
        value={chat.draft}
        onInput={(event) => chat.setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          chat.send();
        }}
      />
      <button
        type="submit"
        class="icon-button send"
        aria-label={t("chat.send")}
        data-testid="chat-send"
        disabled={!chat.canSend.value}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}
