import type { ParticipantId, Room } from "@conclave/sdk";
import { CHAT_TEXT_MAX, normalizeChatText } from "@conclave/sdk/messages";
import { compareNames } from "../messages/formats.ts";
import { cell, derived, type Readable } from "./cells.ts";
import type { Counterpart, Message } from "./conversation.ts";

export type ComposeMode =
  | { readonly kind: "new"; readonly message?: undefined }
  | { readonly kind: "reply"; readonly message: Message }
  | { readonly kind: "edit"; readonly message: Message };

/** What is being written: its words, whom it is for, and what it answers or changes. */
export interface Compose {
  readonly mode: Readable<ComposeMode>;
  readonly draft: Readable<string>;
  /** Undefined: everybody. */
  readonly to: Readable<ParticipantId | undefined>;
  /** Whom it may be for alone, by name; who was chosen stays in the list, here or not. */
  readonly people: Readable<readonly Counterpart[]>;
  /** Whom it is for has left. It never goes to everybody instead. */
  readonly recipientGone: Readable<boolean>;
  /** There is something to send, and somebody to send it to. */
  readonly isReady: Readable<boolean>;
  setDraft(text: string): void;
  setTo(to: ParticipantId | undefined): void;
  reply(message: Message): void;
  edit(message: Message): void;
  /** No answer, no change: what stays is whom it is for. */
  cancel(): void;
  clear(): void;
  stop(): void;
}

const NEW: ComposeMode = { kind: "new" };

export function createCompose(room: Room): Compose {
  const mode = cell<ComposeMode>(NEW);
  const draft = cell("");
  const chosen = cell<Counterpart | undefined>(undefined);
  const others = cell(othersOf(room));
  /** Put aside while another message is changed. */
  let aside = "";
  const stop = room.on("roster", () => {
    others.value = othersOf(room);
    const renamed = others.peek().find(({ id }) => id === chosen.peek()?.id);
    if (renamed !== undefined) chosen.value = renamed;
  });
  const target = derived(() => {
    const { kind, message } = mode.value;
    return kind === "edit" ? message.privateWith : chosen.value;
  });
  const recipientGone = derived(() => {
    const { value } = target;
    return value !== undefined && !others.value.some(({ id }) => id === value.id);
  });
  const leaveEdit = () => {
    if (mode.peek().kind === "edit") draft.value = aside;
    aside = "";
    mode.value = NEW;
  };
  return {
    mode,
    draft,
    recipientGone,
    to: derived(() => target.value?.id),
    people: derived(() => {
      const { value } = target;
      if (value === undefined || !recipientGone.value) return others.value;
      return [...others.value, value];
    }),
    isReady: derived(() => normalizeChatText(draft.value) !== "" && !recipientGone.value),
    setDraft(text) {
      draft.value = text.slice(0, CHAT_TEXT_MAX);
    },
    setTo(to) {
      if (mode.peek().kind === "edit") leaveEdit();
      chosen.value = to === undefined ? undefined : others.peek().find(({ id }) => id === to);
      // An answer to what only two people know is for the other of them.
      const { message } = mode.peek();
      if (message?.privateWith !== undefined && message.privateWith.id !== to) mode.value = NEW;
    },
    reply(message) {
      leaveEdit();
      mode.value = { kind: "reply", message };
      if (message.privateWith !== undefined) chosen.value = message.privateWith;
    },
    edit(message) {
      if (mode.peek().kind !== "edit") aside = draft.peek();
      mode.value = { kind: "edit", message };
      draft.value = message.text;
    },
    cancel: leaveEdit,
    clear() {
      if (mode.peek().kind === "edit") leaveEdit();
      else {
        draft.value = "";
        mode.value = NEW;
      }
    },
    stop,
  };
}

function othersOf(room: Room): readonly Counterpart[] {
  return [...room.participants.values()]
    .filter(({ isLocal }) => !isLocal)
    .map(({ id, profile }) => ({ id, name: profile.displayName }))
    .sort((a, b) => compareNames(a.name, b.name) || a.id - b.id);
}
