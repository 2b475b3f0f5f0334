import type { Sight, WaitingRoom } from "@conclave/sdk";
import { type MessageKey, t } from "../messages/messages.ts";
import { cell, derived, type Readable } from "./cells.ts";
import type { LobbyLine } from "./lobby.ts";
import type { DeviceStatus, LocalMedia } from "./localMedia.ts";
import type { DeviceKind, PreferenceStore } from "./ports.ts";
import type { SettingsContext } from "./settings.ts";
import type { ShortcutAction } from "./shortcuts.ts";

/** What stands in the way of a device, in words, and the one thing to do about it. */
export interface DeviceNotice {
  readonly kind: DeviceKind;
  readonly text: string;
  /** The label of a button that tries again; undefined where the person must act elsewhere first. */
  readonly retry: string | undefined;
}

/** What of joining is about the passcode. */
export type PasscodeProblem = "passcode-needed" | "passcode-wrong" | "rate-limited";

/** The lobby, for who waits in it. */
export interface PrejoinLobby {
  readonly lines: Readable<readonly LobbyLine[]>;
  /** To those who decide. */
  say(text: string): void;
}

/** Before the meeting: see and hear oneself, say one's name, go in. */
export interface Prejoin {
  readonly roomName: string;
  /** End to end; else to the server only. */
  readonly sealed: boolean;
  /** Sealed without a link's secret: whoever knows the name may come. */
  readonly named: boolean;
  readonly local: LocalMedia;
  readonly name: Readable<string>;
  readonly joining: Readable<boolean>;
  /** Of two people in an encrypted meeting, the other one's machine is not to see this one's address. */
  readonly addressPrivate: Readable<boolean>;
  readonly notices: Readable<readonly DeviceNotice[]>;
  /** The meeting asks for a passcode; why it does so now. */
  readonly passcodeProblem: Readable<PasscodeProblem | undefined>;
  readonly passcode: Readable<string>;
  /** What awaits them; undefined while that is not known. */
  readonly sight: Readable<Sight | undefined>;
  /** This person waits to be let in. */
  readonly lobby: Readable<PrejoinLobby | undefined>;
  /** What was found to stand in the way of a meeting; undefined: nothing, or it is not known yet. */
  readonly network: Readable<"server" | "media" | undefined>;
  /** Whether the browser asks the person for permission just now. */
  readonly asking: Readable<boolean>;
  setName(name: string): void;
  setAddressPrivate(isPrivate: boolean): void;
  setPasscode(passcode: string): void;
  askPasscode(why: PasscodeProblem): void;
  setSight(sight: Sight | undefined): void;
  wait(room: WaitingRoom): void;
  stopWaiting(): void;
  retry(kind: DeviceKind): void;
  act(action: ShortcutAction): void;
  join(): void;
  joinWithoutDevices(): void;
  /** The preview is as in a mirror. */
  readonly mirrored: Readable<boolean>;
  readonly settingsContext: SettingsContext;
  /** What was changed there counts here. */
  onSettingsClosed(): void;
}

export interface PrejoinContext extends SettingsContext {
  readonly roomName: string;
  readonly sealed: boolean;
  readonly named: boolean;
  readonly joining: Readable<boolean>;
  readonly network: Readable<"server" | "media" | undefined>;
  readonly onJoin: (displayName: string, passcode: string) => void;
  readonly onStopWaiting: () => void;
}

/** Older lines go. */
const LINES_MAX = 50;
/** The contract's limit for a display name. */
export const DISPLAY_NAME_MAX = 80;

export function createPrejoin(context: PrejoinContext): Prejoin {
  const { local, preferences, joining } = context;
  const name = cell(preferences.read().displayName ?? "");
  const addressPrivate = cell(preferences.read().addressPrivate ?? false);
  const mirrored = cell(preferences.read().mirrored ?? true);
  const passcode = cell("");
  const passcodeProblem = cell<PasscodeProblem | undefined>(undefined);
  const sight = cell<Sight | undefined>(undefined);
  const lobby = cell<PrejoinLobby | undefined>(undefined);
  const join = () => {
    if (joining.peek()) return;
    const displayName = name.peek().trim();
    preferences.write({ displayName });
    context.onJoin(displayName, passcode.peek().trim());
  };
  return {
    roomName: context.roomName,
    sealed: context.sealed,
    named: context.named,
    local,
    name,
    joining,
    network: context.network,
    addressPrivate,
    passcode,
    passcodeProblem,
    lobby,
    sight,
    setSight(next) {
      sight.value = next;
      // Before the first attempt, not after it.
      if (next?.passcode) passcodeProblem.value ??= "passcode-needed";
    },
    setPasscode(next) {
      passcode.value = next;
    },
    askPasscode(why) {
      lobby.value = undefined;
      passcodeProblem.value = why;
    },
    wait(room) {
      lobby.value = createPrejoinLobby(room);
    },
    stopWaiting() {
      lobby.value = undefined;
      context.onStopWaiting();
    },
    setAddressPrivate(next) {
      addressPrivate.value = next;
      preferences.write({ addressPrivate: next });
    },
    asking: derived(() =>
      [local.microphone, local.camera].some((d) => d.status.value === "starting"),
    ),
    notices: derived(() =>
      [local.microphone, local.camera]
        .map((device) => deviceNotice(device.kind, device.status.value))
        .filter((notice) => notice !== undefined),
    ),
    setName(next) {
      name.value = next.slice(0, DISPLAY_NAME_MAX);
    },
    act(action) {
      if (action === "toggle-microphone") void local.toggle("microphone");
      if (action === "toggle-camera") void local.toggle("camera");
    },
    retry: (kind) => void local.set(kind, true),
    mirrored,
    settingsContext: context,
    onSettingsClosed() {
      addressPrivate.value = preferences.read().addressPrivate ?? false;
      mirrored.value = preferences.read().mirrored ?? true;
    },
    join,
    joinWithoutDevices() {
      local.stop();
      join();
    },
  };
}

function createPrejoinLobby(room: WaitingRoom): PrejoinLobby {
  const lines = cell<readonly LobbyLine[]>([]);
  const add = (text: string, fromHost: boolean) => {
    lines.value = [...lines.peek(), { text, fromHost }].slice(-LINES_MAX);
  };
  room.onWord((text) => add(text, true));
  return {
    lines,
    say(text) {
      if (text.trim() === "") return;
      room.say(text.trim());
      add(text.trim(), false);
    },
  };
}

export function deviceNotice(kind: DeviceKind, status: DeviceStatus): DeviceNotice | undefined {
  if (status === "off" || status === "starting" || status === "live") return undefined;
  const text: MessageKey = `device.${kind}.${status}`;
  return {
    kind,
    text: t(text),
    retry: t(status === "missing" ? "device.lookAgain" : "device.retry"),
  };
}
