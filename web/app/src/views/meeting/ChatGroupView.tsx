import { useId, useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { formatTime } from "../../messages/formats.ts";
import { t } from "../../messages/messages.ts";
import type { Chat } from "../../state/chat.ts";
import type { ChatGroup, ChatLine, Quote } from "../../state/chatGroups.ts";
import { AvatarDisc } from "../common/AvatarDisc.tsx";
import { Icon, type IconName } from "../common/Icon.tsx";

export interface ChatGroupProps {
  readonly chat: Chat;
  readonly group: ChatGroup;
  /** Something was done about a line: the focus goes to where one writes. */
  readonly onDone: () => void;
}

export function ChatGroupView({ chat, group, onDone }: ChatGroupProps) {
  const name = group.name || t("person.guest");
  return (
    <article class="chat-group" data-local={group.isLocal}>
      {!group.isLocal && <AvatarDisc id={group.from} name={group.name} />}
      <div class="chat-lines">
        <header>
          <strong>{group.isLocal ? t("tile.you") : name}</strong>
          {group.privateWith && (
            <span class="chat-private" data-testid="chat-private">
              <Icon name="locked" />
              {group.isLocal
                ? t("chat.privateTo", { name: group.privateWith.name || t("person.guest") })
                : t("chat.privateToYou")}
            </span>
          )}
          <time dateTime={new Date(group.at).toISOString()}>{formatTime(group.at)}</time>
        </header>
        {group.lines.map((line) => (
          <Line key={line.key} chat={chat} line={line} onDone={onDone} />
        ))}
      </div>
    </article>
  );
}

function Line({ chat, line, onDone }: { chat: Chat; line: ChatLine; onDone: () => void }) {
  const actions = useId();
  const [open, setOpen] = useState(false);
  const { key, deleted } = line;
  const act = (action: (key: number) => void) => () => {
    setOpen(false);
    action(key);
    onDone();
  };
  return (
    <div class="chat-entry" data-open={open}>
      <div class="chat-row">
        <div class="chat-line" id={lineId(key)} tabindex={-1} data-deleted={deleted}>
          {line.quote && <QuoteView quote={line.quote} />}
          <Words line={line} />
        </div>
        {!deleted && (
          <button
            type="button"
            class="icon-button chat-more"
            data-testid="chat-more"
            aria-label={t("chat.actions")}
            aria-expanded={open}
            aria-controls={actions}
            onClick={() => setOpen(!open)}
          >
            <Icon name="more" />
          </button>
        )}
      </div>
      {open && !deleted && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what one fills in.
        <div class="chat-actions" role="group" id={actions} aria-label={t("chat.actions")}>
          <Action icon="reply" id="reply" onPress={act((line) => chat.reply(line))} />
          {chat.canChange(key) && (
            <>
              <Action icon="edit" id="edit" onPress={act((line) => chat.edit(line))} />
              <Action icon="bin" id="delete" onPress={act((line) => chat.delete(line))} />
            </>
          )}
        </div>
      )}
    </div>
  );
}

/** Text nodes and links of http(s) addresses: nothing that people write becomes markup. */
function Words({ line }: { line: ChatLine }) {
  if (line.deleted) return <p data-testid="chat-deleted">{t("chat.deleted")}</p>;
  return (
    <>
      <p data-testid="chat-message" dir="auto">
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
      {line.edited && <small class="chat-edited">{t("chat.edited")}</small>}
    </>
  );
}

function QuoteView({ quote }: { quote: Quote }) {
  const { key, isLocal } = quote;
  if (key === undefined) return <p class="chat-quote">{t("chat.quoteMissing")}</p>;
  const name = isLocal ? t("tile.you") : quote.name || t("person.guest");
  return (
    <button
      type="button"
      class="chat-quote"
      data-testid="chat-quote"
      onClick={() => {
        const original = document.getElementById(lineId(key));
        original?.scrollIntoView({ block: "center" });
        original?.focus({ preventScroll: true });
      }}
    >
      <strong>{name}</strong>
      <span dir="auto">{quote.text || t("chat.quoteDeleted")}</span>
    </button>
  );
}

function Action(props: { icon: IconName; id: "reply" | "edit" | "delete"; onPress: () => void }) {
  const { icon, id, onPress } = props;
  return (
    <button type="button" class="chat-action" data-testid={`chat-${id}`} onClick={onPress}>
      <Icon name={icon} />
      {t(`chat.${id}`)}
    </button>
  );
}

function lineId(key: number): string {
  return `chat-line-${key}`;
}
