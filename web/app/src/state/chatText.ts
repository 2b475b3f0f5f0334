import { t } from "../messages/messages.ts";
import type { ChatGroup } from "./chat.ts";

/** The conversation as it is kept in a file: who, when, what. */
export function chatAsText(groups: readonly ChatGroup[]): string {
  return groups.map((group) => `${head(group)}\n${lines(group)}\n`).join("\n");
}

function head({ at, name, isLocal }: ChatGroup): string {
  const when = new Date(at).toISOString().replace("T", " ").slice(0, 19);
  const own = name || t("person.guest");
  return `${when} UTC  ${isLocal ? t("person.you", { name: own }) : own}`;
}

/** Indented, so that nobody can write what looks like another's message. */
function lines({ lines: written }: ChatGroup): string {
  const texts = written.map(({ pieces }) => pieces.map(({ text }) => text).join(""));
  return texts
    .join("\n")
    .split(/\r\n|[\r\n\u2028\u2029]/)
    .map((line) => `    ${line}`)
    .join("\n");
}
