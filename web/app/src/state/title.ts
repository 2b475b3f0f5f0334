import { t } from "../messages/messages.ts";
import type { Screen } from "./app.ts";

/** What the browser's tab says: the meeting, and how much of the chat is unread. */
export function titleOf(screen: Screen): string {
  if (screen.kind === "landing") return t("app.name");
  if (screen.kind === "problem") return t("app.title", { what: screen.problem.title });
  if (screen.kind === "check") return t("app.title", { what: t("check.title") });
  if (screen.kind === "prejoin") return t("app.title", { what: screen.prejoin.roomName });
  const { roomName: what, chat } = screen.meeting;
  const count = chat.unread.value;
  return count > 0 ? t("app.titleUnread", { count, what }) : t("app.title", { what });
}
