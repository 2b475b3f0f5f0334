import type { EndReason, JoinOptions, ParticipantId, Room } from "@conclave/sdk";
import { makeMessageId } from "@conclave/sdk/messages";
import { t } from "../messages/messages.ts";
import { announceArrivals } from "./arrivals.ts";
import { type Attendance, createAttendance } from "./attendance.ts";
import { type AudioOnly, createAudioOnly } from "./audioOnly.ts";
import { type BoardDoor, createBoardDoor } from "./board/boardDoor.ts";
import { type BreakoutRooms, createBreakouts } from "./breakouts.ts";
import { cell, derived, type Readable } from "./cells.ts";
import { type Chat, createChat } from "./chat.ts";
import { chatAsText } from "./chatText.ts";
import type { Clock } from "./clock.ts";
import { type Connection, createConnection } from "./connection.ts";
import { createDirectPath, type DirectPath } from "./directPath.ts";
import { reportEffects, watchEncoder } from "./effectReports.ts";
import { createEncryption, type Encryption } from "./encryption.ts";
import type { Files } from "./files/files.ts";
import { createGestures, type Gestures } from "./gestures.ts";
import { createHosting, type Hosting } from "./hosting.ts";
import { createInvitation, type Invitation } from "./invitation.ts";
import { createLate, type Late } from "./late.ts";
import { createLobby, type Lobby } from "./lobby.ts";
import type { LocalMedia } from "./localMedia.ts";
import { createMedia, type Media } from "./media.ts";
import { hintAtMutedTalk } from "./mutedTalk.ts";
import { createNoticeChoices, type NoticeChoices } from "./noticeChoices.ts";
import { createNotices, type Notices } from "./notices.ts";
import { createPanels, type Panels } from "./panels.ts";
import { createPeople, type People } from "./people.ts";
import type { Polls } from "./polls.ts";
import type { DeviceKind, Devices, FullScreen, Page, PreferenceStore } from "./ports.ts";
import { type JoinedTracks, publishLocalMedia } from "./publishing.ts";
import { createQuality, type Quality } from "./quality.ts";
import { createRecordingDoor, type RecordingDoor } from "./recording/recordingDoor.ts";
import { reportChat, reportDeviceFailures, reportErrors } from "./reports.ts";
import { isNamed } from "./route.ts";
import type { SettingsContext } from "./settings.ts";
import { createShare, type Share } from "./share.ts";
import { createKeys, type Keys, PushToTalk, type ShortcutAction } from "./shortcuts.ts";
import { createSmallWindow, type SmallWindow } from "./smallWindow.ts";
import { createSound, type Sound } from "./sound.ts";
import { createSpeaking, type Speaking } from "./speaking.ts";
import { createStage, type Stage } from "./stage.ts";
import { createStatistics, type Statistics } from "./statistics.ts";
import { followSystemControls } from "./systemControls.ts";
import type { Verification } from "./verification.ts";
import { createViewChoices, type ViewChoices } from "./viewChoices.ts";
import { createVolumes, type Volumes } from "./volumes.ts";

export type JoinRoom = (options: JoinOptions) => Promise<Room>;

export interface MeetingContext {
  readonly room: Room;
  readonly roomName: string;
  readonly local: LocalMedia;
  readonly joinedWith: JoinedTracks;
  readonly devices: Devices;
  readonly clock: Clock;
  readonly page: Page;
  readonly preferences: PreferenceStore;
  /** Fills an array from the operating system's entropy. */
  readonly randomBytes: (into: Uint8Array<ArrayBuffer>) => void;
  /** The meeting is over for this person. */
  readonly onEnded: (reason: EndReason) => void;
  /** Leaves and joins again. */
  readonly onRejoin: () => void;
}

