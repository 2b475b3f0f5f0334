import { type MessageKey, t } from "../messages/messages.ts";
import { cell, derived, type Readable } from "./cells.ts";
import type { DeviceStatus, LocalMedia } from "./localMedia.ts";
import type { DeviceKind, PreferenceStore } from "./ports.ts";
import type { ShortcutAction } from "./shortcuts.ts";

/** What stands in the way of a device, in words, and the one thing to do about it. */
export interface DeviceNotice {
  readonly kind: DeviceKind;
  readonly text: string;
  /** The label of a button that tries again; undefined where the person must act elsewhere first. */
  readonly retry: string | undefined;
}

/** Before the meeting: see and hear oneself, say one's name, go in. */
export interface Prejoin {
  readonly roomName: string;
  /** End to end; else to the server only. */
  readonly sealed: boolean;
  readonly local: LocalMedia;
  readonly name: Readable<string>;
  readonly joining: Readable<boolean>;
  /** Of two people in an encrypted meeting, the other one's machine is not to see this one's address. */
  readonly addressPrivate: Readable<boolean>;
  readonly notices: Readable<readonly DeviceNotice[]>;
  /** Whether the browser asks the person for permission just now. */
  readonly asking: Readable<boolean>;
  setName(name: string): void;
  setAddressPrivate(isPrivate: boolean): void;
  retry(kind: DeviceKind): void;
  act(action: ShortcutAction): void;
  join(): void;
  joinWithoutDevices(): void;
}

export interface PrejoinContext {
  readonly roomName: string;
  readonly sealed: boolean;
  readonly local: LocalMedia;
  readonly preferences: PreferenceStore;
  readonly joining: Readable<boolean>;
  readonly onJoin: (displayName: string) => void;
}

/** The contract's limit for a display name. */
export const DISPLAY_NAME_MAX = 80;

export function createPrejoin(context: PrejoinContext): Prejoin {
  const { local, preferences, joining } = context;
  const name = cell(preferences.read().displayName ?? "");
  const addressPrivate = cell(preferences.read().addressPrivate ?? false);
  const join = () => {
    if (joining.peek()) return;
    const displayName = name.peek().trim();
    preferences.write({ displayName });
    context.onJoin(displayName);
  };
  return {
    roomName: context.roomName,
    sealed: context.sealed,
    local,
    name,
    joining,
    addressPrivate,
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
    join,
    joinWithoutDevices() {
      local.stop();
      join();
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
