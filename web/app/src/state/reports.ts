import type { ErrorCode, Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import type { Chat } from "./chat.ts";
import type { LocalMedia } from "./localMedia.ts";
import type { Notices } from "./notices.ts";
import { deviceNotice } from "./prejoin.ts";

/** What of a meeting becomes a notice. Each returns how to stop. */

const PREVIEW_CHARACTERS_MAX = 80;

/** A message while the chat is closed: enough of it to decide whether to open the chat. */
export function reportUnreadChat(chat: Chat, notices: Notices): () => void {
  return chat.onUnread(({ text }, name) => {
    const line = text.replace(/\s+/g, " ");
    const cut = line.length > PREVIEW_CHARACTERS_MAX;
    const preview = cut ? `${line.slice(0, PREVIEW_CHARACTERS_MAX - 1)}…` : line;
    const sender = name || t("person.guest");
    notices.show(t("notice.chat", { name: sender, text: preview }), { topic: "chat" });
  });
}

/** What failed without ending the meeting. That sound waits for a click has a banner of its own. */
export function reportErrors(room: Room, notices: Notices): () => void {
  return room.on("error", ({ code }) => {
    if (code !== "autoplay-blocked") notices.show(errorText(code), { tone: "problem" });
  });
}

/** A device that fails during the meeting: what was wrong before it, the person knows already. */
export function reportDeviceFailures(local: LocalMedia, notices: Notices): () => void {
  const stops = [local.microphone, local.camera].map(({ kind, status }) => {
    let last = status.peek();
    return status.subscribe((next) => {
      const failure = next === last ? undefined : deviceNotice(kind, next);
      last = next;
      if (failure) notices.show(failure.text, { tone: "problem" });
    });
  });
  return () => {
    for (const stop of stops) stop();
  };
}

function errorText(code: ErrorCode): string {
  if (code === "rate-limited" || code === "too-large" || code === "media-leaked") {
    return t(`notice.${code}`);
  }
  return t("notice.problem");
}
