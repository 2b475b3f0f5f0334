import type { ChatMessage, ParticipantId, Room } from "@conclave/sdk";
import { cell, derived, type Readable } from "./cells.ts";
import { splitLinks, type TextPiece } from "./links.ts";

export interface ChatLine {
  readonly id: number;
  readonly pieces: readonly TextPiece[];
}

/** What one person wrote in one go. */
export interface ChatGroup {
  readonly id: number;
  readonly from: ParticipantId;
  /** As it was when the message came: the sender may have left since. */
  readonly name: string;
  readonly isLocal: boolean;
  readonly at: number;
  readonly lines: readonly ChatLine[];
}

export interface Chat {
  readonly groups: Readable<readonly ChatGroup[]>;
  readonly unread: Readable<number>;
  readonly open: Readable<boolean>;
  readonly draft: Readable<string>;
  /** The room has no keys to seal a message with yet. */
  readonly waiting: Readable<boolean>;
  readonly canSend: Readable<boolean>;
  setDraft(text: string): void;
  send(): void;
  setOpen(open: boolean): void;
  /** A message of somebody else, while the panel is closed. */
  onUnread(listener: (message: ChatMessage, name: string) => void): () => void;
  stop(): void;
}

/** Longer meetings forget their oldest lines; nothing is stored anyway. */
export const CHAT_LINES_MAX = 1000;
/** Well under the contract's 16 KiB, in any script. */
export const CHAT_TEXT_MAX = 4000;
/** Lines of one person within this time stand together. */
const GROUP_MS = 120_000;

export function createChat(room: Room): Chat {
  const groups = cell<readonly ChatGroup[]>([]);
  const unread = cell(0);
  const open = cell(false);
  const draft = cell("");
  const listeners = new Set<(message: ChatMessage, name: string) => void>();
  let nextId = 1;

  const nameOf = (id: ParticipantId) => room.participants.get(id)?.profile.displayName ?? "";

  const isWaiting = () => room.encryption !== undefined && room.encryption.state !== "sealed";
  const waiting = cell(isWaiting());
  const stopWaiting = room.on("encryption", () => {
    waiting.value = isWaiting();
  });
  const stopChat = room.on("chat", (message) => {
    groups.value = trimmed(appended(groups.peek(), message, nameOf(message.from), nextId++));
    if (message.isLocal || open.peek()) return;
    unread.value++;
    for (const listener of listeners) listener(message, nameOf(message.from));
  });

  return {
    groups,
    unread,
    open,
    draft,
    waiting,
    canSend: derived(() => draft.value.trim() !== "" && !waiting.value),
    setDraft(text) {
      draft.value = text.slice(0, CHAT_TEXT_MAX);
    },
    send() {
      const text = draft.peek().trim();
      if (text === "" || waiting.peek()) return;
      room.sendChat(text);
      draft.value = "";
    },
    setOpen(next) {
      open.value = next;
      if (next) unread.value = 0;
    },
    onUnread(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopChat();
      stopWaiting();
    },
  };
}

function appended(
  groups: readonly ChatGroup[],
  message: ChatMessage,
  name: string,
  id: number,
): ChatGroup[] {
  const line = { id, pieces: splitLinks(message.text) };
  const last = groups.at(-1);
  const joins = last?.from === message.from && message.receivedAt - last.at < GROUP_MS;
  if (last && joins) return [...groups.slice(0, -1), { ...last, lines: [...last.lines, line] }];
  const { from, isLocal, receivedAt: at } = message;
  return [...groups, { id, from, name, isLocal, at, lines: [line] }];
}

function trimmed(groups: ChatGroup[]): ChatGroup[] {
  let extra = groups.reduce((sum, group) => sum + group.lines.length, 0) - CHAT_LINES_MAX;
  const kept = [...groups];
  while (extra > 0) {
    const first = kept[0];
    if (first === undefined) break;
    if (first.lines.length <= extra) kept.shift();
    else kept[0] = { ...first, lines: first.lines.slice(extra) };
    extra -= first.lines.length;
  }
  return kept;
}
