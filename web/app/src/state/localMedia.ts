import { type Cell, cell, type Readable, together } from "./cells.ts";
import type { Clock } from "./clock.ts";
import {
  type ApplyEffect,
  createEffects,
  type EffectPorts,
  type Effects,
  type TrackEffect,
} from "./effects.ts";
import type {
  DeviceChoice,
  DeviceFailure,
  DeviceKind,
  DeviceLists,
  Devices,
  DeviceWant,
  DeviceWants,
  MeterLevel,
  OpenedDevices,
  PreferenceStore,
  SoundProcessing,
} from "./ports.ts";

/**
 * - `off`: not wanted by the person, or not asked for yet.
 * - `starting`: the browser is asking or the device is opening.
 * - `live`: there is a track.
 * - the failures: why there is none.
 */
export type DeviceStatus = "off" | "starting" | "live" | DeviceFailure;

export interface LocalDevice {
  readonly kind: DeviceKind;
  readonly status: Readable<DeviceStatus>;
  /** As others get it, with what is done to it. */
  readonly track: Readable<MediaStreamTrack | undefined>;
  /** Whether others hear or see it: live and not muted. */
  readonly on: Readable<boolean>;
  readonly choices: Readable<readonly DeviceChoice[]>;
  readonly selectedId: Readable<string | undefined>;
}

/** This person's microphone and camera: one owner from the preview to the end of the meeting. */
export interface LocalMedia {
  readonly microphone: LocalDevice;
  readonly camera: LocalDevice;
  /** What is done to both before anybody gets them. */
  readonly effects: Effects;
  readonly speakers: Readable<readonly DeviceChoice[]>;
  readonly speakerId: Readable<string | undefined>;
  /** How loud the microphone is for others, 0 .. 1: a muted one is silent. */
  onLevel(listener: (level: number) => void): () => void;
  /** How loud it is here while it is muted. */
  onMutedLevel(listener: (level: number) => void): () => void;
  /** Opens what the person left on last time; one question for both. */
  start(): Promise<void>;
  toggle(kind: DeviceKind): Promise<void>;
  /** Turns one on or off whatever it is now. */
  set(kind: DeviceKind, on: boolean): Promise<void>;
  /** Turned off by somebody else: what this person wants next time is left as it is. */
  silence(kind: DeviceKind): void;
  /** Asked before anything is turned on; undefined: everything may be. */
  setGate(gate: ((kind: DeviceKind) => boolean) | undefined): void;
  select(kind: DeviceKind, deviceId: string): Promise<void>;
  selectSpeaker(deviceId: string): void;
  /** Releases the devices; their lights go out. */
  stop(): void;
}

interface DeviceCells {
  status: Cell<DeviceStatus>;
  track: Cell<MediaStreamTrack | undefined>;
  on: Cell<boolean>;
  choices: Cell<readonly DeviceChoice[]>;
  selectedId: Cell<string | undefined>;
}

/** A device that is open. */
interface Source {
  readonly raw: MediaStreamTrack;
  readonly effect: TrackEffect | undefined;
}

const KINDS: readonly DeviceKind[] = ["microphone", "camera"];

export interface LocalEffects {
  readonly ports: EffectPorts;
  readonly clock: Clock;
}

export function createLocalMedia(
  devices: Devices,
  preferences: PreferenceStore,
  meter: MeterLevel,
  effects: LocalEffects,
): LocalMedia {
  return new LocalMediaModel(devices, preferences, meter, effects);
}

class LocalMediaModel implements LocalMedia {
  readonly #cells: Record<DeviceKind, DeviceCells>;
  readonly #speakers = cell<readonly DeviceChoice[]>([]);
  readonly #speakerId: Cell<string | undefined>;
  readonly #levelListeners = new Set<(level: number) => void>();
  readonly #mutedListeners = new Set<(level: number) => void>();
  #stopMeter: () => void = () => {};
  #stopListening: () => void = () => {};
  #gate: ((kind: DeviceKind) => boolean) | undefined;
  /** Counts what was asked of each device, so that a late answer to an old wish is dropped. */
  readonly #wish: Record<DeviceKind, number> = { microphone: 0, camera: 0 };
  readonly #sources: Partial<Record<DeviceKind, Source>> = {};
  readonly #apply: Partial<Record<DeviceKind, ApplyEffect | undefined>> = {};
  #processing: SoundProcessing | undefined;
  readonly effects: Effects;

