import type { ErrorCode, Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import type { Chat } from "./chat.ts";
import { excerpt } from "./chatGroups.ts";
import type { LocalMedia } from "./localMedia.ts";
import type { Notices } from "./notices.ts";
import { deviceNotice } from "./prejoin.ts";

/** What of a meeting becomes a notice. Each returns how to stop. */

const PREVIEW_CHARACTERS_MAX = 80;

/**
 * A message while the chat is closed: enough of it to decide whether to open the chat. And one of this
 * person's that could not be sent.
 */
export function reportChat(chat: Chat, notices: Notices): () => void {
  const stops = [
    chat.onUnread(({ text, name, privateWith }) => {
      const key = privateWith === undefined ? "notice.chat" : "notice.chatPrivate";
      const words = {
        name: name || t("person.guest"),
        text: excerpt(text, PREVIEW_CHARACTERS_MAX),
      };
      notices.show(t(key, words), { topic: "chat" });
    }),
    chat.onFailed((code) => notices.show(errorText(code), { tone: "problem" })),
  ];
  return () => {
    for (const stop of stops) stop();
  };
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
  switch (code) {
    case "rate-limited":
    case "too-large":
    case "person-gone":
    case "media-leaked":
    case "not-allowed":
      return t(`notice.${code}`);
    default:
      return t("notice.problem");
  }
}
