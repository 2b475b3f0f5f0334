import { cell } from "../cells.ts";
import type {
  ApplyEffect,
  BackgroundMaker,
  EffectEvents,
  EffectPorts,
  SuppressNoise,
} from "../effects.ts";
import type { Pace } from "../effectWatch.ts";
import { createLocalMedia, type LocalMedia } from "../localMedia.ts";
import type {
  DeviceFailure,
  DeviceKind,
  Devices,
  DeviceWants,
  OpenedDevices,
  OpenedWindow,
  Page,
  PreferenceStore,
  Preferences,
  ScreenTracks,
} from "../ports.ts";
import { FakeClock } from "./fakeClock.ts";
import { type FakeTrack, fakeTrack } from "./fakeTrack.ts";

/** Devices that open at once, fail as told, or wait until they are let. */
export class FakeDevices implements Devices {
  readonly failures: Partial<Record<DeviceKind, DeviceFailure>> = {};
  readonly opened: Record<DeviceKind, FakeTrack[]> = { microphone: [], camera: [] };
  readonly asked: DeviceWants[] = [];
  screen: ScreenTracks | DeviceFailure | undefined;
  canShareScreen = true;
  /** While set, `open` waits for it. */
  gate: Promise<void> | undefined;

  async open(wants: DeviceWants): Promise<OpenedDevices> {
    this.asked.push(wants);
    await this.gate;
    const opened: OpenedDevices = {};
    for (const kind of Object.keys(wants) as DeviceKind[]) {
      opened[kind] = this.failures[kind] ?? this.#track(kind, wants[kind]?.deviceId);
    }
    return opened;
  }

  async list() {
    const choices = (kind: string) => [
      { id: `${kind}-1`, label: `${kind} one` },
      { id: `${kind}-2`, label: `${kind} two` },
    ];
    return { microphone: choices("audio"), camera: choices("video"), speaker: choices("speaker") };
  }

  onChange(): () => void {
    return () => {};
  }

  async openScreen() {
    return this.screen;
  }

  #track(kind: DeviceKind, deviceId: string | undefined): MediaStreamTrack {
    const { fake, track } = fakeTrack(kind === "microphone" ? "audio" : "video", deviceId);
    this.opened[kind].push(fake);
    return track;
  }
}

/** Effects that start at once, fail as told, or wait until they are let. */
export class FakeEffects implements EffectPorts {
  canChangeBackground = true;
  /** What the background was set to, one after the other. */
  readonly backgrounds: string[] = [];
  /** Tracks that were made. */
  readonly made: FakeTrack[] = [];
  events: EffectEvents | undefined;
  /** How much it was asked to do, one after the other. */
  readonly paces: Pace[] = [];
  refusesBackground = false;
  loads = 0;
  open = 0;
  fails = false;
  /** While set, a track's effect waits for it. */
  gate: Promise<void> | undefined;

  async loadBackground(events: EffectEvents): Promise<BackgroundMaker> {
    this.loads++;
    if (this.fails) throw new Error("not there");
    this.events = events;
    this.open++;
    return {
      set: async (background) => {
        if (this.refusesBackground) throw new Error("not there");
        this.backgrounds.push(background);
      },
      setPace: (pace) => this.paces.push(pace),
      apply: this.#apply,
      close: () => {
        this.open--;
      },
    };
  }

  canSuppressNoise = true;
  /** Of microphones. */
  readonly suppressed: FakeTrack[] = [];
  failSuppression: (() => void) | undefined;

  async loadSuppressor(): Promise<SuppressNoise> {
    this.loads++;
    if (this.fails) throw new Error("not there");
    return async (_track, onFailed) => {
      this.failSuppression = onFailed;
      const { fake, track } = fakeTrack("audio", "made");
      this.suppressed.push(fake);
      return { track, stop: () => fake.stop() };
    };
  }

  async keepOwnPicture(file: Blob): Promise<void> {
    if (!file.type.startsWith("image/")) throw new Error("no picture");
  }

  readonly #apply: ApplyEffect = async () => {
    await this.gate;
    const { fake, track } = fakeTrack("video", "made");
    this.made.push(fake);
    return { track, stop: () => fake.stop() };
  };
}

export class FakePreferences implements PreferenceStore {
  readonly forgotten: string[] = [];
  constructor(public held: Preferences = {}) {}
  read(): Preferences {
    return this.held;
  }
  forgetPass(room = "all"): void {
    this.forgotten.push(room);
  }
  keepsPasses(): boolean {
    return false;
  }
  write(change: Preferences): void {
    this.held = { ...this.held, ...change };
    this.#tell();
  }
  clear(): void {
    this.held = {};
    this.#tell();
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  readonly #listeners = new Set<() => void>();
  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export class FakePage implements Page {
  readonly visible = cell(true);
  readonly origin = "https://meet.example";
  path = "/open/weekly-standup";
  replaceSecret(item: string): void {
    this.path = `${this.path.replace(/#.*/, "")}#${item}`;
  }
  copied: string[] = [];
  canCopy = true;
  awake = false;

  canOpenWindow = true;
  windowRefused = false;
  opened: OpenedWindow | undefined;

  async openWindow(onClosed: () => void): Promise<OpenedWindow> {
    if (this.windowRefused) throw new Error("not in a click");
    this.opened = {
      root: {} as HTMLElement,
      close: () => {
        this.opened = undefined;
        onClosed();
      },
    };
    return this.opened;
  }

  onWindowWanted(): () => void {
    return () => {};
  }

  readonly systemControls = { begin() {}, setOn() {}, end() {} };
  readonly installPrompt = { available: cell(false), ask: async () => {} };
  readonly chimes: string[] = [];
  chime(what: string): void {
    this.chimes.push(what);
  }

  appearance = "system";
  readonly fullScreen = { supported: true, on: cell(false), toggle: async () => {} };

  setAppearance(appearance: string): void {
    this.appearance = appearance;
  }

  keepAwake(): () => void {
    this.awake = true;
    return () => {
      this.awake = false;
    };
  }

  readonly canShare = true;
  readonly shared: string[] = [];

  async share(_title: string, url: string): Promise<void> {
    this.shared.push(url);
  }

  readonly saved: { fileName: string; text: string }[] = [];

  readonly savedFiles: { fileName: string; content: Blob }[] = [];

  saveFile(fileName: string, content: Blob): void {
    this.savedFiles.push({ fileName, content });
  }

  save(fileName: string, text: string): void {
    this.saved.push({ fileName, text });
  }

  async copy(text: string): Promise<boolean> {
    if (this.canCopy) this.copied.push(text);
    return this.canCopy;
  }
}

export interface FakeMedia {
  readonly devices: FakeDevices;
  readonly preferences: FakePreferences;
  readonly effects: FakeEffects;
  readonly clock: FakeClock;
  readonly local: LocalMedia;
  /** Speaks into the microphone. */
  readonly setLevel: (level: number) => void;
}

export function fakeMedia(remembered: Preferences = {}): FakeMedia {
  const devices = new FakeDevices();
  const preferences = new FakePreferences(remembered);
  const effects = new FakeEffects();
  const clock = new FakeClock();
  let listener: ((level: number) => void) | undefined;
  const meter = (_track: MediaStreamTrack, next: (level: number) => void) => {
    listener = next;
    return () => {
      listener = undefined;
    };
  };
  const local = createLocalMedia(devices, preferences, meter, { ports: effects, clock });
  return { devices, preferences, effects, clock, local, setLevel: (level) => listener?.(level) };
}
