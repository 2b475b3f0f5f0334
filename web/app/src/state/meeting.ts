import type { EndReason, ErrorCode, JoinOptions, Room } from "@conclave/sdk";
import { t } from "../messages/messages.ts";
import { announceArrivals } from "./arrivals.ts";
import { cell, derived, type Readable, watch } from "./cells.ts";
import { type Chat, createChat } from "./chat.ts";
import type { Clock } from "./clock.ts";
import { type Connection, createConnection } from "./connection.ts";
import type { LocalMedia } from "./localMedia.ts";
import { createMedia, type Media } from "./media.ts";
import { createNotices, type Notices } from "./notices.ts";
import { createPeople, type People } from "./people.ts";
import type { Devices, Page } from "./ports.ts";
import { deviceNotice } from "./prejoin.ts";
import { type JoinedTracks, publishLocalMedia } from "./publishing.ts";
import { createShare, type Share } from "./share.ts";
import { PushToTalk, type ShortcutAction } from "./shortcuts.ts";
import { createSpeaking, type Speaking } from "./speaking.ts";
import { createStage, type Stage } from "./stage.ts";

export type JoinRoom = (options: JoinOptions) => Promise<Room>;
export type Panel = "none" | "chat" | "people";

export interface MeetingContext {
  readonly room: Room;
  readonly roomName: string;
  readonly local: LocalMedia;
  readonly joinedWith: JoinedTracks;
  readonly devices: Devices;
  readonly clock: Clock;
  readonly page: Page;
  /** The meeting is over for this person. */
  readonly onEnded: (reason: EndReason) => void;
  /** Leaves and joins again. */
  readonly onRejoin: () => void;
}

/** A meeting as this person sees it: the sum of what is on the screen. */
export interface Meeting {
  readonly room: Room;
  readonly roomName: string;
  readonly link: string;
  readonly local: LocalMedia;
  readonly stage: Stage;
  readonly media: Media;
  readonly speaking: Speaking;
  readonly chat: Chat;
  readonly people: People;
  readonly share: Share;
  readonly connection: Connection;
  readonly notices: Notices;
  readonly pushToTalk: PushToTalk;
  readonly panel: Readable<Panel>;
  readonly peopleCount: Readable<number>;
  /** Nobody else is here: never was, or not any more. */
  readonly alone: Readable<"first" | "last" | undefined>;
  /** The browser wants a click before it plays sound. */
  readonly soundBlocked: Readable<boolean>;
  /** Call in a click. */
  startSound(): Promise<void>;
  togglePanel(panel: Exclude<Panel, "none">): void;
  closePanel(): void;
  copyLink(): Promise<void>;
  act(action: ShortcutAction): void;
  leave(): void;
  rejoin(): void;
}

export function createMeeting(context: MeetingContext): Meeting {
  const { room, local, devices, clock, page } = context;
  const notices = createNotices(clock);
  const stage = createStage(room, clock, page.visible);
  const media = createMedia(room);
  const speaking = createSpeaking(room, clock);
  const chat = createChat(room);
  const people = createPeople(room);
  const share = createShare(room, devices, notices);
  const connection = createConnection(room, clock);
  const panel = cell<Panel>("none");
  const soundBlocked = cell(false);
  const hadCompany = cell(false);
  const link = page.origin + page.path;

  const startSound = async () => {
    try {
      await room.startAudio();
      soundBlocked.value = false;
    } catch {
      soundBlocked.value = true;
    }
  };
  const setPanel = (next: Panel) => {
    panel.value = next;
    chat.setOpen(next === "chat");
    if (next === "chat") notices.dismissTopic("chat");
  };
  const togglePanel = (which: Exclude<Panel, "none">) =>
    setPanel(panel.peek() === which ? "none" : which);
  const toggle = async (kind: "microphone" | "camera") => {
    await local.toggle(kind);
    notices.say(t(local[kind].on.peek() ? `notice.${kind}On` : `notice.${kind}Off`));
  };

  const stops = [
    watch(() => {
      if (people.rows.value.length > 1) hadCompany.value = true;
    }),
    publishLocalMedia(room, local, context.joinedWith),
    announceArrivals(room, clock, notices),
    chat.onUnread((message, name) =>
      notices.show(
        t("notice.chat", { name: name || t("person.guest"), text: preview(message.text) }),
        { topic: "chat" },
      ),
    ),
    room.on("error", (error) => {
      if (error.code === "autoplay-blocked") soundBlocked.value = true;
      else notices.show(errorText(error.code), { tone: "problem" });
    }),
    watch(() => {
      const speaker = local.speakerId.value;
      if (speaker !== undefined) void room.setAudioOutput(speaker).catch(() => {});
    }),
    page.keepAwake(),
    watchFailures(local, notices),
    stage.stop,
    media.stop,
    speaking.stop,
    chat.stop,
    people.stop,
    connection.stop,
    notices.stop,
  ];
  const end = (reason: EndReason) => {
    share.stop();
    for (const stop of stops.splice(0)) stop();
    context.onEnded(reason);
  };
  stops.push(
    room.on("state", ({ state, reason }) => {
      if (state === "ended") end(reason ?? "left");
    }),
  );
  void startSound();

  return {
    room,
    roomName: context.roomName,
    link,
    local,
    stage,
    media,
    speaking,
    chat,
    people,
    share,
    connection,
    notices,
    panel,
    soundBlocked,
    startSound,
    togglePanel,
    peopleCount: derived(() => people.rows.value.length),
    pushToTalk: new PushToTalk(
      () => local.microphone.track.peek() !== undefined && !local.microphone.on.peek(),
      (muted) => void local.set("microphone", !muted),
    ),
    alone: derived(() => {
      if (people.rows.value.length > 1) return undefined;
      return hadCompany.value ? "last" : "first";
    }),
    closePanel: () => setPanel("none"),
    async copyLink() {
      const copied = await page.copy(link);
      notices.show(t(copied ? "notice.linkCopied" : "notice.linkNotCopied", { link }), {
        topic: "link",
      });
    },
    act(action) {
      if (action === "toggle-microphone") void toggle("microphone");
      else if (action === "toggle-camera") void toggle("camera");
      else if (action === "toggle-share") void share.toggle();
      else if (action === "toggle-chat") togglePanel("chat");
      else if (action === "toggle-people") togglePanel("people");
      else stage.turnPage(action === "page-forward" ? 1 : -1);
    },
    leave: () => void room.leave(),
    rejoin() {
      context.onRejoin();
    },
  };
}

/** A device that fails during the meeting: what was wrong before it, the person knows already. */
function watchFailures(local: LocalMedia, notices: Notices): () => void {
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

/** What went wrong in a meeting that goes on. */
function errorText(code: ErrorCode): string {
  if (code === "rate-limited" || code === "too-large") return t(`notice.${code}`);
  return t("notice.problem");
}

/** Enough of a message to decide whether to open the chat. */
function preview(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
