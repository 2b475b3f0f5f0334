import { useEffect, useRef, useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { ChatGroup } from "../../state/chatGroups.ts";
import type { SharedFile } from "../../state/files/files.ts";
import type { Meeting } from "../../state/meeting.ts";
import { Icon } from "../common/Icon.tsx";
import { ChatGroupView } from "./ChatGroupView.tsx";
import { Composer } from "./Composer.tsx";
import { FileCard } from "./FileCard.tsx";
import { PanelFrame } from "./PanelFrame.tsx";
import { TalkTabs } from "./TalkTabs.tsx";

/** Whoever has scrolled further up than this is reading, and is not dragged down. */
const NEAR_END_PX = 80;

export function ChatPanel({ meeting }: { meeting: Meeting }) {
  const { chat } = meeting;
  const groups = chat.groups.value;
  useEffect(() => meeting.files.want(), [meeting]);
  const files = meeting.files.part.value;
  const shared = files?.list.value ?? [];
  const mayGive = files?.mayGive(chat.compose.to.value) ?? false;
  const give = (chosen: readonly File[]) => void files?.give(chosen, chat.compose.to.peek());
  const mayWrite = meeting.hosting.maySay("chat", chat.compose.to.value);
  const drop = useDrop(mayGive, give);
  const log = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const atEnd = useRef(true);

  const follow = () => {
    const element = log.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  };
  useEffect(follow, [groups, shared.length]);
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
      <div class="chat-drop" data-over={drop.over} {...drop.listeners}>
        {drop.over && <p class="chat-drop-here">{t("file.dropHere")}</p>}
        <div
          class="chat-log"
          role="log"
          aria-label={t("chat.title")}
          ref={log}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
            atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
          }}
        >
          {groups.length + shared.length === 0 && (
            <div class="empty">
              <Icon name="chat" />
              <h3>{t("chat.empty")}</h3>
              <p>{t("chat.emptyText")}</p>
            </div>
          )}
          {inOrder(groups, shared).map((one) =>
            "lines" in one ? (
              <ChatGroupView
                key={`said ${one.key}`}
                chat={chat}
                group={one}
                onDone={() => input.current?.focus({ preventScroll: true })}
              />
            ) : (
              files && <FileCard key={`file ${one.key}`} files={files} file={one} />
            ),
          )}
        </div>
      </div>
      {!mayWrite && (
        <p class="chat-reserved" role="status">
          {t("chat.hostsOnly")}
        </p>
      )}
      <Composer
        chat={chat}
        input={input}
        sealed={meeting.encryption.state.value !== undefined}
        maySend={mayWrite}
        onFiles={mayGive ? give : undefined}
      />
    </PanelFrame>
  );
}

/** As they came; a file stands behind what was begun before it. */
function inOrder(groups: readonly ChatGroup[], files: readonly SharedFile[]) {
  return [...groups, ...files].sort((a, b) => a.at - b.at);
}

/** Whether files are held over it, and what its element listens to. */
function useDrop(mayGive: boolean, give: (files: readonly File[]) => void) {
  const [over, setOver] = useState(false);
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  return {
    over: over && mayGive,
    listeners: {
      onDragOver(event: DragEvent) {
        if (!hasFiles(event)) return;
        // Else the browser would leave the meeting for the file.
        event.preventDefault();
        setOver(true);
      },
      onDragLeave: () => setOver(false),
      onDrop(event: DragEvent) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        if (mayGive) give([...(event.dataTransfer?.files ?? [])]);
      },
    },
  };
}
