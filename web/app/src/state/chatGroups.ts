import type { ParticipantId } from "@conclave/sdk";
import { answered, type Conversation, type Counterpart, type Message } from "./conversation.ts";
import type { TextPiece } from "./links.ts";

/** What a message answers, as this person knows it now. */
export interface Quote {
  /** Undefined: it is not here (any more), or was never told to this person. */
  readonly key: number | undefined;
  readonly name: string;
  readonly isLocal: boolean;
  /** One line; empty where it was deleted. */
  readonly text: string;
}

export interface ChatLine {
  readonly key: number;
  readonly pieces: readonly TextPiece[];
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly quote: Quote | undefined;
}

/** What one person wrote in one go, to the same people. */
export interface ChatGroup {
  readonly key: number;
  readonly from: ParticipantId;
  /** As it was when the message came: the sender may have left since. */
  readonly name: string;
  readonly isLocal: boolean;
  readonly at: number;
  readonly privateWith: Counterpart | undefined;
  readonly lines: readonly ChatLine[];
}

/** Lines of one person within this time stand together. */
const GROUP_MS = 120_000;
const QUOTE_CHARACTERS_MAX = 120;

export function groupsOf(conversation: Conversation): ChatGroup[] {
  const groups: (Omit<ChatGroup, "lines"> & { lines: ChatLine[] })[] = [];
  for (const message of conversation) {
    const line = lineOf(message, conversation);
    const last = groups.at(-1);
    if (last !== undefined && joins(last, message)) last.lines.push(line);
    else {
      const { key, from, name, isLocal, at, privateWith } = message;
      groups.push({ key, from, name, isLocal, at, privateWith, lines: [line] });
    }
  }
  return groups;
}

/** The beginning of a message, on one line. */
export function excerpt(text: string, charactersMax = QUOTE_CHARACTERS_MAX): string {
  const line = text.replace(/\s+/g, " ").trim();
  const characters = [...line];
  if (characters.length <= charactersMax) return line;
  return `${characters.slice(0, charactersMax - 1).join("")}…`;
}

function joins(group: ChatGroup, { from, at, privateWith }: Message): boolean {
  const isSameTalk = group.from === from && group.privateWith?.id === privateWith?.id;
  return isSameTalk && at - group.at < GROUP_MS;
}

function lineOf(message: Message, conversation: Conversation): ChatLine {
  const { key, pieces, revision, deleted } = message;
  return { key, pieces, edited: revision > 0, deleted, quote: quoteOf(message, conversation) };
}

function quoteOf(message: Message, conversation: Conversation): Quote | undefined {
  if (message.replyTo === undefined) return undefined;
  const original = answered(conversation, message);
  if (original === undefined) return { key: undefined, name: "", isLocal: false, text: "" };
  const { key, name, isLocal, text } = original;
  return { key, name, isLocal, text: excerpt(text) };
}
