import { cell, type Readable } from "./cells.ts";
import type { Chat } from "./chat.ts";
import type { Notices } from "./notices.ts";

export type Panel = "none" | "chat" | "people";

/** What stands beside the stage: one panel at a time. */
export interface Panels {
  readonly shown: Readable<Panel>;
  toggle(panel: Exclude<Panel, "none">): void;
  open(panel: Exclude<Panel, "none">): void;
  close(): void;
}

export function createPanels(chat: Chat, notices: Notices): Panels {
  const shown = cell<Panel>("none");
  const show = (panel: Panel) => {
    shown.value = panel;
    chat.setOpen(panel === "chat");
    if (panel === "chat") notices.dismissTopic("chat");
  };
  return {
    shown,
    toggle: (panel) => show(shown.peek() === panel ? "none" : panel),
    open: show,
    close: () => show("none"),
  };
}
