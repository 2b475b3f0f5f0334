import { t } from "../messages/messages.ts";
import type { ChatGroup, ChatLine } from "./chatGroups.ts";

/** The conversation as it is kept in a file: who, when, what. */
export function chatAsText(groups: readonly ChatGroup[]): string {
  return groups.map((group) => `${head(group)}\n${lines(group)}\n`).join("\n");
}

function head({ at, name, isLocal, privateWith }: ChatGroup): string {
  const when = new Date(at).toISOString().replace("T", " ").slice(0, 19);
  const own = name || t("person.guest");
  const who = isLocal ? t("person.you", { name: own }) : own;
  return [`${when} UTC  ${who}`, ...audience(isLocal, privateWith)].join(", ");
}

function audience(isLocal: boolean, privateWith: ChatGroup["privateWith"]): string[] {
  if (privateWith === undefined) return [];
  const name = privateWith.name || t("person.guest");
  return [isLocal ? t("chat.privateTo", { name }) : t("chat.privateToYou")];
}

/** Indented, so that nobody can write what looks like another's message. */
function lines({ lines: written }: ChatGroup): string {
  return written
    .map(words)
    .join("\n")
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => `    ${line}`)
    .join("\n");
}

function words({ pieces, deleted, edited, quote }: ChatLine): string {
  if (deleted) return `[${t("chat.deleted")}]`;
  const name = quote?.isLocal ? t("tile.you") : quote?.name || t("person.guest");
  const answers = quote?.key === undefined ? "" : `> ${name}: ${quote.text}\n`;
  const text = pieces.map((piece) => piece.text).join("");
  return `${answers}${text}${edited ? ` [${t("chat.edited")}]` : ""}`;
}