/** A meeting as this person sees it: one part for each thing on the screen. */
export interface Meeting {
  readonly roomName: string;
  readonly invitation: Invitation;
  readonly local: LocalMedia;
  readonly choices: ViewChoices;
  readonly fullScreen: FullScreen;
  readonly stage: Stage;
  readonly media: Media;
  readonly speaking: Speaking;
  readonly sound: Sound;
  readonly volumes: Volumes;
  readonly chat: Chat;
  readonly polls: Late<Polls>;
  readonly files: Late<Files>;
  readonly board: BoardDoor;
  readonly recording: RecordingDoor;
  readonly gestures: Gestures;
  readonly hosting: Hosting;
  readonly lobby: Lobby;
  readonly breakouts: BreakoutRooms;
  readonly encryption: Encryption;
  /** Undefined where the meeting is not end-to-end encrypted, and until its code is here. */
  readonly verification: Readable<Verification | undefined>;
  readonly path: DirectPath;
  readonly people: People;
  readonly panels: Panels;
  readonly share: Share;
  readonly connection: Connection;
  readonly quality: Quality;
  readonly statistics: Statistics;
  readonly audioOnly: AudioOnly;
  readonly smallWindow: SmallWindow;
  readonly notices: Notices;
  readonly noticeChoices: NoticeChoices;
  readonly settingsContext: SettingsContext;
  readonly settingsShown: Readable<boolean>;
  readonly keys: Keys;
  readonly pushToTalk: PushToTalk;
  readonly act: (action: ShortcutAction) => void;
  setSettingsShown(shown: boolean): void;
  /** The connection's numbers, to be pasted elsewhere; false where the browser refuses. */
  copyReport(): Promise<boolean>;
  /** Opens the chat for a message to that person alone. */
  writeTo(person: ParticipantId): void;
  /** As a text file, for this person alone. */
  saveChat(): void;
  /** Who was here from when to when, as this client saw it, as a table: see Attendance. */
  saveAttendance(title: string, head: Parameters<Attendance["asCsv"]>[0]): void;
  leave(): void;
  rejoin(): void;
}

export function createMeeting(context: MeetingContext): Meeting {
  return new MeetingModel(context);
}

class MeetingModel implements Meeting {
  readonly roomName: string;
  readonly invitation: Invitation;
  readonly local: LocalMedia;
  readonly choices: ViewChoices;
  readonly fullScreen: FullScreen;
  readonly stage: Stage;
  readonly media: Media;
  readonly speaking: Speaking;
  readonly sound: Sound;
  readonly volumes: Volumes;
  readonly chat: Chat;
  readonly polls: Late<Polls>;
  readonly files: Late<Files>;
  readonly board: BoardDoor;
  readonly recording: RecordingDoor;
  readonly gestures: Gestures;
  readonly hosting: Hosting;
  readonly lobby: Lobby;
  readonly breakouts: BreakoutRooms;
  readonly encryption: Encryption;
  readonly verification = cell<Verification | undefined>(undefined);
  readonly path: DirectPath;
  readonly people: People;
  readonly panels: Panels;
  readonly share: Share;
  readonly connection: Connection;
  readonly quality: Quality;
  readonly statistics: Statistics;
  readonly audioOnly: AudioOnly;
  readonly smallWindow: SmallWindow;
  readonly notices: Notices;
  readonly noticeChoices: NoticeChoices;
  readonly settingsContext: SettingsContext;
  readonly settingsShown = cell(false);
  readonly keys: Keys;
  readonly pushToTalk: PushToTalk;
  readonly #context: MeetingContext;
  readonly #attendance: Attendance;
  #stops: (() => void)[];