  constructor(
    private readonly devices: Devices,
    private readonly preferences: PreferenceStore,
    private readonly meter: MeterLevel,
    effects: LocalEffects,
  ) {
    const remembered = preferences.read();
    this.#cells = {
      microphone: deviceCells(remembered.microphoneId),
      camera: deviceCells(remembered.cameraId),
    };
    this.#speakerId = cell(remembered.speakerId);
    this.effects = createEffects({
      ...effects,
      preferences,
      setEffect: (kind, apply) => this.#setEffect(kind, apply),
      withhold: () => this.#withhold(),
      turnOnCamera: () => this.set("camera", true),
      setSound: (apply, processing) => this.#setSound(apply, processing),
    });
  }

  get microphone(): LocalDevice {
    return { kind: "microphone", ...this.#cells.microphone };
  }
  get camera(): LocalDevice {
    return { kind: "camera", ...this.#cells.camera };
  }
  get speakers(): Readable<readonly DeviceChoice[]> {
    return this.#speakers;
  }
  get speakerId(): Readable<string | undefined> {
    return this.#speakerId;
  }

  onLevel(listener: (level: number) => void): () => void {
    this.#levelListeners.add(listener);
    return () => this.#levelListeners.delete(listener);
  }

  onMutedLevel(listener: (level: number) => void): () => void {
    this.#mutedListeners.add(listener);
    return () => this.#mutedListeners.delete(listener);
  }

  async start(): Promise<void> {
    this.#stopListening();
    this.#stopListening = this.devices.onChange(() => void this.#onDevicesChanged());
    const { microphoneOff, cameraOff } = this.preferences.read();
    const kinds = KINDS.filter((kind) => !(kind === "microphone" ? microphoneOff : cameraOff));
    await this.#open(kinds);
    await this.#refreshLists();
  }

  toggle(kind: DeviceKind): Promise<void> {
    return this.set(kind, !this.#cells[kind].on.peek());
  }

  set(kind: DeviceKind, on: boolean): Promise<void> {
    if (on && this.#gate?.(kind) === false) return Promise.resolve();
    this.preferences.write(kind === "microphone" ? { microphoneOff: !on } : { cameraOff: !on });
    return this.#turn(kind, on);
  }

  silence(kind: DeviceKind): void {
    void this.#turn(kind, false);
  }

  setGate(gate: ((kind: DeviceKind) => boolean) | undefined): void {
    this.#gate = gate;
  }

  async #turn(kind: DeviceKind, on: boolean): Promise<void> {
    const { track } = this.#cells[kind];
    const current = track.peek();
    if (current === undefined) {
      if (on) await this.#open([kind]);
      else this.#close(kind, "off");
    } else if (kind === "camera" && !on) {
      // The camera's light must go out when its picture is off; a microphone stays open, so that
      // unmuting is instant.
      this.#close(kind, "off");
    } else {
      current.enabled = on;
      this.#cells[kind].on.value = on;
    }
  }

  async select(kind: DeviceKind, deviceId: string): Promise<void> {
    const cells = this.#cells[kind];
    this.preferences.write(
      kind === "microphone" ? { microphoneId: deviceId } : { cameraId: deviceId },
    );
    cells.selectedId.value = deviceId;
    const stayMuted = kind === "microphone" && cells.track.peek() !== undefined && !cells.on.peek();
    await this.#open([kind]);
    if (stayMuted) await this.set(kind, false);
  }

  selectSpeaker(deviceId: string): void {
    this.preferences.write({ speakerId: deviceId });
    this.#speakerId.value = deviceId;
  }

  stop(): void {
    this.#stopListening();
    for (const kind of KINDS) this.#close(kind, "off");
  }

  async #open(kinds: readonly DeviceKind[]): Promise<void> {
    if (kinds.length === 0) return;
    const wishes = { ...this.#wish };
    const wants: DeviceWants = {};
    for (const kind of kinds) {
      wishes[kind] = ++this.#wish[kind];
      wants[kind] = this.#wantOf(kind);
      this.#cells[kind].status.value = "starting";
    }
    const opened = await this.devices.open(wants);
    const isWanted = (kind: DeviceKind) => this.#wish[kind] === wishes[kind];
    await Promise.all(kinds.map((kind) => this.#onOpened(kind, opened, () => isWanted(kind))));
    await this.#refreshLists();
  }

  async #onOpened(
    kind: DeviceKind,
    opened: OpenedDevices,
    stillWanted: () => boolean,
  ): Promise<void> {
    const result = opened[kind] ?? "failed";
    if (typeof result === "string") {
      if (stillWanted()) this.#close(kind, result);
      return;
    }
    const source = await this.#prepare(kind, result).catch(() => undefined);
    if (source === undefined) {
      result.stop();
      // Others would see what the person wanted to hide.
      if (stillWanted()) this.#close(kind, "off");
    } else if (stillWanted()) this.#adopt(kind, source);
    else release(source);
  }

  /** Does to the track what is wanted; that may change meanwhile. */
  async #prepare(kind: DeviceKind, raw: MediaStreamTrack): Promise<Source> {
    for (;;) {
      const apply = this.#apply[kind];
      if (apply === undefined) return { raw, effect: undefined };
      const effect = await apply(raw);
      // Without an effect, what was wanted since opens the device anew.
      if (this.#apply[kind] === apply || effect === undefined) return { raw, effect };
      effect.stop();
    }
  }

  #adopt(kind: DeviceKind, source: Source): void {
    const cells = this.#cells[kind];
    const { raw } = source;
    const old = this.#sources[kind];
    this.#sources[kind] = source;
    const track = trackOf(source);
    // Another microphone, or the same one opened anew, is as muted as the one before.
    if (kind === "microphone" && old !== undefined) track.enabled = cells.on.peek();
    together(() => {
      cells.track.value = track;
      cells.on.value = track.enabled;
      cells.status.value = "live";
      cells.selectedId.value = raw.getSettings().deviceId ?? cells.selectedId.peek();
    });
    if (old !== undefined) release(old);
    raw.addEventListener("ended", () => {
      if (this.#sources[kind]?.raw === raw) this.#close(kind, "missing");
    });
    if (kind === "microphone") this.#measure(raw);
  }

  #wantOf(kind: DeviceKind): DeviceWant {
    const deviceId = this.#cells[kind].selectedId.peek();
    const processing = kind === "microphone" ? this.#processing : undefined;
    return processing === undefined ? { deviceId } : { deviceId, processing };
  }

  /** Browsers take a change of processing for granted only when a microphone opens. */
  async #setSound(apply: ApplyEffect | undefined, processing: SoundProcessing): Promise<void> {
    this.#apply.microphone = apply;
    this.#processing = processing;
    if (this.#sources.microphone !== undefined || this.#isOpening("microphone")) {
      await this.#open(["microphone"]);
    }
  }

  #isOpening(kind: DeviceKind): boolean {
    return this.#cells[kind].status.peek() === "starting";
  }

  /** The device stays open; what others get of it is another track. */
  async #setEffect(kind: DeviceKind, apply: ApplyEffect | undefined): Promise<void> {
    this.#apply[kind] = apply;
    const before = this.#sources[kind];
    if (before === undefined || (apply === undefined && before.effect === undefined)) return;
    const effect = await apply?.(before.raw).catch(() => undefined);
    const isOutdated = this.#sources[kind] !== before || this.#apply[kind] !== apply;
    // What failed leaves it as it was: others see it already.
    if (isOutdated || (apply !== undefined && effect === undefined)) {
      effect?.stop();
      return;
    }
    const source = { raw: before.raw, effect };
    const track = trackOf(source);
    // What is done to a track needs it whether or not others get anything.
    before.raw.enabled = true;
    track.enabled = this.#cells[kind].on.peek();
    this.#sources[kind] = source;
    this.#cells[kind].track.value = track;
    before.effect?.stop();
  }

  #withhold(): boolean {
    const source = this.#sources.camera;
    if (source !== undefined && source.effect === undefined) return false;
    // One that opens just now closes by itself.
    if (source !== undefined) this.#close("camera", "off");
    return true;
  }

  #close(kind: DeviceKind, status: DeviceStatus): void {
    const cells = this.#cells[kind];
    this.#wish[kind]++;
    const old = this.#sources[kind];
    delete this.#sources[kind];
    together(() => {
      cells.track.value = undefined;
      cells.on.value = false;
      cells.status.value = status;
    });
    if (old !== undefined) release(old);
    if (kind === "microphone") {
      this.#stopMeter();
      this.#emitLevel(0);
    }
  }

  #measure(track: MediaStreamTrack): void {
    this.#stopMeter();
    this.#stopMeter = this.meter(track, (level) => this.#onMeasured(level));
  }

  #onMeasured(level: number): void {
    const heard = this.#cells.microphone.on.peek();
    this.#emitLevel(heard ? level : 0);
    if (heard) return;
    for (const listener of this.#mutedListeners) listener(level);
  }

  #emitLevel(level: number): void {
    for (const listener of this.#levelListeners) listener(level);
  }

  /** A device that was missing, busy or refused may have come back. */
  async #onDevicesChanged(): Promise<void> {
    await this.#refreshLists();
  }

  async #refreshLists(): Promise<void> {
    const lists: DeviceLists = await this.devices.list();
    together(() => {
      this.#cells.microphone.choices.value = lists.microphone;
      this.#cells.camera.choices.value = lists.camera;
      this.#speakers.value = lists.speaker;
    });
  }
}

function trackOf({ raw, effect }: Source): MediaStreamTrack {
  return effect?.track ?? raw;
}

function release({ raw, effect }: Source): void {
  effect?.stop();
  raw.stop();
}

function deviceCells(selectedId: string | undefined): DeviceCells {
  return {
    status: cell<DeviceStatus>("off"),
    track: cell<MediaStreamTrack | undefined>(undefined),
    on: cell(false),
    choices: cell<readonly DeviceChoice[]>([]),
    selectedId: cell(selectedId),
  };
}
