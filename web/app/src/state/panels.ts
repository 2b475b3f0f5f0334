import { cell, type Readable } from "./cells.ts";
import type { Chat } from "./chat.ts";
import type { Late } from "./late.ts";
import type { Notices } from "./notices.ts";
import type { Polls } from "./polls.ts";

export type Panel = "none" | "chat" | "polls" | "people";

/** What stands beside the stage: one panel at a time. */
export interface Panels {
  readonly shown: Readable<Panel>;
  toggle(panel: Exclude<Panel, "none">): void;
  open(panel: Exclude<Panel, "none">): void;
  close(): void;
}

export function createPanels(chat: Chat, polls: Late<Polls>, notices: Notices): Panels {
  const shown = cell<Panel>("none");
  const show = (panel: Panel) => {
    shown.value = panel;
    chat.setOpen(panel === "chat");
    polls.part.peek()?.setSeen(panel === "polls");
    if (panel === "chat") notices.dismissTopic("chat");
    if (panel === "polls") notices.dismissTopic("poll");
  };
  return {
    shown,
    toggle: (panel) => show(shown.peek() === panel ? "none" : panel),
    open: show,
    close: () => show("none"),
  };
}