  constructor(context: MeetingContext) {
    const { room, local, devices, clock, page } = context;
    this.#context = context;
    this.roomName = context.roomName;
    this.local = local;
    this.noticeChoices = createNoticeChoices(context.preferences);
    this.notices = createNotices(clock, {
      choices: this.noticeChoices,
      chime: (what) => page.chime(what),
    });
    this.settingsContext = context;
    const choices = createViewChoices(context.preferences, page);
    this.choices = choices;
    this.invitation = createInvitation({ ...context, notices: this.notices });
    this.fullScreen = page.fullScreen;
    const newId = () => makeMessageId(context.randomBytes);
    this.board = createBoardDoor(room, async () => {
      const { createBoard } = await import("../views/board/index.ts");
      return createBoard({ room, clock, notices: this.notices, newId });
    });
    this.recording = createRecordingDoor(room, async (active) => {
      const { openRecording } = await import("../views/recording/index.ts");
      const { notices } = this;
      return openRecording({ room, clock, notices, local, active }, () => this.#fileName());
    });
    const { active } = this.recording;
    const visible = derived(() => page.visible.value || active.value);
    this.#attendance = createAttendance(room, clock);
    this.stage = createStage({
      ...{ room, clock, visible, choices },
      board: this.board.shown,
    });
    this.media = createMedia(room);
    this.speaking = createSpeaking(room, clock);
    this.sound = createSound(room, local.speakerId);
    this.volumes = createVolumes(room);
    this.chat = createChat(room, { now: () => clock.now(), newId });
    this.gestures = createGestures(room, clock, this.notices);
    this.encryption = createEncryption(room, clock, this.notices, isNamed(page.path));
    this.path = createDirectPath(room, context.preferences);
    this.people = createPeople(room);
    this.polls = createLate(room, ["poll", "vote"], async () => {
      const { createPolls } = await import("./polls.ts");
      const { notices } = this;
      const polls = createPolls({ room, clock, notices, newId });
      polls.setSeen(this.panels.shown.peek() === "polls");
      return polls;
    });
    this.files = createLate(room, ["file"], async () => {
      const { createFiles } = await import("./files/files.ts");
      const { notices, chat } = this;
      const saveFile = page.saveFile;
      const onNew = (notice: string) => {
        if (chat.addUnread()) notices.show(notice, { topic: "chat" });
      };
      const { faceFromText, faceUrl: urlOf } = await import("../platform/faces.ts");
      const forget = (url: string) => URL.revokeObjectURL(url);
      const faces = { urlOf, forget };
      const files = createFiles({ room, clock, notices, newId, saveFile, onNew, faces });
      let told: string | undefined;
      const follow = () => {
        const { face } = context.preferences.read();
        if (face === told) return;
        told = face;
        void files.faces.setOwn(faceFromText(face));
      };
      follow();
      this.#stops.push(context.preferences.onChange(follow));
      return files;
    });
    this.panels = createPanels(this.chat, this.polls, this.notices);
    const { notices } = this;
    const stopShare = () => this.share.stop();
    this.share = createShare(room, devices, notices, () => this.hosting.maySend("screen"));
    this.hosting = createHosting({ room, local, notices, stopShare });
    this.lobby = createLobby(room, notices);
    this.breakouts = createBreakouts(room, clock, notices);
    this.connection = createConnection(room, clock);
    this.quality = createQuality(room);
    this.statistics = createStatistics(room, clock);
    this.audioOnly = createAudioOnly(room, clock, (on) => this.stage.wishes.setAudioOnly(on));
    this.smallWindow = createSmallWindow(room, page, this.stage.wishes);
    this.keys = createKeys(context.preferences);
    this.pushToTalk = new PushToTalk(
      () => local.microphone.track.peek() !== undefined && !local.microphone.on.peek(),
      (muted) => void local.set("microphone", !muted),
    );
    this.#stops = this.#follow();
    if (room.encryption !== undefined) void this.#verify();
  }

  readonly act = (action: ShortcutAction): void => this.#actions[action]();

  readonly #actions: Readonly<Record<ShortcutAction, () => void>> = {
    "toggle-microphone": () => void this.#toggle("microphone"),
    "toggle-camera": () => void this.#toggle("camera"),
    "toggle-share": () => void this.share.toggle(),
    "toggle-chat": () => this.panels.toggle("chat"),
    "toggle-people": () => this.panels.toggle("people"),
    "toggle-hand": () => this.gestures.setHand(!this.gestures.handRaised.peek()),
    "toggle-arrangement": () => {
      const { arrangement } = this.choices;
      this.choices.setArrangement(arrangement.peek() === "grid" ? "speaker" : "grid");
    },
    "toggle-full-screen": () => void this.fullScreen.toggle(),
    "toggle-audio-only": () => this.audioOnly.set(!this.audioOnly.on.peek()),
    "show-shortcuts": () => this.keys.setListed(!this.keys.listed.peek()),
    "page-back": () => this.stage.turnPage(-1),
    "page-forward": () => this.stage.turnPage(1),
  };

