import { ConclaveError, type ErrorCode, type ParticipantId, type Room } from "@conclave/sdk";
import { type ChatWord, decodeChat, encodeChat, normalizeChatText } from "@conclave/sdk/messages";
import { cell, derived, type Readable } from "./cells.ts";
import { type ChatGroup, groupsOf } from "./chatGroups.ts";
import { type Compose, createCompose } from "./compose.ts";
import { type Author, type Conversation, hear, type Message } from "./conversation.ts";

export interface Chat {
  readonly groups: Readable<readonly ChatGroup[]>;
  readonly unread: Readable<number>;
  readonly open: Readable<boolean>;
  /** The room has no keys to seal a message with yet. */
  readonly waiting: Readable<boolean>;
  readonly compose: Compose;
  readonly canSend: Readable<boolean>;
  /** What this person wrote, and can still change for the others. */
  readonly canChange: (key: number) => boolean;
  send(): void;
  reply(key: number): void;
  edit(key: number): void;
  /** The newest message that can be edited. */
  editLast(): void;
  delete(key: number): void;
  setOpen(open: boolean): void;
  /** Something else has come that stands in it; false: who looks at it sees that. */
  addUnread(): boolean;
  /** A message of somebody else, while the panel is closed. */
  onUnread(listener: (message: Message) => void): () => void;
  /** Why something was not sent; what was written is still there. */
  onFailed(listener: (code: ErrorCode) => void): () => void;
  stop(): void;
}

export interface ChatOptions {
  readonly now: () => number;
  readonly newId: () => string;
}

export function createChat(room: Room, options: ChatOptions): Chat {
  return new ChatModel(room, options);
}

class ChatModel implements Chat {
  readonly #room: Room;
  readonly #options: ChatOptions;
  readonly #messages = cell<Conversation>([]);
  readonly #unread = cell(0);
  readonly #open = cell(false);
  readonly #waiting: ReturnType<typeof cell<boolean>>;
  readonly #unreadListeners = new Set<(message: Message) => void>();
  readonly #failedListeners = new Set<(code: ErrorCode) => void>();
  readonly #stops: (() => void)[];
  /** Own messages up to this one were sent as somebody whom the others do not know any more. */
  readonly #fixedUntil = cell(0);
  #ownId: ParticipantId;

  readonly groups = derived(() => groupsOf(this.#messages.value));
  readonly unread = this.#unread;
  readonly open = this.#open;
  readonly compose: Compose;
  readonly canSend = derived(() => this.compose.isReady.value && !this.waiting.value);

  constructor(room: Room, options: ChatOptions) {
    this.#room = room;
    this.#options = options;
    this.#ownId = room.localId;
    this.#waiting = cell(this.#isWaiting());
    this.compose = createCompose(room);
    this.#stops = [
      room.on("message", ({ kind, body, from, isPrivate, receivedAt: at }) => {
        const word = kind === "chat" ? decodeChat(body) : undefined;
        if (word === undefined) return;
        const name = this.#nameOf(from);
        const privateWith = isPrivate ? { id: from, name } : undefined;
        this.#hear({ from, name, isLocal: false, at, privateWith }, word);
      }),
      room.on("encryption", () => {
        this.#waiting.value = this.#isWaiting();
        // Out of the group, and in it again as somebody new.
        if (this.#waiting.peek()) this.#fix();
      }),
      room.on("roster", () => {
        if (room.localId !== this.#ownId) this.#fix();
        this.#ownId = room.localId;
      }),
      () => this.compose.stop(),
    ];
  }

  get waiting(): Readable<boolean> {
    return this.#waiting;
  }

  readonly canChange = (key: number): boolean =>
    key > this.#fixedUntil.value && this.#find(key)?.isLocal === true;

  send(): void {
    const { mode, to, draft } = this.compose;
    if (!this.canSend.peek()) return;
    const text = normalizeChatText(draft.peek());
    const { kind, message } = mode.peek();
    const word: ChatWord =
      kind === "edit"
        ? { type: "edit", id: message.id, text, revision: this.#revisionOf(message.key) + 1 }
        : { type: "say", id: this.#options.newId(), text, replyTo: message?.id };
    if (this.#say(to.peek(), word)) this.compose.clear();
  }

  reply(key: number): void {
    const message = this.#find(key);
    if (message !== undefined && !message.deleted) this.compose.reply(message);
  }

  edit(key: number): void {
    const message = this.#find(key);
    if (message !== undefined && !message.deleted && this.canChange(key)) {
      this.compose.edit(message);
    }
  }

  editLast(): void {
    const last = this.#messages.peek().findLast(({ isLocal, deleted }) => isLocal && !deleted);
    if (last !== undefined) this.edit(last.key);
  }

  delete(key: number): void {
    const message = this.#find(key);
    if (message === undefined || message.deleted || !this.canChange(key)) return;
    // To the people whom the message went to.
    if (!this.#say(message.privateWith?.id, { type: "delete", id: message.id })) return;
    if (this.compose.mode.peek().message?.key === key) this.compose.clear();
  }

  setOpen(open: boolean): void {
    this.#open.value = open;
    if (open) this.#unread.value = 0;
  }

  addUnread(): boolean {
    if (this.#open.peek()) return false;
    this.#unread.value++;
    return true;
  }

  onUnread(listener: (message: Message) => void): () => void {
    this.#unreadListeners.add(listener);
    return () => this.#unreadListeners.delete(listener);
  }

  onFailed(listener: (code: ErrorCode) => void): () => void {
    this.#failedListeners.add(listener);
    return () => this.#failedListeners.delete(listener);
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #say(to: ParticipantId | undefined, word: ChatWord): boolean {
    try {
      this.#room.send("chat", encodeChat(word), to);
    } catch (error) {
      if (!(error instanceof ConclaveError)) throw error;
      for (const listener of this.#failedListeners) listener(error.code);
      return false;
    }
    const { localId } = this.#room;
    const privateWith = to === undefined ? undefined : { id: to, name: this.#nameOf(to) };
    const author = { from: localId, name: this.#nameOf(localId), isLocal: true, privateWith };
    this.#hear({ ...author, at: this.#options.now() }, word);
    return true;
  }

  #hear(author: Author, word: ChatWord): void {
    const before = this.#messages.peek();
    const after = hear(before, author, word);
    this.#messages.value = after;
    const last = after.at(-1);
    if (word.type !== "say" || after === before || last === undefined) return;
    if (author.isLocal || this.#open.peek()) return;
    this.#unread.value++;
    for (const listener of this.#unreadListeners) listener(last);
  }

  #fix(): void {
    this.#fixedUntil.value = this.#messages.peek().at(-1)?.key ?? 0;
    if (this.compose.mode.peek().kind === "edit") this.compose.clear();
  }

  #find(key: number): Message | undefined {
    return this.#messages.peek().find((message) => message.key === key);
  }

  #revisionOf(key: number): number {
    return this.#find(key)?.revision ?? 0;
  }

  #isWaiting(): boolean {
    const { encryption } = this.#room;
    return encryption !== undefined && encryption.state !== "sealed";
  }

  #nameOf(id: ParticipantId): string {
    return this.#room.participants.get(id)?.profile.displayName ?? "";
  }
}
