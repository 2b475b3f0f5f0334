import type { Language } from "../messages/languages.ts";
import type { Acquaintance } from "./acquaintances.ts";
import type { Readable } from "./cells.ts";
import type { Background, NoiseMode } from "./effects.ts";
import type { InstallPrompt } from "./install.ts";
import type { Happening } from "./noticeChoices.ts";
import type { SystemControls } from "./systemControls.ts";

/** What the view-models need from the browser. Made in `platform/`, faked in tests. */

export type DeviceKind = "microphone" | "camera";

/** Why a device did not start; each has its own text and its own way out. */
export type DeviceFailure =
  | "denied"
  /** The operating system keeps the browser from it. */
  | "denied-by-system"
  | "in-use"
  | "missing"
  | "failed";

export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}

export interface DeviceLists {
  readonly microphone: readonly DeviceChoice[];
  readonly camera: readonly DeviceChoice[];
  readonly speaker: readonly DeviceChoice[];
}

/** For each device that is wanted: which one, or undefined for the browser's choice. */
export type DeviceWants = Partial<Record<DeviceKind, DeviceWant>>;
export interface DeviceWant {
  readonly deviceId: string | undefined;
  /** Of a microphone; all of it unless said otherwise. */
  readonly processing?: SoundProcessing;
}
/** What the browser itself does to a microphone, besides taking the echo out. */
export interface SoundProcessing {
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}
export type OpenedDevices = Partial<Record<DeviceKind, MediaStreamTrack | DeviceFailure>>;

export interface ScreenTracks {
  readonly video: MediaStreamTrack;
  readonly audio: MediaStreamTrack | undefined;
}

export interface Devices {
  /** Opens what is wanted, with one question to the person where the browser asks. Never rejects. */
  open(wants: DeviceWants): Promise<OpenedDevices>;
  list(): Promise<DeviceLists>;
  /** Calls `listener` when a device is plugged in or out, or a permission changes. */
  onChange(listener: () => void): () => void;
  readonly canShareScreen: boolean;
  /** Undefined where the person called it off. */
  openScreen(): Promise<ScreenTracks | DeviceFailure | undefined>;
}

/** How loud a track is, 0 .. 1, also while it is disabled, some ten times a second until stopped. */
export type MeterLevel = (track: MediaStreamTrack, listener: (level: number) => void) => () => void;

/** A window over all others, which stays when the page is hidden. */
export interface OpenedWindow {
  /** What is drawn into it. */
  readonly root: HTMLElement;
  close(): void;
}

/** The page without anything around it. */
export interface FullScreen {
  readonly supported: boolean;
  readonly on: Readable<boolean>;
  /** Call in a click. */
  toggle(): Promise<void>;
}

/** The page around the meeting. */
export interface Page {
  readonly visible: Readable<boolean>;
  readonly origin: string;
  /** Of the current address, such as "/open/weekly-standup"; with the secret where it has one. */
  readonly path: string;
  /** The meeting has another link from now on: its secret's item of the fragment. Nothing is loaded. */
  replaceSecret(item: string): void;
  copy(text: string): Promise<boolean>;
  readonly canShare: boolean;
  /** Hands a link to another program of the person's choice; call in a click. */
  share(title: string, url: string): Promise<void>;
  /** Offers a text as a file of that name. */
  save(fileName: string, text: string): void;
  /** Among the downloads, or where the person says. */
  saveFile(fileName: string, content: Blob): void;
  /** Keeps the screen on until it is called off. */
  keepAwake(): () => void;
  readonly canOpenWindow: boolean;
  /** Call in a click. Rejects where the browser does not want it; `onClosed` is called once. */
  openWindow(onClosed: () => void): Promise<OpenedWindow>;
  setAppearance(appearance: Appearance): void;
  /** A short sound that only this person hears. */
  chime(what: Happening): void;
  readonly fullScreen: FullScreen;
  readonly systemControls: SystemControls;
  readonly installPrompt: InstallPrompt;
  /** The browser asks for the small window (it does when the tab is left); returns how to stop. */
  onWindowWanted(listener: () => void): () => void;
}

/** "speaker": who spoke last is large, and the others are in a strip. */
export type StageArrangement = "grid" | "speaker";
/** Whether one sees oneself beside others. */
export type SelfView = "shown" | "hidden";
/** Light or dark as the system says, or always. */
export type Appearance = "system" | "light" | "dark";

export interface RecentMeeting {
  /** Of the address, with the secret where the meeting has one. */
  readonly path: string;
  readonly name: string;
  /** When it was joined last, in milliseconds since 1970. */
  readonly at: number;
}

/** What is remembered on this machine, and nowhere else. */
export interface Preferences {
  readonly displayName?: string;
  /** What this person is shown by where their camera is off: a JPEG, base64; empty: nothing. */
  readonly face?: string;
  readonly microphoneId?: string;
  readonly cameraId?: string;
  readonly speakerId?: string;
  readonly microphoneOff?: boolean;
  readonly cameraOff?: boolean;
  readonly arrangement?: StageArrangement;
  readonly selfView?: SelfView;
  /** This person's own picture is shown as in a mirror. */
  readonly mirrored?: boolean;
  readonly appearance?: Appearance;
  /** Whether single letters are shortcuts. */
  readonly letterKeys?: boolean;
  readonly recent?: readonly RecentMeeting[];
  /** No direct path to the other one of two. */
  readonly addressPrivate?: boolean;
  /** Those who have met this browser do not recognise it. */
  readonly unrecognisable?: boolean;
  /** A key is kept by which others recognise this browser; where, is the SDK's. */
  readonly hasLastingKey?: boolean;
  /** Whom this browser has met. */
  readonly met?: readonly Acquaintance[];
  readonly language?: Language;
  /** Whether to install the page was answered. */
  readonly installAnswered?: boolean;
  /** The release of this page that the server offered and the person did not want. */
  readonly declinedRelease?: string;
  readonly background?: Background;
  readonly noise?: NoiseMode;
  /** A picture of this person's is kept, as a background. */
  readonly hasOwnPicture?: boolean;
  /** What is not shown, and what makes no sound. */
  readonly quiet?: readonly Happening[];
  readonly silent?: readonly Happening[];
}

export interface PreferenceStore {
  read(): Preferences;
  write(change: Preferences): void;
  /** Whether the SDK keeps what makes this browser the same person in a meeting again. */
  keepsPasses(): boolean;
  /** Of one room ("open/weekly-standup"), or of all: this person is a stranger there from now on. */
  forgetPass(room?: string): void;
  /** Everything that this page keeps in the browser, not only the preferences. */
  clear(): void;
  onChange(listener: () => void): () => void;
}