  setSettingsShown(shown: boolean): void {
    this.settingsShown.value = shown;
  }

  async copyReport(): Promise<boolean> {
    const copied = await this.#context.page.copy(this.statistics.report());
    if (copied) this.notices.say(t("statistics.copied"));
    return copied;
  }

  writeTo(person: ParticipantId): void {
    this.chat.compose.setTo(person);
    this.panels.open("chat");
  }

  saveChat(): void {
    this.#context.page.save(`${this.#fileName()}.txt`, chatAsText(this.chat.groups.peek()));
  }

  saveAttendance(title: string, head: Parameters<Attendance["asCsv"]>[0]): void {
    const name = `${this.#fileName()} ${title}.csv`;
    this.#context.page.save(name, this.#attendance.asCsv(head));
  }

  #fileName(): string {
    const day = new Date(this.#context.clock.now()).toISOString().slice(0, 10);
    return `${this.roomName} ${day}`;
  }

  leave(): void {
    void this.#context.room.leave();
  }

  rejoin(): void {
    this.#context.onRejoin();
  }

  async #verify(): Promise<void> {
    const { room, preferences, clock } = this.#context;
    const { createVerification } = await import("./verification.ts");
    if (room.state === "ended") return;
    const verification = createVerification({ room, preferences, clock, notices: this.notices });
    this.verification.value = verification;
    this.#stops.push(() => verification.stop());
  }

  /** A key has no button that a screen reader would read again. */
  async #toggle(kind: DeviceKind): Promise<void> {
    const { on } = this.local[kind];
    const before = on.peek();
    await this.local.toggle(kind);
    // Where it may not be turned on, that has been said.
    if (on.peek() === before) return;
    this.notices.say(t(on.peek() ? `notice.${kind}On` : `notice.${kind}Off`));
  }

  #follow(): (() => void)[] {
    const { room, local, clock, page, joinedWith } = this.#context;
    const { notices } = this;
    const parts = [
      ...[
        this.stage,
        this.media,
        this.speaking,
        this.sound,
        this.chat,
        this.polls,
        this.files,
        this.board,
        this.people,
      ],
      ...[
        this.gestures,
        this.hosting,
        this.lobby,
        this.breakouts,
        this.encryption,
        this.connection,
        this.quality,
        this.statistics,
        this.audioOnly,
      ],
      ...[this.smallWindow, this.path, notices],
    ];
    return [
      page.onWindowWanted(() => {
        if (this.smallWindow.opened.peek() === undefined) void this.smallWindow.toggle();
      }),
      publishLocalMedia(room, local, joinedWith),
      announceArrivals(
        room,
        clock,
        notices,
        (id) =>
          this.verification
            .peek()
            ?.people.peek()
            .some((person) => person.id === id && person.standing === "verified") === true,
      ),
      reportChat(this.chat, notices),
      reportErrors(room, notices),
      reportDeviceFailures(local, notices),
      reportEffects(local.effects, notices),
      watchEncoder(room, clock, local.effects),
      this.#followFaces(),
      hintAtMutedTalk(local, clock, notices),
      page.keepAwake(),
      followSystemControls(page.systemControls, this.roomName, local, () => this.leave()),
      room.on("state", ({ state, reason }) => {
        if (state === "ended") this.#end(reason ?? "left");
      }),
      () => this.#attendance.stop(),
      ...parts.map((part) => () => part.stop()),
    ];
  }

  /** Their code is fetched once somebody has one. */
  #followFaces(): () => void {
    const { room, preferences } = this.#context;
    const look = () => {
      const people = [...room.participants.values()];
      const isWanted = preferences.read().face || people.some(({ profile }) => profile.picture);
      if (isWanted) this.files.want();
    };
    look();
    const stops = [room.on("roster", look), preferences.onChange(look)];
    return () => {
      for (const stop of stops) stop();
    };
  }

  #end(reason: EndReason): void {
    this.share.stop();
    for (const stop of this.#stops.splice(0)) stop();
    this.#context.onEnded(reason);
  }
}
