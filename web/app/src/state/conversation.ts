import type { ParticipantId } from "@conclave/sdk";
import type { ChatWord } from "@conclave/sdk/messages";
import { splitLinks, type TextPiece } from "./links.ts";

/** Whom a private message is exchanged with. The name as it was: who it is may have left since. */
export interface Counterpart {
  readonly id: ParticipantId;
  readonly name: string;
}

/** A message as this person knows it now. */
export interface Message {
  /** Of this list, ascending. */
  readonly key: number;
  /** Its author's, see ChatWord. */
  readonly id: string;
  readonly from: ParticipantId;
  readonly name: string;
  readonly isLocal: boolean;
  readonly at: number;
  /** Undefined: all can read it. */
  readonly privateWith: Counterpart | undefined;
  readonly replyTo: string | undefined;
  readonly text: string;
  readonly pieces: readonly TextPiece[];
  /** 0: as it was first sent. */
  readonly revision: number;
  readonly deleted: boolean;
}

export type Conversation = readonly Message[];

/** Longer meetings forget their oldest messages; nothing is stored anyway. */
export const MESSAGES_MAX = 1000;

/** Who says a word, as the room tells it. */
export type Author = Pick<Message, "from" | "name" | "isLocal" | "at" | "privateWith">;

/**
 * The conversation after a word. Only a message's author changes it, to the same people, and not back
 * to an older text; a deleted one is gone. Anything else changes nothing.
 */
export function hear(known: Conversation, author: Author, word: ChatWord): Conversation {
  const index = known.findIndex(({ id, from }) => id === word.id && from === author.from);
  const message = known[index];
  if (word.type === "say") return message === undefined ? said(known, author, word) : known;
  if (message === undefined || !mayChange(author, message)) return known;
  if (word.type === "delete") return replaced(known, index, deleted(message));
  if (word.revision <= message.revision) return known;
  const { text, revision } = word;
  return replaced(known, index, { ...message, text, pieces: splitLinks(text), revision });
}

function mayChange({ privateWith }: Author, message: Message): boolean {
  return !message.deleted && privateWith?.id === message.privateWith?.id;
}

function replaced(known: Conversation, at: number, message: Message): Conversation {
  return known.map((other, index) => (index === at ? message : other));
}

function deleted(message: Message): Message {
  return { ...message, text: "", pieces: [], replyTo: undefined, deleted: true };
}

function said(
  known: Conversation,
  author: Author,
  { id, text, replyTo }: Extract<ChatWord, { type: "say" }>,
): Conversation {
  const key = (known.at(-1)?.key ?? 0) + 1;
  const message = { ...author, key, id, text, pieces: splitLinks(text), replyTo };
  return [...known.slice(1 - MESSAGES_MAX), { ...message, revision: 0, deleted: false }];
}

/** What a message answers: by its id alone, so where two people claim the same it is neither. */
export function answered(known: Conversation, { replyTo }: Message): Message | undefined {
  const found = replyTo === undefined ? [] : known.filter(({ id }) => id === replyTo);
  return found.length === 1 ? found[0] : undefined;
}
